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

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of circuit breakers around real replicas.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class CircuitBreakerIntegrationTests {

	private final ReplicatedRedis redis;

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	CircuitBreakerIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis, ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
			.withNodeGuards(CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry)));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aReplicaThatIsSlowAgainstTheOthersLeavesTheRotationAndComesBack() {
		RedisNode slow = this.redis.replicas().get(0);
		Reader reader = Reader.start(this.template, "key");
		this.redis.delayClients(slow, Duration.ofMillis(100));
		awaitState(slow, State.OPEN);
		TestFactories.awaitReadsFrom(this.factory, 1);
		this.redis.resetStatistics();
		for (int i = 0; i < 50; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(this.redis.commandsServed(slow, "get")).isZero();
		this.redis.healClients(slow);
		awaitState(slow, State.CLOSED);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(reader.stop()).containsExactly("value");
	}

	@Test
	void aReplicaThatHangsComesBackThroughProbes() {
		RedisNode replica = this.redis.replicas().get(0);
		Reader reader = Reader.start(this.template, "key");
		this.redis.freeze(replica);
		awaitState(replica, State.OPEN);
		this.redis.thaw(replica);
		awaitState(replica, State.CLOSED);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(reader.stop()).containsExactly("value");
	}

	@Test
	void aReplicaThatIsKilledAndStartedComesBackThroughProbes() {
		RedisNode replica = this.redis.replicas().get(0);
		Reader reader = Reader.start(this.template, "key");
		this.redis.kill(replica);
		awaitState(replica, State.OPEN);
		this.redis.start(replica);
		awaitState(replica, State.CLOSED);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(reader.stop()).containsExactly("value");
	}

	@Test
	void openCircuitsLeaveTheReadsToThePrimaryOrFailThemWithThatReason() {
		this.redis.replicas().forEach((replica) -> breaker(replica).transitionToForcedOpenState());
		assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		assertThatExceptionOfType(NoEligibleReplicaException.class)
			.isThrownBy(() -> RoutingContext.call(ReadRequirement.anyReplica(Fallback.NONE),
					() -> this.template.opsForValue().get("key")))
			.satisfies((ex) -> assertThat(this.redis.replicas()).allSatisfy((replica) -> assertThat(ex)
				.hasMessageContaining("replica " + replica.address() + " has its circuit open")));
	}

	private void awaitState(RedisNode replica, State state) {
		await().atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(breaker(replica).getState()).isEqualTo(state));
	}

	private CircuitBreaker breaker(RedisNode replica) {
		return this.registry.find("lagwise-" + replica.address()).orElseThrow();
	}

}
