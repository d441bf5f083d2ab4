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

package io.lagwise.connection;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.lettuce.core.RedisException;

/**
 * Reads that wait a moment for a replica to catch up. They share the barrier that makes
 * the replicas say how far they are.
 */
final class ParkedReads {

	private final Queue<ParkedRead> waiting = new ConcurrentLinkedQueue<>();

	private final ReplicationBarrier barrier;

	/**
	 * One for all: a barrier tells it once.
	 */
	private final Runnable onBarrierEnd = this::barrierEnded;

	private final LongSupplier clock;

	private final Executor callbacks;

	private final AtomicBoolean sweepPending = new AtomicBoolean();

	private volatile boolean closed;

	/**
	 * Create an empty list.
	 * @param barrier makes replicas say how far they are
	 * @param clock the monotonic clock
	 * @param callbacks lets reads go on: users' code may follow
	 */
	ParkedReads(ReplicationBarrier barrier, LongSupplier clock, Executor callbacks) {
		this.barrier = barrier;
		this.clock = clock;
		this.callbacks = callbacks;
	}

	/**
	 * Let a read wait.
	 * @param demand what has to be proven, and for how long to wait for that
	 * @param attempt sends the read to a replica if one has caught up, and tells whether
	 * nothing more is to be done
	 * @param giveUp goes on without a replica
	 * @param fail ends the read
	 * @return whether the read waits; if not, it would be in vain
	 */
	boolean park(ReadDemand demand, BooleanSupplier attempt, Runnable giveUp, Consumer<Throwable> fail) {
		long now = this.clock.getAsLong();
		Duration patience = Duration.ofNanos(demand.maxWait());
		if (this.closed || patience.isZero() || !this.barrier.isPromising(patience, now)) {
			return false;
		}
		this.waiting.add(new ParkedRead(now + demand.maxWait(), attempt, giveUp, fail));
		if (this.closed) {
			close();
		}
		this.barrier.request(demand.floor(now), patience, this.onBarrierEnd);
		return true;
	}

	/**
	 * Let a sweep begin. Called at short intervals.
	 */
	void sweepSoon() {
		if (!this.waiting.isEmpty() && this.sweepPending.compareAndSet(false, true)) {
			this.callbacks.execute(() -> {
				this.sweepPending.set(false);
				sweep();
			});
		}
	}

	/**
	 * Let those go on whose replica has caught up, and those whose time is up. Several
	 * threads may do so at a time: one that is held up by users' code holds up nobody
	 * else's read.
	 */
	private void sweep() {
		long now = this.clock.getAsLong();
		for (int i = this.waiting.size(); i > 0; i--) {
			ParkedRead read = this.waiting.poll();
			if (read == null) {
				return;
			}
			try {
				if (read.attempt.getAsBoolean()) {
					continue;
				}
				if (now - read.deadline >= 0) {
					read.giveUp.run();
				}
				else {
					this.waiting.add(read);
					if (this.closed) {
						close();
					}
				}
			}
			catch (Throwable ex) {
				// nobody else is there to tell the caller
				read.fail.accept(ex);
			}
		}
	}

	/**
	 * Let nobody wait any more.
	 */
	void close() {
		this.closed = true;
		ParkedRead read;
		while ((read = this.waiting.poll()) != null) {
			read.fail
				.accept(new RedisException("The connection factory was stopped while a read waited for a replica"));
		}
	}

	private void barrierEnded() {
		sweep();
		ParkedRead next = this.waiting.peek();
		if (next != null && !this.closed) {
			long now = this.clock.getAsLong();
			this.barrier.request(now, Duration.ofNanos(Math.max(next.deadline - now, 1)), this.onBarrierEnd);
		}
	}

	private record ParkedRead(long deadline, BooleanSupplier attempt, Runnable giveUp, Consumer<Throwable> fail) {

	}

}
