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
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Threads that read and write registers at given rates altogether. A thread that falls
 * behind makes up for it without pausing; what cannot be made up for shows in the number
 * of operations.
 */
final class PacedLoad {

	private final StringRedisTemplate template;

	private final List<Register> registers;

	private final Workload workload;

	/**
	 * The register that each thread has written last, in this run or the one before.
	 */
	private final @Nullable Register[] written;

	PacedLoad(StringRedisTemplate template, List<Register> registers, Workload workload) {
		this.template = template;
		this.registers = registers;
		this.workload = workload;
		this.written = new Register[workload.threads()];
	}

	Measured run(Duration duration) throws InterruptedException {
		List<Worker> workers = new ArrayList<>();
		long start = System.nanoTime();
		for (int i = 0; i < this.workload.threads(); i++) {
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

		private final long interval;

		private final double readShare;

		private final long end;

		private final int number;

		private long due;

		Worker(int number, long start, long end) {
			super("load-" + number);
			this.number = number;
			this.random = new SplittableRandom(number);
			int threads = PacedLoad.this.workload.threads();
			int rate = PacedLoad.this.workload.rate();
			this.interval = Duration.ofSeconds(threads).toNanos() / rate;
			this.readShare = (double) PacedLoad.this.workload.readsPerSecond() / rate;
			this.due = start + number * this.interval / threads;
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
				try {
					if (this.random.nextDouble() < this.readShare) {
						readNext();
					}
					else {
						write(anyRegister());
					}
				}
				catch (RuntimeException ex) {
					this.measured.failures++;
				}
			}
		}

		private void readNext() {
			if (PacedLoad.this.workload.reads() == ReadChoice.ANY_KEY) {
				read(anyRegister());
				return;
			}
			Register own = PacedLoad.this.written[this.number];
			if (own == null) {
				write(anyRegister());
			}
			else {
				read(own);
			}
		}

		private Register anyRegister() {
			return PacedLoad.this.registers.get(PacedLoad.this.workload.keys().next(this.random));
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
			PacedLoad.this.written[this.number] = register;
			register.write((key, value) -> {
				long sent = System.nanoTime();
				PacedLoad.this.template.opsForValue().set(key, value);
				this.measured.writes.add(System.nanoTime() - sent);
			});
		}

	}

}
