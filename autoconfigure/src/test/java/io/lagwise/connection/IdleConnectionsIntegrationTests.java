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
import java.util.List;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server that closes idle connections makes no replica look broken.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class IdleConnectionsIntegrationTests {

	/**
	 * A server with a timeout of one second closes what was idle for two at the latest.
	 */
	private static final Duration IDLE = Duration.ofSeconds(4);

	private final ReplicatedRedis redis;

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private ReplicaAwareConnectionFactory factory;

	IdleConnectionsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.redis.nodes().forEach((node) -> this.redis.execute(node, "CONFIG", "SET", "timeout", "1"));
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
		this.redis.nodes().forEach((node) -> {
			this.redis.execute(node, "CONFIG", "SET", "timeout", "0");
			this.redis.execute(node, "ACL", "SETUSER", "default", "+ping");
		});
	}

	@Test
	void idleConnectionsAreKept() {
		StringRedisTemplate template = start(Duration.ofMillis(50));
		try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.consistent())) {
			template.opsForValue().set("key", "value");
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
		}
		List<String> before = connections();
		idle();
		assertThat(connections()).containsAll(before);
		assertNobodyIsAccused();
	}

	@Test
	void theMonitorsConnectionsAreKeptAlsoWhereItSeldomAsks() {
		start(Duration.ofSeconds(3));
		List<String> before = connections();
		idle();
		assertThat(connections()).containsAll(before);
		assertNobodyIsAccused();
	}

	@Test
	void connectionsThatCannotBeKeptAreOpenedAgainWithoutAWord() {
		this.redis.nodes().forEach((node) -> this.redis.execute(node, "ACL", "SETUSER", "default", "-ping"));
		StringRedisTemplate template = start(Duration.ofMillis(50));
		List<String> before = connections();
		await().atMost(Duration.ofSeconds(30)).until(() -> !connections().containsAll(before));
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(template.opsForValue().get("key")).isEqualTo("value");
		assertNobodyIsAccused();
	}

	@Test
	void connectionsThatAreKilledCount() {
		start(Duration.ofMillis(50));
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.execute(replica, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(failed()).isPositive());
	}

	private StringRedisTemplate start(Duration monitorInterval) {
		ReplicaReadOptions options = ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
			.withMonitorInterval(monitorInterval)
			.withNodeGuards(CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry));
		this.factory = TestFactories.fixed(this.redis, options);
		return TestFactories.templateWithValue(this.factory, this.redis);
	}

	private void idle() {
		await().pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(10))
			.during(IDLE)
			.atMost(IDLE.multipliedBy(5))
			.until(() -> this.factory.getReadableReplicas().size() == 2);
	}

	private void assertNobodyIsAccused() {
		assertThat(this.registry.getAllCircuitBreakers()).hasSize(2);
		assertThat(failed()).isZero();
	}

	private int failed() {
		return this.registry.getAllCircuitBreakers()
			.stream()
			.map(CircuitBreaker::getMetrics)
			.mapToInt(CircuitBreaker.Metrics::getNumberOfFailedCalls)
			.sum();
	}

	/**
	 * Return the connections of the factory to the replicas.
	 */
	private List<String> connections() {
		List<String> connections = new ArrayList<>();
		for (RedisNode node : this.redis.replicas()) {
			Clients.ids(this.redis, node).forEach((id) -> connections.add(node.address() + " " + id));
		}
		return connections;
	}

}
