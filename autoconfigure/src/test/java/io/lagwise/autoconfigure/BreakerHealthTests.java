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

package io.lagwise.autoconfigure;

import java.util.Map;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakersHealthIndicatorAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.monitoring.health.CircuitBreakersHealthIndicator;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Resilience4j's health contributor says of circuit breakers that are Lagwise's: one
 * replica that fails must not take the application out of service.
 */
class BreakerHealthTests {

	private static final NodeAddress NODE = NodeAddress.parse("10.0.0.2:6379");

	private static final String NAME = "lagwise-10.0.0.2:6379";

	private static final String INSTANCE = "resilience4j.circuitbreaker.instances[" + NAME + "].";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class, CircuitBreakerAutoConfiguration.class,
				CircuitBreakersHealthIndicatorAutoConfiguration.class, HealthContributorAutoConfiguration.class,
				HealthContributorRegistryAutoConfiguration.class))
		.withBean(StatusAggregator.class, StatusAggregator::getDefault)
		.withPropertyValues("spring.data.redis.port=1", "management.health.circuitbreakers.enabled=true",
				"resilience4j.circuitbreaker.configs.default.register-health-indicator=true",
				"resilience4j.circuitbreaker.configs.default.allow-health-indicator-to-fail=true",
				"resilience4j.circuitbreaker.instances.orders.base-config=default");

	@Test
	void aFailedReplicaDoesNotTurnItDown() {
		this.contextRunner.run((context) -> {
			open(context);
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("orders");
		});
	}

	@Test
	void theCachesBreakerDoesNotEither() {
		this.contextRunner.run((context) -> {
			context.getBean(CircuitBreakerRegistry.class).circuitBreaker("lagwise-cache").transitionToOpenState();
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void theApplicationsOwnBreakersStillCount() {
		this.contextRunner.run((context) -> {
			open(context);
			context.getBean(CircuitBreakerRegistry.class).circuitBreaker("orders").transitionToOpenState();
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsOnlyKeys("orders");
		});
	}

	@Test
	void aBreakerIsShownWhereItsNameAsksForIt() {
		withInstance(Map.of(INSTANCE + "register-health-indicator", "true")).run((context) -> {
			open(context);
			Health health = health(context);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).containsOnlyKeys("orders", NAME);
		});
	}

	@Test
	void anInstanceThatDoesNotMentionHealthTakesNoneFromTheDefaults() {
		withInstance(Map.of(INSTANCE + "base-config", "default", INSTANCE + "minimum-number-of-calls", "3"))
			.run((context) -> {
				open(context);
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
	}

	private ApplicationContextRunner withInstance(Map<String, String> properties) {
		return this.contextRunner.withInitializer((context) -> TestPropertyValues.of(properties).applyTo(context));
	}

	private static void open(AssertableApplicationContext context) {
		context.getBean(ReplicaAwareConnectionFactory.class).getReadOptions().nodeGuards().guard(NODE);
		context.getBean(CircuitBreakerRegistry.class).find(NAME).orElseThrow().transitionToOpenState();
	}

	private static Health health(AssertableApplicationContext context) {
		return context.getBean(CircuitBreakersHealthIndicator.class).health();
	}

}
