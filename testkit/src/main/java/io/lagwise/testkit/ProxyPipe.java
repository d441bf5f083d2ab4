/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.lagwise.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One direction of a connection through a proxy. Bytes keep their order; with a delay
 * each arrives that much later than it was read, and throughput stays the same.
 */
final class ProxyPipe {

	private static final long QUEUE_LIMIT = 64L * 1024 * 1024;

	private final SocketChannel source;

	private final SocketChannel target;

	private final Deque<Chunk> queue = new ArrayDeque<>();

	private long queued;

	private Duration delay = Duration.ZERO;

	private boolean blocked;

	private boolean ended;

	ProxyPipe(SocketChannel source, SocketChannel target) {
		this.source = source;
		this.target = target;
	}

	/**
	 * Read what has come.
	 * @param buffer where to put it
	 * @return whether there may be more
	 * @throws IOException if the connection is broken
	 */
	boolean read(ByteBuffer buffer) throws IOException {
		return this.source.read(buffer) >= 0;
	}

	void write(ByteBuffer bytes) throws IOException {
		if (this.queue.isEmpty() && this.delay.isZero()) {
			this.target.write(bytes);
			this.blocked = bytes.hasRemaining();
		}
		if (bytes.hasRemaining()) {
			ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
			this.queued += copy.remaining();
			this.queue.add(new Chunk(copy, System.nanoTime() + this.delay.toNanos()));
		}
	}

	void flush() throws IOException {
		this.blocked = false;
		for (Chunk next = this.queue.peek(); next != null && next.isDue(); next = this.queue.peek()) {
			this.queued -= this.target.write(next.bytes());
			if (next.bytes().hasRemaining()) {
				this.blocked = true;
				return;
			}
			this.queue.remove();
		}
	}

	Duration delay() {
		return this.delay;
	}

	void delay(Duration delay) {
		this.delay = delay;
	}

	/**
	 * Make everything that waits due now.
	 */
	void hurry() {
		List<Chunk> waiting = List.copyOf(this.queue);
		this.queue.clear();
		waiting.forEach((chunk) -> this.queue.add(new Chunk(chunk.bytes(), System.nanoTime())));
	}

	void clear() {
		this.blocked = false;
		this.queue.clear();
		this.queued = 0;
	}

	void end() {
		this.ended = true;
	}

	boolean isDone() {
		return this.ended && this.queue.isEmpty();
	}

	boolean acceptsMore() {
		return !this.ended && this.queued < QUEUE_LIMIT;
	}

	/**
	 * Return whether bytes are due that the target does not take.
	 * @return whether the target must become writable first
	 */
	boolean isBlocked() {
		return this.blocked;
	}

	long nanosUntilDue() {
		Chunk next = this.queue.peek();
		return (next == null || this.blocked) ? Long.MAX_VALUE : next.due() - System.nanoTime();
	}

	private record Chunk(ByteBuffer bytes, long due) {

		boolean isDue() {
			return this.due - System.nanoTime() <= 0;
		}

	}

}
