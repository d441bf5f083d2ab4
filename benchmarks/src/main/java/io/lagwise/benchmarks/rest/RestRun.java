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

package io.lagwise.benchmarks.rest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.testkit.ReplicatedRedis;

/**
 * Instances of one kind, first idle and then under a light load.
 */
final class RestRun implements AutoCloseable {

	private static final Duration SETTLING = Duration.ofSeconds(2);

	private final ReplicatedRedis redis;

	private final List<RestingApplication> applications = new ArrayList<>();

	private final JvmUse before = JvmUse.now();

	private final JvmUse withOne;

	private final JvmUse withAll;

	/**
	 * Start instances.
	 */
	RestRun(ReplicatedRedis redis, ClientKind client, int instances) throws InterruptedException {
		this.redis = redis;
		this.applications.add(new RestingApplication(redis, client, 0));
		Thread.sleep(SETTLING.toMillis());
		this.withOne = JvmUse.now();
		for (int i = 1; i < instances; i++) {
			this.applications.add(new RestingApplication(redis, client, i));
		}
		if (instances > 1) {
			Thread.sleep(SETTLING.toMillis());
		}
		this.withAll = (instances > 1) ? JvmUse.now() : this.withOne;
	}

	static List<ServerRates> rest(ReplicatedRedis redis, Duration duration) throws InterruptedException {
		long start = System.nanoTime();
		List<ServerCount> before = count(redis);
		Thread.sleep(duration.toMillis());
		return rates(before, count(redis), start);
	}

	List<ServerRates> rest(Duration duration) throws InterruptedException {
		return rest(this.redis, duration);
	}

	List<ServerRates> load(int readsPerSecond, int writesPerSecond, Duration duration) throws InterruptedException {
		run(readsPerSecond, writesPerSecond, Duration.ofSeconds(1));
		long start = System.nanoTime();
		List<ServerCount> before = count(this.redis);
		run(readsPerSecond, writesPerSecond, duration);
		return rates(before, count(this.redis), start);
	}

	/**
	 * Return how many bytes of heap every instance but the first has added, the first
	 * where it is the only one.
	 */
	long heapPerInstance() {
		int added = this.applications.size() - 1;
		return (added > 0) ? (this.withAll.heap() - this.withOne.heap()) / added
				: this.withOne.heap() - this.before.heap();
	}

	/**
	 * Return which threads there are for the instances.
	 */
	Map<String, Long> threads() throws InterruptedException {
		return JvmUse.now().threadsSince(this.before);
	}

	@Override
	public void close() {
		this.applications.forEach(RestingApplication::close);
	}

	private void run(int readsPerSecond, int writesPerSecond, Duration duration) throws InterruptedException {
		List<Thread> threads = this.applications.stream()
			.map((application) -> application.load(readsPerSecond, writesPerSecond, duration))
			.toList();
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private static List<ServerCount> count(ReplicatedRedis redis) {
		return Stream.of(NodeKind.values()).map((kind) -> ServerCount.of(redis, kind)).toList();
	}

	private static List<ServerRates> rates(List<ServerCount> before, List<ServerCount> after, long start) {
		double seconds = (System.nanoTime() - start) / 1e9;
		return IntStream.range(0, before.size())
			.mapToObj((i) -> ServerRates.between(before.get(i), after.get(i), seconds))
			.toList();
	}

}
