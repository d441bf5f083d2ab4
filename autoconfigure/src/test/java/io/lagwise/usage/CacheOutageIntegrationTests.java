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

package io.lagwise.usage;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.autoconfigure.LagwiseAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheErrorHandler;
import org.springframework.cache.interceptor.LoggingCacheErrorHandler;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Cached methods while no node of Redis answers.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class CacheOutageIntegrationTests {

	private final ReplicatedRedis redis;

	CacheOutageIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	private void run(String failOpen, Consumer<ApplicationContext> test, Class<?>... configurations) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
					CacheAutoConfiguration.class))
			.withUserConfiguration(Application.class)
			.withUserConfiguration(configurations)
			.withPropertyValues("spring.cache.type=redis",
					"spring.data.redis.sentinel.master=" + this.redis.masterName(),
					"spring.data.redis.sentinel.nodes="
							+ String.join(",", this.redis.sentinels().stream().map(RedisNode::address).toList()),
					"spring.data.redis.timeout=300ms", "spring.data.redis.connect-timeout=300ms",
					"lagwise.cache.fail-open=" + failOpen)
			.run((context) -> {
				Factories.awaitReadsFromReplicas(context.getBean(ReplicaAwareConnectionFactory.class), this.redis);
				context.getBean(Prices.class).put("old");
				try {
					test.accept(context);
				}
				finally {
					answerAgain();
				}
			});
	}

	private void stopAnswering() {
		this.redis.nodes().forEach(this.redis::blackholeClients);
	}

	private void answerAgain() {
		this.redis.nodes().forEach(this.redis::healClients);
	}

	@Test
	void aCachedMethodFailsAsItDoesWithSpringBoot() {
		run("false", (context) -> {
			stopAnswering();
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> context.getBean(Prices.class).find());
		});
	}

	@Test
	void anErrorHandlerOfTheApplicationDecidesAsBefore() {
		run("false", (context) -> {
			Prices prices = context.getBean(Prices.class);
			stopAnswering();
			assertThat(prices.find()).isEqualTo("load 1");
			assertThat(prices.put("new")).isEqualTo("new");
			prices.evict();
		}, Tolerant.class);
	}

	@Test
	void withFailOpenTheMethodIsCalledAndTheBreakerKeepsItFromWaiting() {
		run("true", (context) -> {
			Prices prices = context.getBean(Prices.class);
			assertThat(prices.find()).isEqualTo("old");
			stopAnswering();
			assertThat(prices.put("new")).isEqualTo("new");
			assertThatExceptionOfType(DataAccessException.class).isThrownBy(prices::evict);
			CircuitBreaker breaker = context.getBean(CircuitBreakerRegistry.class).circuitBreaker("lagwise-cache");
			for (int i = 1; breaker.getState() != CircuitBreaker.State.OPEN; i++) {
				assertThat(i).as("calls until the breaker opens").isLessThan(20);
				assertThat(prices.find()).isEqualTo("load " + i);
			}
			long passed = breaker.getMetrics().getNumberOfNotPermittedCalls();
			assertThat(prices.find()).startsWith("load ");
			assertThat(prices.findSynchronized()).startsWith("load ");
			assertThat(breaker.getMetrics().getNumberOfNotPermittedCalls()).isGreaterThan(passed);
			answerAgain();
			breaker.transitionToClosedState();
			await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
				String found = prices.find();
				assertThat(found).isNotEqualTo("old").isEqualTo(prices.find());
			});
			prices.evict();
		}, FailOpen.class);
	}

	static class Prices {

		private final AtomicInteger loads = new AtomicInteger();

		@Cacheable(cacheNames = "prices", key = "'1'")
		String find() {
			return "load " + this.loads.incrementAndGet();
		}

		@Cacheable(cacheNames = "prices", key = "'1'", sync = true)
		String findSynchronized() {
			return "load " + this.loads.incrementAndGet();
		}

		@CachePut(cacheNames = "prices", key = "'1'")
		String put(String price) {
			return price;
		}

		@CacheEvict(cacheNames = "prices", key = "'1'")
		void evict() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@Import(Prices.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class Tolerant implements CachingConfigurer {

		@Override
		public CacheErrorHandler errorHandler() {
			return new LoggingCacheErrorHandler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailOpen {

		@Bean
		CircuitBreakerRegistry circuitBreakerRegistry() {
			return CircuitBreakerRegistry.ofDefaults();
		}

	}

}
