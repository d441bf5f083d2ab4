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

package io.lagwise.benchmarks.scaling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.benchmarks.consistency.Register;
import io.lagwise.benchmarks.report.Samples;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Threads that read and write registers, all of them alike.
 */
final class Load {

	/**
	 * As many operations per second as there are answers.
	 */
	static final double CLOSED = Double.POSITIVE_INFINITY;

	private final StringRedisTemplate template;

	private final List<Register> registers;

	private final int threads;

	Load(StringRedisTemplate template, List<Register> registers, int threads) {
		this.template = template;
		this.registers = registers;
		this.threads = threads;
	}

	/**
	 * Run for some time.
	 * @param readPercent how many of a hundred operations are reads
	 * @param rate the operations per second of all threads together, evenly spaced; each
	 * is timed from the instant at which it was due, so that one that had to wait for its
	 * thread does not look fast
	 * @param duration how long
	 * @return what the threads have seen
	 */
	Measured run(int readPercent, double rate, Duration duration) throws InterruptedException {
		List<Worker> workers = new ArrayList<>();
		long start = System.nanoTime();
		for (int i = 0; i < this.threads; i++) {
			workers.add(new Worker(i, readPercent, rate, start, duration));
		}
		workers.forEach(Thread::start);
		for (Worker worker : workers) {
			worker.join();
		}
		Measured all = new Measured(Duration.ofNanos(System.nanoTime() - start));
		workers.forEach((worker) -> all.add(worker.measured));
		return all;
	}

	/**
	 * What threads have seen.
	 */
	static final class Measured {

		private final Duration elapsed;

		private final Samples reads = new Samples();

		private long writes;

		private long stale;

		private long failures;

		private Measured(Duration elapsed) {
			this.elapsed = elapsed;
		}

		double readsPerSecond() {
			return this.reads.count() / seconds();
		}

		double writesPerSecond() {
			return this.writes / seconds();
		}

		double operationsPerSecond() {
			return readsPerSecond() + writesPerSecond();
		}

		double seconds() {
			return this.elapsed.toNanos() / 1e9;
		}

		Samples reads() {
			return this.reads;
		}

		double stalePercent() {
			return 100.0 * this.stale / Math.max(1, this.reads.count());
		}

		long failures() {
			return this.failures;
		}

		private void add(Measured other) {
			this.reads.addAll(other.reads);
			this.writes += other.writes;
			this.stale += other.stale;
			this.failures += other.failures;
		}

	}

	private final class Worker extends Thread {

		private final Measured measured = new Measured(Duration.ZERO);

		private final SplittableRandom random;

		private final int readPercent;

		private final boolean paced;

		private final double interval;

		private final long first;

		private final long end;

		Worker(int number, int readPercent, double rate, long start, Duration duration) {
			super("load-" + number);
			this.random = new SplittableRandom(start + number);
			this.readPercent = readPercent;
			this.paced = rate != CLOSED;
			this.interval = Load.this.threads * 1e9 / rate;
			this.first = start + (long) (number * this.interval / Load.this.threads);
			this.end = start + duration.toNanos();
		}

		@Override
		public void run() {
			for (long i = 0; System.nanoTime() < this.end; i++) {
				long due = this.paced ? this.first + (long) (i * this.interval) : System.nanoTime();
				if (due >= this.end) {
					return;
				}
				for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
					LockSupport.parkNanos(early);
				}
				Register register = Load.this.registers.get(this.random.nextInt(Load.this.registers.size()));
				try {
					if (this.random.nextInt(100) < this.readPercent) {
						read(register, due);
					}
					else {
						register.write(Load.this.template.opsForValue()::set);
						this.measured.writes++;
					}
				}
				catch (RuntimeException ex) {
					this.measured.failures++;
				}
			}
		}

		private void read(Register register, long due) {
			int expected = register.version();
			String answer = Load.this.template.opsForValue().get(register.key());
			long now = System.nanoTime();
			this.measured.reads.add(now - due);
			if (register.staleness(answer, expected, now) > 0) {
				this.measured.stale++;
			}
		}

	}

}
