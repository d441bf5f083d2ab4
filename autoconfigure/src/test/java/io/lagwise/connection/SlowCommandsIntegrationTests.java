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
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A command that keeps every node busy is not sent to one after the other, and takes no
 * replica from the other reads.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class SlowCommandsIntegrationTests {

	private static final int CALLS = 7;

	private static final Duration LIMIT = Duration.ofMinutes(1);

	private static final byte[] KEY = "key".getBytes(StandardCharsets.US_ASCII);

	/**
	 * Takes 350 milliseconds on any machine.
	 */
	private static final String SCRIPT = """
			local function now()
				local time = redis.call('TIME')
				return time[1] * 1000000 + time[2]
			end
			local start = now()
			repeat until now() - start >= 350000
			return redis.call('GET', KEYS[1])
			""";

	private final ReplicatedRedis redis;

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private ReplicaAwareConnectionFactory factory;

	SlowCommandsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aSlowCommandIsRunOnTwoNodesOnceAndOnOneFromThenOn() throws Exception {
		connect(Map.of());
		try (RedisConnection connection = this.factory.getConnection()) {
			assertThat(call(connection).get(LIMIT.toSeconds(), TimeUnit.SECONDS))
				.isEqualTo("value".getBytes(StandardCharsets.US_ASCII));
			assertThat(executions()).isBetween(1L, 2L);
			TestFactories.awaitReadsFrom(this.factory, 2);
			for (int i = 1; i < CALLS; i++) {
				Future<byte[]> call = call(connection);
				await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).atMost(LIMIT).until(() -> {
					assertThat(this.factory.getReadableReplicas()).isNotEmpty();
					return call.isDone();
				});
				assertThat(call.get()).isEqualTo("value".getBytes(StandardCharsets.US_ASCII));
			}
		}
		assertThat(executions()).isBetween((long) CALLS, CALLS + 1L);
		assertThat(this.redis.commandsServed(this.redis.primary(), "eval_ro")).isZero();
		assertNobodyIsAccused();
	}

	@Test
	void slowCommandsAtTheSameTimeAreRunByNoThirdNodeWhenTheyAreKnown() throws Exception {
		connect(Map.of());
		try (RedisConnection connection = this.factory.getConnection()) {
			await().atMost(LIMIT).until(() -> {
				this.redis.resetStatistics();
				call(connection).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
				// what the other replica still executes counts when it is done
				this.redis.nodes().forEach((node) -> this.redis.execute(node, "PING"));
				return executions() == 1;
			});
			await().atMost(LIMIT).untilAsserted(() -> assertThat(this.factory.getReadableReplicas()).hasSize(2));
			this.redis.resetStatistics();
			callTogether(connection);
		}
		// once each, but for answers that are late because the machine is
		assertThat(executions()).isBetween((long) CALLS, 2L * CALLS);
		assertNobodyIsAccused();
	}

	@Test
	void aCommandThatIsNamedIsRunOnce() throws Exception {
		connect(Map.of("eval_ro", Duration.ofSeconds(20)));
		try (RedisConnection connection = this.factory.getConnection()) {
			callTogether(connection);
		}
		assertThat(executions()).isEqualTo(CALLS);
		assertNobodyIsAccused();
	}

	@Test
	void aReplicaThatHangsStillCostsAnAttemptWhereTheNextOneIsWell() throws Exception {
		connect(Map.of());
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.freeze(replica);
		try (RedisConnection connection = this.factory.getConnection()) {
			for (int i = 0; i < 20; i++) {
				assertThat(commands(connection).get(KEY).get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
			}
		}
		await().atMost(LIMIT).untilAsserted(() -> assertThat(breaker(replica).getState()).isEqualTo(State.OPEN));
		this.redis.thaw(replica);
		TestFactories.awaitReadsFrom(this.factory, 2);
	}

	private void connect(Map<String, Duration> slowCommands) {
		ReplicaReadOptions options = ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
			.withSlowCommands(slowCommands)
			.withNodeGuards(CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry));
		this.factory = TestFactories.fixed(this.redis, options);
		TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.resetStatistics();
	}

	private static void callTogether(RedisConnection connection) throws Exception {
		List<Future<byte[]>> calls = new ArrayList<>();
		for (int i = 0; i < CALLS; i++) {
			calls.add(call(connection));
		}
		for (Future<byte[]> call : calls) {
			assertThat(call.get(LIMIT.toSeconds(), TimeUnit.SECONDS))
				.isEqualTo("value".getBytes(StandardCharsets.US_ASCII));
		}
	}

	private static Future<byte[]> call(RedisConnection connection) {
		return commands(connection).evalReadOnly(SCRIPT.getBytes(StandardCharsets.US_ASCII), ScriptOutputType.VALUE,
				new byte[][] { KEY });
	}

	private long executions() {
		return this.redis.nodes().stream().mapToLong((node) -> this.redis.commandsServed(node, "eval_ro")).sum();
	}

	/**
	 * After the time in which something could have been held against a node.
	 */
	private void assertNobodyIsAccused() {
		Duration settled = Duration.ofSeconds(2);
		await().pollDelay(Duration.ZERO).during(settled).atMost(settled.multipliedBy(5)).until(() -> {
			assertThat(this.registry.getAllCircuitBreakers()).hasSize(2).allSatisfy((breaker) -> {
				assertThat(breaker.getState()).isEqualTo(State.CLOSED);
				assertThat(breaker.getMetrics().getNumberOfFailedCalls()).isZero();
			});
			return true;
		});
	}

	private CircuitBreaker breaker(RedisNode replica) {
		return this.registry.find("lagwise-" + replica.address()).orElseThrow();
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

}
