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

package io.lagwise.cache;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads on which caches are written while their callers go on.
 * <p>
 * Nothing on them ever waits for a write, and nobody else's work runs there: a pool that
 * is shared with those who wait for writes may have no thread left for what they wait
 * for. The threads exist only while there is something to write.
 */
final class WritingThreads implements Executor {

	private static final int THREADS = 16;

	private static final int LIMIT = 10_000;

	private final ThreadPoolExecutor executor;

	WritingThreads() {
		this(THREADS, LIMIT);
	}

	/**
	 * Create threads, none of which is started.
	 * @param threads how many there may be
	 * @param limit how many writes may wait for one; further ones are rejected
	 */
	WritingThreads(int threads, int limit) {
		this.executor = new ThreadPoolExecutor(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(limit),
				WritingThread::new);
		this.executor.allowCoreThreadTimeOut(true);
	}

	static boolean isCurrentThread() {
		return Thread.currentThread() instanceof WritingThread;
	}

	@Override
	public void execute(Runnable write) {
		this.executor.execute(write);
	}

	/**
	 * One of the threads.
	 */
	private static final class WritingThread extends Thread {

		WritingThread(Runnable task) {
			super(task, "lagwise-cache-writer");
			setDaemon(true);
		}

	}

}
