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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Runs tasks one after the other, in the order in which they come. Whoever brings them
 * never waits; when too many wait because one does not end, further ones are left out.
 */
final class OrderedTasks {

	private static final Log logger = LogFactory.getLog(OrderedTasks.class);

	static final int LIMIT = 1000;

	private final String name;

	private final Executor threads;

	private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger count = new AtomicInteger();

	private volatile boolean overflowReported;

	/**
	 * Create a lane.
	 * @param name what the tasks are, for messages
	 * @param threads where they run
	 */
	OrderedTasks(String name, Executor threads) {
		this.name = name;
		this.threads = threads;
	}

	/**
	 * Run a task after those that are there.
	 * @return whether it will run
	 */
	boolean offer(Runnable task) {
		int before = this.count.getAndIncrement();
		if (before >= LIMIT) {
			this.count.decrementAndGet();
			reportOverflow();
			return false;
		}
		this.waiting.add(task);
		if (before == 0) {
			this.threads.execute(this::runAll);
		}
		return true;
	}

	private void runAll() {
		int done;
		do {
			Runnable task = this.waiting.poll();
			if (task != null) {
				ElasticThreads.run(task);
			}
			done = (task != null) ? 1 : 0;
		}
		while (this.count.addAndGet(-done) > 0);
	}

	private void reportOverflow() {
		if (!this.overflowReported) {
			this.overflowReported = true;
			logger.warn("More than " + LIMIT + " " + this.name + " wait because one does not return: further ones are "
					+ "left out until it does. Do what takes long on another thread");
		}
	}

}
