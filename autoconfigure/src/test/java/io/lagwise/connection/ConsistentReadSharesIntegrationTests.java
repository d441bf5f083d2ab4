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

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Consistent reads are worth having only where replicas answer them, and cost nothing
 * where nobody writes. Without Sentinels, which send commands of their own.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class ConsistentReadSharesIntegrationTests {

	private static final int KEYS = 10_000;

	private static final int THREADS = 4;

	private static final int OPERATIONS_PER_THREAD = 5_000;

	private static final long INTERVAL = Duration.ofSeconds(THREADS).toNanos() / 5_000;

	private final ReplicatedRedis redis;

	private final Shares shares = new Shares();

	private @Nullable ReplicaAwareConnectionFactory factory;

	ConsistentReadSharesIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		if (this.factory != null) {
			this.factory.destroy();
		}
	}

	@ParameterizedTest
	@EnumSource(ConsistencyEnforcement.class)
	void replicasAnswerMostConsistentReadsAmongWrites(ConsistencyEnforcement enforcement) throws Exception {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(1)));
		StringRedisTemplate template = connect(ReadRequirement.consistent(), enforcement);
		Map<String, String> values = new HashMap<>();
		IntStream.range(0, KEYS).forEach((i) -> values.put(key(i), "0"));
		template.opsForValue().multiSet(values);
		awaitReplicasAnswer(template);
		ExecutorService threads = Executors.newFixedThreadPool(THREADS);
		try {
			List<Future<?>> loads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				int thread = i;
				loads.add(threads.submit(() -> load(template, thread)));
			}
			for (Future<?> load : loads) {
				load.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(this.shares.all.sum()).isGreaterThan(THREADS * OPERATIONS_PER_THREAD * 8 / 10);
		assertThat(this.shares.replica.sum()).isGreaterThan(this.shares.all.sum() * 9 / 10);
	}

	@ParameterizedTest
	@EnumSource(ConsistencyEnforcement.class)
	void consistentReadsAmongNoWritesSendNoOtherCommand(ConsistencyEnforcement enforcement) {
		StringRedisTemplate template = connect(ReadRequirement.consistent(), enforcement);
		awaitReplicasAnswer(template);
		this.redis.resetStatistics();
		long start = System.nanoTime();
		IntStream.range(0, 3_000).forEach((i) -> template.opsForValue().get(key(i % 100)));
		// asked for first: each question to the servers is an INFO
		long polls = served("INFO");
		assertThat(polls).isLessThanOrEqualTo(mostPollsOfTheMonitor(Duration.ofNanos(System.nanoTime() - start)));
		assertThat(served("PUBLISH", "ROLE", "WAIT")).isZero();
		assertThat(served("GET")).isEqualTo(3_000);
		assertThat(this.redis.commandsServed(this.redis.primary(), "GET")).isZero();
		assertThat(this.redis.nodes().stream().mapToLong(this.redis::commandsServed).sum()).isEqualTo(3_000);
	}

	private StringRedisTemplate connect(ReadRequirement requirement, ConsistencyEnforcement enforcement) {
		// a replica that is silent for a while on a busy machine stays in use
		ReplicaReadOptions options = ReplicaReadOptions.DEFAULTS.withAttemptTimeout(Duration.ofSeconds(5))
			.withMaxLag(Duration.ZERO)
			.withRampUp(Duration.ZERO)
			.withDefaultRequirement(requirement)
			.withConsistencyEnforcement(enforcement)
			.withReadListener(this.shares);
		this.factory = TestFactories.fixed(this.redis, options);
		return new StringRedisTemplate(this.factory);
	}

	private void awaitReplicasAnswer(StringRedisTemplate template) {
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			this.shares.reset();
			IntStream.range(0, 100).forEach((i) -> template.opsForValue().get(key(i)));
			return this.shares.all.sum() == 100 && this.shares.replica.sum() == 100;
		});
		this.shares.reset();
	}

	private long served(String... commands) {
		return this.redis.nodes().stream().mapToLong((node) -> this.redis.commandsServed(node, commands)).sum();
	}

	private long mostPollsOfTheMonitor(Duration elapsed) {
		long states = elapsed.dividedBy(ReplicaReadOptions.DEFAULTS.monitorInterval()) + 2;
		long members = elapsed.dividedBy(ReplicaReadOptions.DEFAULTS.topologyRefreshInterval()) + 2;
		return this.redis.nodes().size() * (states + members);
	}

	private void load(StringRedisTemplate template, int thread) {
		SplittableRandom random = new SplittableRandom(thread);
		long start = System.nanoTime();
		for (int i = 0; i < OPERATIONS_PER_THREAD; i++) {
			for (long wait = start + i * INTERVAL - System.nanoTime(); wait > 0; wait = start + i * INTERVAL
					- System.nanoTime()) {
				LockSupport.parkNanos(wait);
			}
			// a key has one writer, which knows what it must read
			String key = key(random.nextInt(KEYS / THREADS) * THREADS + thread);
			if (random.nextInt(10) > 0) {
				template.opsForValue().get(key);
				continue;
			}
			template.opsForValue().set(key, Integer.toString(i));
			if (random.nextInt(10) == 0) {
				assertThat(template.opsForValue().get(key)).isEqualTo(Integer.toString(i));
			}
		}
	}

	private static String key(int number) {
		return "key:" + number;
	}

	/**
	 * Who has answered.
	 */
	private static final class Shares implements ReadListener {

		private final LongAdder all = new LongAdder();

		private final LongAdder replica = new LongAdder();

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			this.all.increment();
			if (role == NodeRole.REPLICA && outcome == ReadOutcome.ANSWERED) {
				this.replica.increment();
			}
		}

		void reset() {
			this.all.reset();
			this.replica.reset();
		}

	}

}
