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

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.config.annotation.SpringSessionRedisConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When Spring Session is looked after. What becomes of sessions is tested in
 * {@code io.lagwise.usage}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SpringSessionAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class,
				LagwiseSpringSessionAutoConfiguration.class, DataRedisAutoConfiguration.class));

	@Test
	void looksAfterSpringSession() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(SpringSessionPostProcessor.class)
			.hasSingleBean(RedisConnectionFactory.class));
	}

	@Test
	void backsOffWithoutSpringSession() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(RedisSessionRepository.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SpringSessionPostProcessor.class));
	}

	@Test
	void backsOffWhenLagwiseIsSwitchedOff() {
		this.contextRunner.withPropertyValues("lagwise.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SpringSessionPostProcessor.class));
	}

	@Test
	void aViewThatReadsFromThePrimaryMayBeABean(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(View.class)
			.run((context) -> assertThat(context).hasNotFailed()
				.getBean("redisConnectionFactory")
				.isInstanceOf(ReplicaAwareConnectionFactory.class));
		assertThat(output).doesNotContain("not routed to replicas");
	}

	@Configuration(proxyBeanMethods = false)
	static class View {

		@Bean
		LettuceConnectionFactory redisConnectionFactory() {
			return new LettuceConnectionFactory();
		}

		@Bean(defaultCandidate = false)
		@SpringSessionRedisConnectionFactory
		LettuceConnectionFactory sessions(RedisConnectionFactory factory) {
			return ((ReplicaAwareConnectionFactory) factory).primaryOnly();
		}

	}

}
