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

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;

import io.lagwise.routing.LoadBalancer;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Callers that give up leave nothing behind.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class AbandonedReadsIntegrationTests {

	private static final int READS = 100_000;

	private static final long ALLOWANCE = 8 * 1024 * 1024;

	private final ReplicatedRedis redis;

	private final Set<ReadCandidate> replicas = ConcurrentHashMap.newKeySet();

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	AbandonedReadsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		LoadBalancer balancer = LoadBalancer.powerOfTwoChoices();
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withNodeGuards(TestFactories.circuitBreakers())
					.withLoadBalancer((candidates) -> {
						this.replicas.addAll(candidates);
						return balancer.choose(candidates);
					}));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void readsThatAreCancelledLeaveNothingBehind() {
		// the answers must not overtake those who give up
		this.redis.replicas().forEach((replica) -> this.redis.delayClients(replica, Duration.ofMillis(50)));
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> commands = commands(connection);
			cancelReads(commands, READS / 10);
			awaitNothingLeft();
			long before = usedMemory();
			cancelReads(commands, READS);
			awaitNothingLeft();
			awaitMemory(before);
		}
		assertThat(this.replicas).hasSizeGreaterThanOrEqualTo(2);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
	}

	@Test
	void readsThatAreCancelledWhileTheirReplicasHangLeaveNothingBehind() {
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> commands = commands(connection);
			this.redis.replicas().forEach(this.redis::freeze);
			cancelReads(commands, READS / 10);
			this.redis.replicas().forEach(this.redis::thaw);
			TestFactories.awaitReadsFrom(this.factory, 2);
			awaitNothingLeft();
			long before = usedMemory();
			this.redis.replicas().forEach(this.redis::freeze);
			cancelReads(commands, READS);
			this.redis.replicas().forEach(this.redis::thaw);
			TestFactories.awaitReadsFrom(this.factory, 2);
			awaitNothingLeft();
			awaitMemory(before);
		}
		assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
	}

	@Test
	void reactiveReadsThatAreCancelledLeaveNothingBehind() {
		this.redis.replicas().forEach((replica) -> this.redis.delayClients(replica, Duration.ofMillis(50)));
		ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(this.factory);
		assertThat(reactive.opsForValue().get("key").block(Duration.ofSeconds(10))).isEqualTo("value");
		for (int i = 0; i < READS / 100; i++) {
			List<Disposable> reads = new ArrayList<>();
			for (int j = 0; j < 10; j++) {
				reads.add(reactive.opsForValue().get("key").subscribe());
			}
			reads.forEach(Disposable::dispose);
		}
		awaitNothingLeft();
	}

	@Test
	void readersThatAreInterruptedLeaveNothingBehind() throws InterruptedException {
		this.redis.replicas().forEach(this.redis::blackholeClients);
		List<Thread> readers = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			Thread reader = new Thread(() -> this.template.opsForValue().get("key"), "interrupted reader");
			reader.setUncaughtExceptionHandler((thread, ex) -> {
			});
			reader.start();
			reader.interrupt();
			readers.add(reader);
		}
		for (Thread reader : readers) {
			reader.join();
		}
		this.redis.replicas().forEach(this.redis::healClients);
		awaitNothingLeft();
		TestFactories.awaitReadsFrom(this.factory, 2);
	}

	private static void cancelReads(RedisAsyncCommands<byte[], byte[]> commands, int count) {
		byte[] key = "key".getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < count / 100; i++) {
			List<Future<byte[]>> reads = new ArrayList<>();
			for (int j = 0; j < 100; j++) {
				reads.add(commands.get(key));
			}
			reads.forEach((read) -> read.cancel(true));
		}
	}

	private void awaitNothingLeft() {
		AttemptDeadlines deadlines = (AttemptDeadlines) new DirectFieldAccessor(this.factory)
			.getPropertyValue("routing.dispatcher.deadlines");
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			assertThat(deadlines.waiting()).as("attempts that are watched").isZero();
			assertThat(this.replicas).allSatisfy(
					(replica) -> assertThat(replica.readsInFlight()).as("reads in flight at %s", replica.address())
						.isZero());
		});
	}

	private static void awaitMemory(long before) {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(usedMemory()).isLessThan(before + ALLOWANCE));
	}

	private static long usedMemory() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

}
