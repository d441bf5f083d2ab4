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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeRole;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Reads that are many, or large, are executed once: a node that keeps answering is not
 * late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class ManyReadsIntegrationTests {

	private static final Duration LIMIT = Duration.ofMinutes(1);

	/**
	 * Much less than a pipeline takes, and more than a machine stands still.
	 */
	private static final Duration ATTEMPT_TIMEOUT = Duration.ofMillis(500);

	private static final int VALUE_SIZE = 1024;

	private final ReplicatedRedis redis;

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	ManyReadsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		ReplicaReadOptions options = ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
			.withAttemptTimeout(ATTEMPT_TIMEOUT)
			.withDefaultRequirement(ReadRequirement.ownWrites())
			.withNodeGuards(CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry));
		this.factory = TestFactories.started(
				new ReplicaAwareConnectionFactory(TestFactories.fixedConfiguration(this.redis),
						TestFactories.clientConfiguration(LIMIT)),
				this.redis, (factory) -> factory.setReadOptions(options));
		this.template = new StringRedisTemplate(this.factory);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@ParameterizedTest
	@ValueSource(ints = { 50_000, 200_000 })
	void eachGetOfAPipelineIsExecutedOnce(int reads) {
		this.template.opsForValue().set("key", "x".repeat(VALUE_SIZE));
		awaitProof("key");
		byte[] key = "key".getBytes(StandardCharsets.US_ASCII);
		List<Object> answers = pipeline(reads, (connection, i) -> connection.stringCommands().get(key));
		assertThat(answers).hasSize(reads).allSatisfy((value) -> assertThat((byte[]) value).hasSize(VALUE_SIZE));
		assertExecutedOnce("get", reads);
	}

	@Test
	void eachHgetallOfAPipelineIsExecutedOnce() {
		int fields = 50;
		int reads = 20_000;
		Map<String, String> hash = new HashMap<>();
		for (int i = 0; i < fields; i++) {
			hash.put("field-" + i, "value-" + i);
		}
		this.template.<String, String>opsForHash().putAll("hash", hash);
		awaitProof("hash");
		byte[] key = "hash".getBytes(StandardCharsets.US_ASCII);
		List<Object> answers = pipeline(reads, (connection, i) -> connection.hashCommands().hGetAll(key));
		assertThat(answers).hasSize(reads).allSatisfy((value) -> assertThat((Map<?, ?>) value).hasSize(fields));
		assertExecutedOnce("hgetall", reads);
	}

	@Test
	void eachLargeReplyIsExecutedOnce() {
		String[] elements = new String[100_000];
		Arrays.setAll(elements, (i) -> "element-" + i);
		this.template.opsForList().rightPushAll("list", elements);
		awaitProof("list");
		byte[] key = "list".getBytes(StandardCharsets.US_ASCII);
		List<Object> answers = pipeline(10, (connection, i) -> connection.listCommands().lRange(key, 0, -1));
		assertThat(answers).hasSize(10).allSatisfy((value) -> assertThat((List<?>) value).hasSize(elements.length));
		assertExecutedOnce("lrange", 10);
	}

	/**
	 * Wait until a replica is proven to have what was written.
	 */
	private void awaitProof(String key) {
		this.redis.awaitInSync();
		await().atMost(LIMIT).until(() -> {
			try (ReadTrace trace = ReadTrace.open()) {
				this.template.type(key);
				return trace.answers().stream().allMatch((node) -> node.role() == NodeRole.REPLICA);
			}
		});
	}

	private List<Object> pipeline(int reads, BiConsumer<RedisConnection, Integer> read) {
		this.redis.resetStatistics();
		try (RedisConnection connection = this.factory.getConnection()) {
			connection.openPipeline();
			for (int i = 0; i < reads; i++) {
				read.accept(connection, i);
			}
			return new ArrayList<>(connection.closePipeline());
		}
	}

	private void assertExecutedOnce(String command, int reads) {
		long executed = this.redis.nodes().stream().mapToLong((node) -> this.redis.commandsServed(node, command)).sum();
		assertThat(executed).as("executions of %d %s", reads, command).isEqualTo(reads);
		assertThat(this.redis.commandsServed(this.redis.primary(), command)).as("at the primary").isZero();
		assertThat(this.registry.getAllCircuitBreakers()).extracting(CircuitBreaker::getState)
			.containsOnly(State.CLOSED);
	}

}
