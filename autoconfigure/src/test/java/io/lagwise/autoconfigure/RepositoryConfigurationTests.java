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

import io.lagwise.interceptor.RepositoryPostProcessor;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.keyvalue.core.KeyValueAdapter;
import org.springframework.data.redis.core.RedisKeyValueAdapter;
import org.springframework.data.redis.core.RedisKeyValueTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of the repositories of an application.
 */
class RepositoryConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				DataRedisRepositoriesAutoConfiguration.class))
		.withUserConfiguration(Repositories.class)
		.withPropertyValues("spring.data.redis.port=1");

	@Test
	void bootsAdapterIsKeptRight() {
		this.contextRunner.run((context) -> {
			RedisKeyValueAdapter adapter = context.getBean(RedisKeyValueAdapter.class);
			assertThat(AopUtils.isCglibProxy(adapter)).isTrue();
			assertThat(context.getBean(RedisKeyValueTemplate.class).getKeyValueAdapter()).isSameAs(adapter);
		});
	}

	@Test
	void adapterIsLeftAloneWhenLagwiseIsSwitchedOff() {
		this.contextRunner.withPropertyValues("lagwise.enabled=false")
			.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(RedisKeyValueAdapter.class))).isFalse());
	}

	@Test
	void applicationWithoutRepositoriesNeedsNoSupportForThem() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(KeyValueAdapter.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RepositoryPostProcessor.class));
	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage
	static class Repositories {

	}

}
