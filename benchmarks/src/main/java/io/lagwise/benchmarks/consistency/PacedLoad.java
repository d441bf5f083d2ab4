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

package io.lagwise.benchmarks.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.benchmarks.report.Samples;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Threads that read and write registers at a given rate altogether. A thread that falls
 * behind makes up for it without pausing; what cannot be made up for shows in the number
 * of operations.
 */
final class PacedLoad {

	static final int THREADS = 16;

	private final StringRedisTemplate template;

	private final List<Register> registers;

	private final KeyChoice keys;

	private final int readPercent;

	private final int rate;

	PacedLoad(StringRedisTemplate template, List<Register> registers, KeyChoice keys, int readPercent, int rate) {
		this.template = template;
		this.registers = registers;
		this.keys = keys;
		this.readPercent = readPercent;
		this.rate = rate;
	}

	Measured run(Duration duration) throws InterruptedException {
		List<Worker> workers = new ArrayList<>();
		long start = System.nanoTime();
		for (int i = 0; i < THREADS; i++) {
			workers.add(new Worker(i, start, start + duration.toNanos()));
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
	 * What a load has seen.
	 */
	static final class Measured {

		private final Duration elapsed;

		private final Samples reads = new Samples();

		private final Samples writes = new Samples();

		private final Samples stale = new Samples();

		private int failures;

		private Measured(Duration elapsed) {
			this.elapsed = elapsed;
		}

		Duration elapsed() {
			return this.elapsed;
		}

		Samples reads() {
			return this.reads;
		}

		Samples writes() {
			return this.writes;
		}

		/**
		 * Return how stale the answers were that lacked a write.
		 */
		Samples stale() {
			return this.stale;
		}

		int failures() {
			return this.failures;
		}

		int operations() {
			return this.reads.count() + this.writes.count();
		}

		private void add(Measured other) {
			this.reads.addAll(other.reads);
			this.writes.addAll(other.writes);
			this.stale.addAll(other.stale);
			this.failures += other.failures;
		}

	}

	private final class Worker extends Thread {

		private final Measured measured = new Measured(Duration.ZERO);

		private final SplittableRandom random;

		private final long interval = Duration.ofSeconds(THREADS).toNanos() / PacedLoad.this.rate;

		private final long end;

		private long due;

		Worker(int number, long start, long end) {
			super("load-" + number);
			this.random = new SplittableRandom(number);
			this.due = start + number * this.interval / THREADS;
			this.end = end;
		}

		@Override
		public void run() {
			for (long now = System.nanoTime(); now < this.end; now = System.nanoTime()) {
				if (now < this.due) {
					LockSupport.parkNanos(this.due - now);
					continue;
				}
				this.due += this.interval;
				Register register = PacedLoad.this.registers.get(PacedLoad.this.keys.next(this.random));
				try {
					if (this.random.nextInt(100) < PacedLoad.this.readPercent) {
						read(register);
					}
					else {
						write(register);
					}
				}
				catch (RuntimeException ex) {
					this.measured.failures++;
				}
			}
		}

		private void read(Register register) {
			int expected = register.version();
			long sent = System.nanoTime();
			String answer = PacedLoad.this.template.opsForValue().get(register.key());
			long now = System.nanoTime();
			this.measured.reads.add(now - sent);
			long staleness = register.staleness(answer, expected, now);
			if (staleness > 0) {
				this.measured.stale.add(staleness);
			}
		}

		private void write(Register register) {
			register.write((key, value) -> {
				long sent = System.nanoTime();
				PacedLoad.this.template.opsForValue().set(key, value);
				this.measured.writes.add(System.nanoTime() - sent);
			});
		}

	}

}
