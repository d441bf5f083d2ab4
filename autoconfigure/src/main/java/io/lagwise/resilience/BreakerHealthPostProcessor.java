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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.spring6.circuitbreaker.configure.CircuitBreakerConfigurationProperties;
import io.github.resilience4j.springboot.circuitbreaker.monitoring.health.CircuitBreakersHealthIndicator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.health.actuate.endpoint.StatusAggregator;
import org.springframework.util.Assert;

/**
 * Keeps the circuit breakers of replicas and caches out of Resilience4j's health
 * contributor unless they are asked for by their names: reads go elsewhere while one of
 * them is open, and no defaults that were made for other breakers are to turn the
 * application's health down for that.
 */
public final class BreakerHealthPostProcessor implements BeanPostProcessor {

	private static final Pattern OURS = Pattern.compile("lagwise-(cache|.+:\\d+)");

	private final BeanFactory beanFactory;

	private final Predicate<String> askedFor;

	/**
	 * Create a post-processor.
	 * @param beanFactory holds what the contributor is made of
	 * @param askedFor whether the breaker of a name is to be shown all the same
	 */
	public BreakerHealthPostProcessor(BeanFactory beanFactory, Predicate<String> askedFor) {
		Assert.notNull(beanFactory, "'beanFactory' must not be null");
		Assert.notNull(askedFor, "'askedFor' must not be null");
		this.beanFactory = beanFactory;
		this.askedFor = askedFor;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean.getClass() != CircuitBreakersHealthIndicator.class) {
			return bean;
		}
		CircuitBreakerRegistry registry = only(CircuitBreakerRegistry.class);
		CircuitBreakerConfigurationProperties properties = only(CircuitBreakerConfigurationProperties.class);
		StatusAggregator aggregator = only(StatusAggregator.class);
		// ours are in no registry of the application where there are several
		return (registry != null && properties != null && aggregator != null)
				? new CircuitBreakersHealthIndicator(visible(registry), properties, aggregator) : bean;
	}

	private <T> @Nullable T only(Class<T> type) {
		return this.beanFactory.getBeanProvider(type).getIfUnique();
	}

	private CircuitBreakerRegistry visible(CircuitBreakerRegistry registry) {
		return (CircuitBreakerRegistry) Proxy.newProxyInstance(CircuitBreakerRegistry.class.getClassLoader(),
				new Class<?>[] { CircuitBreakerRegistry.class },
				(proxy, method, arguments) -> method.getName().equals("getAllCircuitBreakers")
						? visible(registry.getAllCircuitBreakers()) : invoke(registry, method, arguments));
	}

	private Set<CircuitBreaker> visible(Set<CircuitBreaker> breakers) {
		return breakers.stream().filter((breaker) -> isVisible(breaker.getName())).collect(Collectors.toSet());
	}

	private boolean isVisible(String name) {
		return !OURS.matcher(name).matches() || this.askedFor.test(name);
	}

	private static @Nullable Object invoke(CircuitBreakerRegistry registry, Method method, @Nullable Object[] arguments)
			throws Throwable {
		try {
			return method.invoke(registry, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

}
