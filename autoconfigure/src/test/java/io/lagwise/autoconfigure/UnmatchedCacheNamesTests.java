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

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether a misspelt name of a cache is noticed.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnmatchedCacheNamesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class))
		.withUserConfiguration(Caches.class)
		.withPropertyValues("spring.data.redis.port=1");

	@ParameterizedTest
	@ValueSource(strings = { "pricse", "[price-*]", "stock2" })
	void aNameThatMatchesNothingIsToldOnce(String name, CapturedOutput output) {
		this.contextRunner.withPropertyValues("lagwise.cache.caches." + name + ".read=primary")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("lagwise.cache.caches has an entry for '" + name.replaceAll("[\\[\\]]", "")
				+ "', but no cache of that name is known: there are [fixed, news, prices, stock]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "fixed", "prices", "stock", "news", "[pri*]", "[*]" })
	void namesOfManagersAndOfAnnotationsMatch(String name, CapturedOutput output) {
		this.contextRunner.withPropertyValues("lagwise.cache.caches." + name + ".read=primary")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("has an entry for");
	}

	@Test
	void nothingIsSaidWithoutAName(CapturedOutput output) {
		this.contextRunner.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("has an entry for");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caches {

		@Bean
		RedisCacheManager cacheManager(RedisConnectionFactory factory) {
			return RedisCacheManager.builder(factory).initialCacheNames(Set.of("fixed")).build();
		}

		@Bean
		Prices prices() {
			return new Prices();
		}

	}

	interface News {

		@Cacheable("news")
		String news();

	}

	interface Trade {

		String price();

		void sold();

	}

	static class Prices implements News, Trade {

		@Override
		@Cacheable("prices")
		public String price() {
			return "7";
		}

		@Override
		@CacheEvict("stock")
		public void sold() {
		}

		@Override
		public String news() {
			return "";
		}

	}

}
