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

import java.util.List;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether properties of Redis that decide nothing are left alone: what Spring Boot starts
 * with, starts.
 */
class UnusedRedisPropertiesTests {

	private static final String MASTER = "spring.data.redis.sentinel.master=shop";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class));

	@ParameterizedTest
	@ValueSource(strings = { MASTER, MASTER + ";spring.data.redis.sentinel.nodes=",
			MASTER + ";spring.data.redis.sentinel.nodes=redis", "spring.data.redis.sentinel.nodes=a:1",
			"spring.data.redis.masterreplica.nodes=", "spring.data.redis.masterreplica.nodes=redis",
			"spring.data.redis.cluster.nodes=redis" })
	void whereADetailsBeanSaysWhereRedisIs(String properties) {
		assertStartsAsWithBoot(Details.class, properties);
	}

	@ParameterizedTest
	@ValueSource(strings = { MASTER, MASTER + ";spring.data.redis.sentinel.nodes=" })
	void whereTheFactoryIsTheApplicationsOwn(String properties) {
		assertStartsAsWithBoot(OwnFactory.class, properties);
	}

	@ParameterizedTest
	@ValueSource(strings = { MASTER, MASTER + ";spring.data.redis.sentinel.nodes=redis",
			"spring.data.redis.masterreplica.nodes=redis", "spring.data.redis.cluster.nodes=redis" })
	void whereAConfigurationBeanSaysWhereTheSentinelsAre(String properties) {
		assertStartsAsWithBoot(OwnSentinels.class, properties);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					spring.data.redis.sentinel.master=shop;spring.data.redis.sentinel.nodes=a:1 | spring.data.redis.masterreplica.nodes=redis
					spring.data.redis.sentinel.master=shop;spring.data.redis.sentinel.nodes=a:1 | spring.data.redis.cluster.nodes=redis
					spring.data.redis.cluster.nodes=a:1                                         | spring.data.redis.masterreplica.nodes=redis
					""")
	void whereOthersComeFirst(String used, String unused) {
		assertStartsAsWithBoot(NothingElse.class, used + ";" + unused);
	}

	private void assertStartsAsWithBoot(Class<?> configuration, String properties) {
		ApplicationContextRunner runner = this.contextRunner.withUserConfiguration(configuration)
			.withPropertyValues(properties.split(";"));
		runner.withPropertyValues("lagwise.enabled=false")
			.run((context) -> assertThat(context).as("without Lagwise").hasNotFailed());
		runner.run((context) -> assertThat(context).as("with Lagwise").hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					spring.data.redis.sentinel.master=shop;spring.data.redis.sentinel.nodes=redis | spring.data.redis.sentinel.nodes
					spring.data.redis.masterreplica.nodes=redis                                   | spring.data.redis.masterreplica.nodes
					spring.data.redis.cluster.nodes=redis                                         | spring.data.redis.cluster.nodes
					""")
	void nodesThatBootParsesAllTheSameAreNamedBesideAnOwnFactoryToo(String properties, String wrong) {
		for (Class<?> configuration : List.of(OwnFactory.class, NothingElse.class)) {
			this.contextRunner.withUserConfiguration(configuration)
				.withPropertyValues(properties.split(";"))
				.run((context) -> assertThat(context).getFailure()
					.isInstanceOf(InvalidPropertyException.class)
					.hasMessageContaining("'" + wrong + "' with value 'redis' is not of the form host:port"));
		}
	}

	@Test
	void theFactoryThatTheDetailsLeadToIsReplaced() {
		this.contextRunner.withUserConfiguration(Details.class)
			.withPropertyValues(MASTER)
			.run((context) -> assertThat(context.getBean(ReplicaAwareConnectionFactory.class).getPort()).isEqualTo(7));
	}

	@Configuration(proxyBeanMethods = false)
	static class NothingElse {

	}

	@Configuration(proxyBeanMethods = false)
	static class Details {

		@Bean
		DataRedisConnectionDetails details() {
			return new DataRedisConnectionDetails() {

				@Override
				public Standalone getStandalone() {
					return Standalone.of("127.0.0.1", 7);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnFactory {

		@Bean
		LettuceConnectionFactory own() {
			return new LettuceConnectionFactory("127.0.0.1", 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSentinels {

		@Bean
		RedisSentinelConfiguration sentinels() {
			return new RedisSentinelConfiguration().master("shop").sentinel("127.0.0.1", 1);
		}

	}

}
