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
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.benchmarks.report.Samples;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;

import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * What it costs to wait for all replicas after each write.
 */
final class WaitCost {

	static final List<String> COLUMNS = List.of("threads", "replicas get writes after", "SET p50 / p99 ms",
			"SET and wait p50 / p99 ms", "writes per second", "not confirmed");

	private static final WriteRequirement ALL = new WriteRequirement(WaitForReplicas.ALL, null, OnShortfall.FAIL);

	private final ConsistencyRun servers;

	private final Duration duration;

	WaitCost(ConsistencyRun servers, Duration duration) {
		this.servers = servers;
		this.duration = duration;
	}

	List<String> measure(int threads) throws InterruptedException {
		ReplicaAwareConnectionFactory factory = this.servers.connect(ReplicaReadOptions.DEFAULTS);
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			LongAdder failures = new LongAdder();
			Runnable set = () -> template.opsForValue().set("waited", Register.value(1));
			Runnable setAndWait = () -> {
				try (WriteScope scope = WriteScope.open(ALL)) {
					set.run();
					scope.confirm();
				}
				catch (RuntimeException ex) {
					failures.increment();
				}
			};
			run(set, threads);
			Samples plain = run(set, threads);
			run(setAndWait, threads);
			failures.reset();
			Samples waited = run(setAndWait, threads);
			return List.of(Integer.toString(threads), this.servers.printDelay(), plain.print(false),
					waited.print(false),
					String.format(Locale.ROOT, "%,.0f", waited.count() * 1e9 / this.duration.toNanos()),
					failures.toString());
		}
		finally {
			factory.destroy();
		}
	}

	private Samples run(Runnable action, int threads) throws InterruptedException {
		long end = System.nanoTime() + this.duration.toNanos();
		List<Writer> writers = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			writers.add(new Writer(action, end));
		}
		writers.forEach(Thread::start);
		Samples samples = new Samples();
		for (Writer writer : writers) {
			writer.join();
			samples.addAll(writer.samples);
		}
		return samples;
	}

	private static final class Writer extends Thread {

		private final Samples samples = new Samples();

		private final Runnable action;

		private final long end;

		Writer(Runnable action, long end) {
			super("writer");
			this.action = action;
			this.end = end;
		}

		@Override
		public void run() {
			long now = System.nanoTime();
			while (now < this.end) {
				this.action.run();
				long done = System.nanoTime();
				this.samples.add(done - now);
				now = done;
			}
		}

	}

}
