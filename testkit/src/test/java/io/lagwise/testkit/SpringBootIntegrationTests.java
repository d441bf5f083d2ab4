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

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the wiring of Spring Boot tests.
 */
class SpringBootIntegrationTests {

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

	@SpringBootTest(classes = Application.class)
	abstract static class Wired {

		@Autowired
		private ReplicatedRedis redis;

		@Autowired
		private StringRedisTemplate template;

		@Autowired
		private LettuceConnectionFactory connectionFactory;

		LettuceConnectionFactory connectionFactory() {
			return this.connectionFactory;
		}

		@Test
		void applicationTalksToTheServers() {
			this.template.opsForValue().set("key", "value");
			assertThat(this.redis.execute(this.redis.primary(), "GET", "key")).isEqualTo("value");
			assertThat(this.redis.commandsServed(this.redis.primary(), "SET")).isOne();
		}

		@Test
		void injectedServersAreThoseOfTheTest(ReplicatedRedis redis) {
			assertThat(redis).isSameAs(this.redis);
		}

	}

	@Nested
	@WithReplicatedRedis
	@TestPropertySource(properties = "spring.data.redis.sentinel.nodes=127.0.0.1:1")
	class ThroughSentinels extends Wired {

		@Test
		void connectionFactoryKnowsTheSentinels() {
			assertThat(connectionFactory().getSentinelConfiguration()).isNotNull();
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
	class ByNodes extends Wired {

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
	@TestPropertySource(properties = { "spring.data.redis.sentinel.master=somebodys",
			"spring.data.redis.sentinel.nodes=127.0.0.1:1", "spring.data.redis.username=somebody",
			"spring.data.redis.password=secret" })
	class ByNodesWhereTheApplicationHasSentinels extends Wired {

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STANDALONE)
	class ByPrimary extends Wired {

		@Test
		void connectionFactoryKnowsThePrimary(ReplicatedRedis redis) {
			assertThat(connectionFactory().getPort()).isEqualTo(redis.primary().port());
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 1, password = "secret", sentinelPassword = "sentinel", tls = true)
	class Encrypted extends Wired {

	}

	@Nested
	@WithReplicatedRedis(replicas = 1, sentinels = 1, aclUser = "shop", aclPassword = "secret")
	class AsAclUser extends Wired {

		@Test
		void serverKnowsTheUser(ReplicatedRedis redis) {
			connectionFactory().getConnection().serverCommands().info();
			assertThat(redis.execute(redis.primary(), "CLIENT", "LIST")).contains("user=shop");
		}

	}

}
