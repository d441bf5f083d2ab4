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

package io.lagwise.testkit;

import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReplicatedRedisInitializer}: an application that is configured for
 * somebody's servers never touches them in a test.
 */
class ReplicatedRedisInitializerIntegrationTests {

	private static ReplicatedRedis somebodys;

	@BeforeAll
	static void startSomebodysServers() {
		somebodys = ReplicatedRedis.builder().replicas(0).sentinels(1).proxied(false).start();
	}

	@AfterAll
	static void stopSomebodysServers() {
		somebodys.close();
	}

	@ParameterizedTest
	@EnumSource
	void sentinelsOfTheApplicationAreNotAsked(Topology topology) {
		writesGoToTheServersOfTheTest(topology, somebodys.springProperties());
	}

	@ParameterizedTest
	@EnumSource
	void urlOfTheApplicationIsNotUsed(Topology topology) {
		RedisNode primary = somebodys.primary();
		writesGoToTheServersOfTheTest(topology,
				Map.of("spring.data.redis.url", "rediss://user:secret@" + primary.host() + ":" + primary.port()));
	}

	@ParameterizedTest
	@EnumSource
	void credentialsOfTheApplicationAreNotSent(Topology topology) {
		writesGoToTheServersOfTheTest(topology,
				Map.of("spring.data.redis.username", "somebody", "spring.data.redis.password", "secret",
						"spring.data.redis.sentinel.username", "somebody", "spring.data.redis.sentinel.password",
						"secret", "spring.data.redis.ssl.enabled", "true"));
	}

	@ParameterizedTest
	@EnumSource
	void clusterOfTheApplicationIsNotAsked(Topology topology) {
		RedisNode primary = somebodys.primary();
		writesGoToTheServersOfTheTest(topology,
				Map.of("spring.data.redis.cluster.nodes", primary.host() + ":" + primary.port()));
	}

	@Test
	void databaseOfTheApplicationStays() {
		try (ReplicatedRedis redis = servers(Topology.SENTINEL);
				ConfigurableApplicationContext context = run(redis, Map.of("spring.data.redis.database", "3"))) {
			assertThat(context.getBean(LettuceConnectionFactory.class).getDatabase()).isEqualTo(3);
		}
	}

	private void writesGoToTheServersOfTheTest(Topology topology, Map<String, String> ofTheApplication) {
		try (ReplicatedRedis redis = servers(topology);
				ConfigurableApplicationContext context = run(redis, ofTheApplication)) {
			assertThat(context.getBean(ReplicatedRedis.class)).isSameAs(redis);
			context.getBean(StringRedisTemplate.class).opsForValue().set("key", "value");
			assertThat(redis.execute(redis.primary(), "GET", "key")).isEqualTo("value");
			assertThat(somebodys.execute(somebodys.primary(), "DBSIZE")).isEqualTo("0");
		}
	}

	private static ReplicatedRedis servers(Topology topology) {
		return ReplicatedRedis.builder().replicas(1).sentinels(1).topology(topology).proxied(false).start();
	}

	private static ConfigurableApplicationContext run(ReplicatedRedis redis, Map<String, String> ofTheApplication) {
		Properties properties = new Properties();
		properties.putAll(ofTheApplication);
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(properties)
			.initializers(new ReplicatedRedisInitializer(redis))
			.run();
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

}
