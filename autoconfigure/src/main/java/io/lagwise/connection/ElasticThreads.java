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

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The threads that do what the monitor's thread must not do itself: run users' code, and
 * look up names. They exist only while there is something to do.
 * <p>
 * Once they are closed, or where no thread can be started, tasks run on the thread that
 * brings them, so that nobody waits for ever.
 */
final class ElasticThreads implements Executor, AutoCloseable {

	private static final Log logger = LogFactory.getLog(ElasticThreads.class);

	/**
	 * So many tasks may hang before others wait for them.
	 */
	private static final int LIMIT = 32;

	private final AtomicInteger created = new AtomicInteger();

	private final IdleThreadsFirst waiting = new IdleThreadsFirst();

	private final ThreadPoolExecutor executor;

	/**
	 * Create threads, none of which is started.
	 * @param name the beginning of their names
	 */
	ElasticThreads(String name) {
		this.executor = new ThreadPoolExecutor(0, LIMIT, 10, TimeUnit.SECONDS, this.waiting, (task) -> {
			Thread thread = new Thread(task, name + "-" + this.created.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		}, this::queue);
	}

	@Override
	public void execute(Runnable task) {
		Runnable guarded = () -> run(task);
		try {
			this.executor.execute(guarded);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			guarded.run();
		}
	}

	/**
	 * Let a task wait for one of the threads, all of which are busy. What waits here is
	 * bounded by the reads, writes and connections under way.
	 */
	private void queue(Runnable task, ThreadPoolExecutor executor) {
		if (executor.isShutdown()) {
			throw new RejectedExecutionException("closed");
		}
		this.waiting.put(task);
		if (executor.isShutdown() && this.waiting.remove(task)) {
			throw new RejectedExecutionException("closed meanwhile");
		}
	}

	/**
	 * Let the tasks that are there run to their end, and wait a moment for that.
	 */
	@Override
	public void close() {
		this.executor.shutdown();
		try {
			this.executor.awaitTermination(2, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Begin no further task here, and wait for none.
	 */
	void abandon() {
		this.executor.shutdown();
	}

	/**
	 * Run a task, and keep from the thread whatever it throws: further tasks have a right
	 * to it.
	 */
	static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			report(ex);
		}
	}

	private static void report(Throwable failure) {
		try {
			logger.error("What goes on after a read, a write or a change of the nodes has failed", failure);
		}
		catch (Throwable ex) {
			// nothing can be said any more, for want of memory for example
		}
	}

	/**
	 * Lets a task wait only where no thread is idle and none may be added.
	 */
	@SuppressWarnings("serial")
	private static final class IdleThreadsFirst extends LinkedTransferQueue<Runnable> {

		@Override
		public boolean offer(Runnable task) {
			return tryTransfer(task);
		}

	}

}
