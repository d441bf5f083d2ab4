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

import io.lagwise.cache.CacheOptions;
import io.lagwise.cache.CacheWriterReplacer;
import io.lagwise.resilience.CircuitBreakerCallGuard;
import io.lagwise.routing.CallGuard;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.util.function.SingletonSupplier;

/**
 * Lets caches look their entries up on replicas.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(RedisCacheManager.class)
@ConditionalOnBooleanProperty(name = "lagwise.cache.enabled", matchIfMissing = true)
class CacheConfiguration {

	@Bean
	static CachePropertiesValidator lagwiseCachePropertiesValidator(Environment environment) {
		return new CachePropertiesValidator(environment);
	}

	@Bean
	static CacheWriterReplacer lagwiseCacheWriterReplacer(ObjectProvider<LagwiseProperties> properties,
			ObjectProvider<CallGuard> outageGuard) {
		return new CacheWriterReplacer(
				SingletonSupplier.of(() -> options(properties.getObject().cache(), outageGuard)));
	}

	@Bean
	static UnmatchedCacheNames lagwiseUnmatchedCacheNames(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<LagwiseProperties> properties) {
		return new UnmatchedCacheNames(beanFactory, () -> properties.getObject().cache().caches().keySet());
	}

	private static CacheOptions options(CacheProperties properties, ObjectProvider<CallGuard> outageGuard) {
		CacheOptions options = CacheOptions.DEFAULTS.withRequirements(properties.toRequirements());
		return properties.failOpen() ? options.withFailOpen(outageGuard.getIfAvailable(() -> CallGuard.NONE)) : options;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "io.github.resilience4j.circuitbreaker.CircuitBreaker")
	@ConditionalOnBooleanProperty("lagwise.cache.fail-open")
	@ConditionalOnBooleanProperty(name = "lagwise.circuit-breaker.enabled", matchIfMissing = true)
	static class OutageBreaker {

		private static final String NAME = "lagwise-cache";

		@Bean
		@Lazy
		CallGuard lagwiseCacheOutageGuard(LagwiseProperties properties, BeanFactory beanFactory) {
			return CircuitBreakerCallGuard.create(NAME, properties.circuitBreaker().toSettings(), beanFactory);
		}

	}

}
