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

import io.lagwise.resilience.BreakerHealthPostProcessor;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.RateLimitedFallback;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * Guards replicas with circuit breakers and the primary with a limit, where Resilience4j
 * is present.
 */
@Configuration(proxyBeanMethods = false)
class ResilienceConfiguration {

	private static final String CIRCUIT_BREAKER = "io.github.resilience4j.circuitbreaker.CircuitBreaker";

	private static final String RATE_LIMITER = "io.github.resilience4j.ratelimiter.RateLimiter";

	private static final String HEALTH_INDICATOR = "io.github.resilience4j.springboot.circuitbreaker.monitoring.health.CircuitBreakersHealthIndicator";

	private static InvalidPropertyException missing(String property, String value, String artifact) {
		return new InvalidPropertyException(property, value, "needs Resilience4j",
				"Add the dependency io.github.resilience4j:" + artifact + ", or remove the property.");
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = CIRCUIT_BREAKER)
	@ConditionalOnBooleanProperty(name = "lagwise.circuit-breaker.enabled", matchIfMissing = true)
	static class CircuitBreakers {

		// each factory gets guards of its own; what they know of a node is one breaker
		@Bean
		ReadOptionsCustomizer lagwiseCircuitBreakers(LagwiseProperties properties, BeanFactory beanFactory) {
			CircuitBreakerGuards guards = CircuitBreakerGuards.create(properties.circuitBreaker().toSettings(),
					beanFactory);
			return (beanName, options) -> options.withNodeGuards(guards.forAnotherFactory());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = HEALTH_INDICATOR)
	static class BreakerHealth {

		@Bean
		static BreakerHealthPostProcessor lagwiseBreakerHealthPostProcessor(BeanFactory beanFactory,
				Environment environment) {
			return new BreakerHealthPostProcessor(beanFactory,
					(name) -> Binder.get(environment)
						.bind("resilience4j.circuitbreaker.instances[" + name + "].register-health-indicator",
								Boolean.class)
						.orElse(false));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass(CIRCUIT_BREAKER)
	@ConditionalOnBooleanProperty("lagwise.circuit-breaker.enabled")
	static class MissingCircuitBreakers {

		MissingCircuitBreakers() {
			throw missing("lagwise.circuit-breaker.enabled", "true", "resilience4j-circuitbreaker");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = RATE_LIMITER)
	@ConditionalOnProperty("lagwise.fallback.max-per-second")
	static class LimitedFallback {

		@Bean
		ReadOptionsCustomizer lagwiseFallbackLimit(LagwiseProperties properties) {
			Integer maxPerSecond = properties.fallback().maxPerSecond();
			return (beanName, options) -> (maxPerSecond != null)
					? options.withFallbackLimit(RateLimitedFallback.perSecond(maxPerSecond)) : options;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass(RATE_LIMITER)
	@ConditionalOnProperty("lagwise.fallback.max-per-second")
	static class MissingRateLimiter {

		MissingRateLimiter(Environment environment) {
			throw missing("lagwise.fallback.max-per-second",
					environment.getProperty("lagwise.fallback.max-per-second", ""), "resilience4j-ratelimiter");
		}

	}

}
