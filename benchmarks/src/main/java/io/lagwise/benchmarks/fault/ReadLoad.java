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

package io.lagwise.benchmarks.fault;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Threads that read keys whose values never change, a millisecond after the last answer.
 */
final class ReadLoad {

	private static final int KEYS = 100;

	private static final long PAUSE = Duration.ofMillis(1).toNanos();

	private final FaultClient client;

	private final List<Worker> workers = new ArrayList<>();

	private volatile long struckAt = Long.MAX_VALUE;

	private volatile boolean stopped;

	ReadLoad(FaultClient client, int threads) {
		this.client = client;
		for (int i = 0; i < threads; i++) {
			this.workers.add(new Worker("reader-" + (i + 1)));
		}
	}

	static void write(FaultClient client) {
		for (int i = 0; i < KEYS; i++) {
			client.set("key-" + i, "value-" + i);
		}
	}

	void start() {
		this.workers.forEach(Thread::start);
	}

	/**
	 * Count the reads that end from now on.
	 */
	void strike() {
		this.struckAt = System.nanoTime();
	}

	/**
	 * End the load.
	 * @param struck when the fault was complete
	 * @return what it has seen since the fault began
	 */
	Reads stop(long struck) {
		long end = System.nanoTime();
		this.stopped = true;
		int failed = 0;
		int empty = 0;
		int hanging = 0;
		long answered = 0;
		long longest = 0;
		long firstServed = Long.MAX_VALUE;
		for (Worker worker : this.workers) {
			Worker.Counts counts = worker.counts;
			failed += counts.failed;
			empty += counts.wrong;
			answered += counts.answered;
			longest = Math.max(longest, counts.longest);
			firstServed = Math.min(firstServed, worker.firstServedAfter(struck));
			long since = worker.since;
			if (since != 0 && end - since > Duration.ofSeconds(1).toNanos()) {
				hanging++;
				longest = Math.max(longest, end - since);
			}
		}
		this.workers.forEach(Thread::interrupt);
		return new Reads(answered, failed, empty, hanging, Duration.ofNanos(longest),
				(firstServed != Long.MAX_VALUE) ? Duration.ofNanos(firstServed) : null);
	}

	/**
	 * What reading threads have seen since a fault began.
	 *
	 * @param answered how many reads were answered
	 * @param failed how many reads have failed
	 * @param wrong how many answers were empty or not the value of the key
	 * @param hanging how many reads of more than a second were not over at the end
	 * @param longest how long the longest read took, over or not
	 * @param firstServed when the first read was answered that began after the fault
	 */
	record Reads(long answered, int failed, int wrong, int hanging, Duration longest, @Nullable Duration firstServed) {
	}

	private final class Worker extends Thread {

		private volatile Counts counts = new Counts(0, 0, 0, 0);

		/**
		 * The first reads that were answered after the fault had begun.
		 */
		private final List<long[]> served = new ArrayList<>();

		private volatile long since;

		Worker(String name) {
			super(name);
			setDaemon(true);
		}

		@Override
		public void run() {
			for (int i = 0; !ReadLoad.this.stopped; i++) {
				int key = i % KEYS;
				long start = System.nanoTime();
				this.since = start;
				Counts counts = this.counts;
				try {
					String value = ReadLoad.this.client.get("key-" + key);
					long end = System.nanoTime();
					counts = counts.answered(("value-" + key).equals(value), end - start);
					remember(start, end);
				}
				catch (RuntimeException ex) {
					counts = counts.failed(System.nanoTime() - start);
				}
				this.since = 0;
				if (!ReadLoad.this.stopped && System.nanoTime() - ReadLoad.this.struckAt >= 0) {
					this.counts = counts;
				}
				LockSupport.parkNanos(PAUSE);
			}
		}

		private void remember(long start, long end) {
			if (end - ReadLoad.this.struckAt >= 0) {
				synchronized (this.served) {
					this.served.add(new long[] { start, end });
				}
			}
		}

		long firstServedAfter(long instant) {
			synchronized (this.served) {
				return this.served.stream()
					.filter((read) -> read[0] - instant >= 0)
					.mapToLong((read) -> read[1] - instant)
					.min()
					.orElse(Long.MAX_VALUE);
			}
		}

		private record Counts(long answered, int failed, int wrong, long longest) {

			Counts answered(boolean right, long elapsed) {
				return new Counts(this.answered + 1, this.failed, right ? this.wrong : this.wrong + 1,
						Math.max(this.longest, elapsed));
			}

			Counts failed(long elapsed) {
				return new Counts(this.answered, this.failed + 1, this.wrong, Math.max(this.longest, elapsed));
			}

		}

	}

}
