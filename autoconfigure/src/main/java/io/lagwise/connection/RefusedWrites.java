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

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/**
 * Everything that waits for a primary which takes writes.
 */
final class RefusedWrites {

	private final Queue<OrderedWrites<?, ?>> waiting = new ConcurrentLinkedQueue<>();

	private final Runnable onRefusal;

	private volatile boolean closed;

	private final Executor callbacks;

	/**
	 * What goes on at this moment, each on one thread.
	 */
	private final Set<OrderedWrites<?, ?>> goingOn = ConcurrentHashMap.newKeySet();

	/**
	 * Create an empty list.
	 * @param onRefusal called when a node refuses to execute a command because of its own
	 * state
	 * @param callbacks lets writes go on: users' code may follow
	 */
	RefusedWrites(Runnable onRefusal, Executor callbacks) {
		this.callbacks = callbacks;
		this.onRefusal = onRefusal;
	}

	void add(OrderedWrites<?, ?> writes, WriteRefusal refusal) {
		this.waiting.add(writes);
		if (this.closed) {
			close();
		}
		if (refusal == WriteRefusal.STATE) {
			this.onRefusal.run();
		}
	}

	boolean isEmpty() {
		return this.waiting.isEmpty();
	}

	/**
	 * Let those go on that have reason to. Called by one thread at a time.
	 * @param now the time in nanoseconds of the monotonic clock
	 * @param provenAt when the node in charge has last said that it is a primary
	 */
	void sweep(long now, long provenAt) {
		for (OrderedWrites<?, ?> writes : this.waiting) {
			if (this.goingOn.add(writes)) {
				this.callbacks.execute(() -> goOn(writes, now, provenAt));
			}
		}
	}

	private void goOn(OrderedWrites<?, ?> writes, long now, long provenAt) {
		try {
			if (writes.sweep(now, provenAt)) {
				this.waiting.remove(writes);
			}
		}
		finally {
			this.goingOn.remove(writes);
		}
	}

	/**
	 * Let nobody wait any more.
	 */
	void close() {
		this.closed = true;
		OrderedWrites<?, ?> writes;
		while ((writes = this.waiting.poll()) != null) {
			writes.close();
		}
	}

}
