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

package io.lagwise.resilience;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.routing.CallGuard;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.Assert;

/**
 * Guards calls with a Resilience4j circuit breaker. One of the given name that is in the
 * registry before is used as it is; another one gets the registry's configuration of that
 * name, or the settings where there is none.
 */
public final class CircuitBreakerCallGuard implements CallGuard {

	private final CircuitBreaker breaker;

	CircuitBreakerCallGuard(CircuitBreaker breaker) {
		this.breaker = breaker;
	}

	/**
	 * Create a guard with an application's registry.
	 * @param name the name of the circuit breaker
	 * @param settings when no calls are made, and when they are made again
	 * @param registry holds the circuit breaker
	 * @return the guard
	 */
	public static CircuitBreakerCallGuard create(String name, CircuitBreakerSettings settings,
			CircuitBreakerRegistry registry) {
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(settings, "'settings' must not be null");
		Assert.notNull(registry, "'registry' must not be null");
		CircuitBreakerConfig config = registry.getConfiguration(name).orElseGet(settings::toConfig);
		return new CircuitBreakerCallGuard(registry.circuitBreaker(name, config));
	}

	/**
	 * Create a guard with the registry among the beans of an application, or with one of
	 * its own unless there is exactly one.
	 * @param name the name of the circuit breaker
	 * @param settings when no calls are made, and when they are made again
	 * @param beanFactory the beans
	 * @return the guard
	 */
	public static CircuitBreakerCallGuard create(String name, CircuitBreakerSettings settings,
			BeanFactory beanFactory) {
		return create(name, settings, beanFactory.getBeanProvider(CircuitBreakerRegistry.class)
			.getIfUnique(CircuitBreakerRegistry::ofDefaults));
	}

	@Override
	public boolean tryAcquire() {
		return this.breaker.tryAcquirePermission();
	}

	@Override
	public void answered(Duration elapsed) {
		this.breaker.onSuccess(elapsed.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public void failed(Duration elapsed, Throwable failure) {
		this.breaker.onError(elapsed.toNanos(), TimeUnit.NANOSECONDS, failure);
	}

}
