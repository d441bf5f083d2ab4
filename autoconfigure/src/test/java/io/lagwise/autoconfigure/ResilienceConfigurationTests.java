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

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot.circuitbreaker.autoconfigure.CircuitBreakerMetricsAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.replication.NodeAddress;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.RateLimitedFallback;
import io.lagwise.routing.FallbackLimit;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NodeGuard;
import io.lagwise.routing.NodeGuards;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What guards replicas and the primary in an application. No server is needed: a factory
 * connects on first use only.
 */
class ResilienceConfigurationTests {

	private static final NodeAddress NODE = NodeAddress.parse("10.0.0.2:6379");

	private static final String NAME = "lagwise-10.0.0.2:6379";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class))
		.withPropertyValues("spring.data.redis.port=1");

	@Test
	void replicasAreGuardedAndThePrimaryIsNotLimitedUnlessSet() {
		this.contextRunner.run((context) -> {
			assertThat(options(context).nodeGuards()).isInstanceOf(CircuitBreakerGuards.class);
			assertThat(options(context).fallbackLimit()).isSameAs(FallbackLimit.NONE);
			assertThat(options(context).rampUp()).isEqualTo(Duration.ofSeconds(2));
		});
	}

	@Test
	void replicasAreNotGuardedWhereThatIsNotWanted() {
		this.contextRunner.withPropertyValues("lagwise.circuit-breaker.enabled=false")
			.run((context) -> assertThat(options(context).nodeGuards()).isSameAs(NodeGuards.NONE));
	}

	@Test
	void fallbackIsLimitedWhereThatIsWanted() {
		this.contextRunner.withPropertyValues("lagwise.fallback.max-per-second=1").run((context) -> {
			FallbackLimit limit = options(context).fallbackLimit();
			assertThat(limit).isInstanceOf(RateLimitedFallback.class);
			assertThat(limit.tryAcquire()).isTrue();
		});
	}

	@Test
	void rampUpIsSetByItsProperty() {
		this.contextRunner.withPropertyValues("lagwise.reads.ramp-up=0")
			.run((context) -> assertThat(options(context).rampUp()).isZero());
	}

	@Test
	void eachFactoryHasGuardsAndALimitOfItsOwn() {
		this.contextRunner.withUserConfiguration(TwoFactories.class)
			.withPropertyValues("lagwise.fallback.max-per-second=1")
			.run((context) -> {
				ReplicaReadOptions first = context.getBean("first", ReplicaAwareConnectionFactory.class)
					.getReadOptions();
				ReplicaReadOptions second = context.getBean("second", ReplicaAwareConnectionFactory.class)
					.getReadOptions();
				assertThat(first.nodeGuards()).isNotSameAs(second.nodeGuards());
				assertThat(first.fallbackLimit()).isNotSameAs(second.fallbackLimit());
				fail(first.nodeGuards().guard(NODE), 10);
				assertThat(second.nodeGuards().guard(NODE).permitsReads()).as("one breaker per node").isFalse();
			});
	}

	@Test
	void theOptionsOfAFactoryThatTheUserHasMadeAreKept() {
		this.contextRunner.withUserConfiguration(OwnOptions.class)
			.withPropertyValues("lagwise.fallback.max-per-second=1")
			.run((context) -> {
				assertThat(options(context).nodeGuards()).isSameAs(NodeGuards.NONE);
				assertThat(options(context).fallbackLimit()).isSameAs(FallbackLimit.NONE);
			});
	}

	private static ReplicaReadOptions options(AssertableApplicationContext context) {
		return context.getBean(ReplicaAwareConnectionFactory.class).getReadOptions();
	}

	private static NodeGuard guard(AssertableApplicationContext context) {
		return options(context).nodeGuards().guard(NODE);
	}

	private static CircuitBreaker breaker(AssertableApplicationContext context) {
		guard(context);
		return context.getBean(CircuitBreakerRegistry.class).find(NAME).orElseThrow();
	}

	private static void fail(NodeGuard guard, int times) {
		for (int i = 0; i < times; i++) {
			guard.failed(FallbackReason.TIMEOUT, Duration.ofMillis(200));
		}
	}

	@Nested
	class WithoutResilience4j {

		private final ApplicationContextRunner contextRunner = ResilienceConfigurationTests.this.contextRunner
			.withClassLoader(new FilteredClassLoader("io.github.resilience4j"));

		@Test
		void nothingGuardsReplicas() {
			this.contextRunner.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(options(context).nodeGuards()).isSameAs(NodeGuards.NONE);
				assertThat(options(context).fallbackLimit()).isSameAs(FallbackLimit.NONE);
			});
		}

		@Test
		void aLimitThatNothingWouldKeepStopsTheStart() {
			this.contextRunner.withPropertyValues("lagwise.fallback.max-per-second=100")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOfSatisfying(InvalidPropertyException.class,
							(ex) -> assertThat(ex.action()).contains("io.github.resilience4j:resilience4j-ratelimiter"))
					.hasMessage("Property 'lagwise.fallback.max-per-second' with value '100' needs Resilience4j"));
		}

		@Test
		void circuitBreakersThatAreAskedForStopTheStart() {
			this.contextRunner.withPropertyValues("lagwise.circuit-breaker.enabled=true")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOfSatisfying(InvalidPropertyException.class,
							(ex) -> assertThat(ex.action())
								.contains("io.github.resilience4j:resilience4j-circuitbreaker"))
					.hasMessage("Property 'lagwise.circuit-breaker.enabled' with value 'true' needs Resilience4j"));
		}

	}

	@Nested
	class WithARegistryOfTheApplication {

		private final ApplicationContextRunner contextRunner = ResilienceConfigurationTests.this.contextRunner
			.withBean("registry", CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults);

		@Test
		void breakersAreInIt() {
			this.contextRunner.run((context) -> {
				NodeGuard guard = guard(context);
				breaker(context).transitionToForcedOpenState();
				assertThat(guard.permitsReads()).isFalse();
			});
		}

		@Test
		void breakersAreConfiguredByTheProperties() {
			this.contextRunner
				.withPropertyValues("lagwise.circuit-breaker.sliding-window-size=40",
						"lagwise.circuit-breaker.minimum-number-of-calls=15",
						"lagwise.circuit-breaker.failure-rate-threshold=12.5",
						"lagwise.circuit-breaker.wait-duration-in-open-state=750ms",
						"lagwise.circuit-breaker.permitted-number-of-calls-in-half-open-state=7")
				.run((context) -> {
					CircuitBreakerConfig config = breaker(context).getCircuitBreakerConfig();
					assertThat(config.getSlidingWindowSize()).isEqualTo(40);
					assertThat(config.getMinimumNumberOfCalls()).isEqualTo(15);
					assertThat(config.getFailureRateThreshold()).isEqualTo(12.5F);
					assertThat(config.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(750);
					assertThat(config.getPermittedNumberOfCallsInHalfOpenState()).isEqualTo(7);
				});
		}

		@Test
		void slownessIsConfiguredByTheProperties() {
			this.contextRunner
				.withPropertyValues("lagwise.circuit-breaker.slow-factor=3",
						"lagwise.circuit-breaker.slow-minimum=20ms")
				.run((context) -> {
					NodeAddress peer = NodeAddress.parse("10.0.0.3:6379");
					NodeGuards guards = options(context).nodeGuards();
					assertThat(isSlow(guards, NODE, 19, peer, 1)).isFalse();
					assertThat(isSlow(guards, NODE, 20, peer, 7)).isFalse();
					assertThat(isSlow(guards, NODE, 21, peer, 7)).isTrue();
				});
		}

		@Test
		void theDefaultsAreThoseOfTheSettings() {
			this.contextRunner.run((context) -> {
				CircuitBreakerConfig config = breaker(context).getCircuitBreakerConfig();
				assertThat(config.getSlidingWindowSize()).isEqualTo(20);
				assertThat(config.getMinimumNumberOfCalls()).isEqualTo(10);
				assertThat(config.getFailureRateThreshold()).isEqualTo(50);
				assertThat(config.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(1000);
				assertThat(config.getPermittedNumberOfCallsInHalfOpenState()).isEqualTo(3);
			});
		}

		@Test
		void noneOfSeveralIsChosen() {
			this.contextRunner.withBean("another", CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
				.run((context) -> {
					guard(context);
					assertThat(context.getBeansOfType(CircuitBreakerRegistry.class).values()).hasSize(2)
						.allSatisfy((registry) -> assertThat(registry.find(NAME)).isEmpty());
				});
		}

		private static boolean isSlow(NodeGuards guards, NodeAddress node, long latency, NodeAddress peer, long peers) {
			NodeGuard guard = guards.guard(node);
			for (int i = 0; i < 3; i++) {
				guards.compare(Map.of(node, Duration.ofMillis(latency), peer, Duration.ofMillis(peers)));
			}
			return !guard.permitsReads();
		}

	}

	/**
	 * With what {@code resilience4j-spring-boot4} configures.
	 */
	@Nested
	class WithResilience4jsOwnSupport {

		private final ApplicationContextRunner contextRunner = ResilienceConfigurationTests.this.contextRunner
			.withConfiguration(AutoConfigurations.of(CircuitBreakerAutoConfiguration.class,
					CircuitBreakerMetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new);

		@Test
		void breakersHaveMetersAsLongAsTheirNodesAreKnown() {
			this.contextRunner.run((context) -> {
				MeterRegistry meters = context.getBean(MeterRegistry.class);
				fail(guard(context), 10);
				assertThat(meters.get("resilience4j.circuitbreaker.state")
					.tag("name", NAME)
					.tag("state", "open")
					.gauge()
					.value()).isEqualTo(1);
				options(context).nodeGuards().retain(List.of());
				assertThat(meters.find("resilience4j.circuitbreaker.state").tag("name", NAME).gauges()).isEmpty();
			});
		}

		@Test
		void itsConfigurationOfOurNameIsPreferred() {
			this.contextRunner
				.withPropertyValues("resilience4j.circuitbreaker.configs.lagwise.sliding-window-size=7",
						"lagwise.circuit-breaker.sliding-window-size=40")
				.run((context) -> assertThat(breaker(context).getCircuitBreakerConfig().getSlidingWindowSize())
					.isEqualTo(7));
		}

		@Test
		void itsDefaultConfigurationIsForOtherBreakers() {
			this.contextRunner
				.withPropertyValues("resilience4j.circuitbreaker.configs.default.sliding-window-size=7",
						"resilience4j.circuitbreaker.configs.default.record-exceptions=java.io.IOException")
				.run((context) -> {
					assertThat(breaker(context).getCircuitBreakerConfig().getSlidingWindowSize()).isEqualTo(20);
					fail(guard(context), 10);
					assertThat(guard(context).permitsReads()).isFalse();
				});
		}

		@Test
		void anInstanceOfANodesNameIsUsed() {
			this.contextRunner.withInitializer((context) -> TestPropertyValues
				.of(Map.of("resilience4j.circuitbreaker.instances[lagwise-10.0.0.2:6379].minimum-number-of-calls", "2"))
				.applyTo(context)).run((context) -> {
					fail(guard(context), 2);
					assertThat(guard(context).permitsReads()).isFalse();
				});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoFactories {

		@Bean
		LettuceConnectionFactory first() {
			return new LettuceConnectionFactory("127.0.0.1", 2);
		}

		@Bean
		LettuceConnectionFactory second() {
			return new LettuceConnectionFactory("127.0.0.1", 3);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnOptions {

		@Bean
		ReplicaAwareConnectionFactory own() {
			ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
					new RedisStandaloneConfiguration("127.0.0.1", 2),
					LettuceClientConfiguration.defaultConfiguration());
			factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ofSeconds(5)));
			return factory;
		}

	}

}
