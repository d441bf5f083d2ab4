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

package io.lagwise.connection;

import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads from replicas that ask for a user and a password, as their Sentinels do.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 1, aclUser = "app", aclPassword = "secret of the app",
		sentinelPassword = "secret of the Sentinels")
class SecuredServersIntegrationTests {

	@Test
	void readsAndWritesUseTheCredentialsOfTheApplication(ReplicatedRedis redis) {
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(redis);
		configuration.setUsername("app");
		configuration.setPassword("secret of the app");
		configuration.setSentinelPassword("secret of the Sentinels");
		ReplicaAwareConnectionFactory factory = TestFactories.started(
				new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration()), redis, (it) -> {
				});
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			template.opsForValue().set("key", "value");
			redis.awaitInSync();
			redis.resetStatistics();
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
			assertThat(redis.commandsServed(redis.replicas().get(0), "get")).isOne();
			assertThat(redis.execute(redis.replicas().get(0), "CLIENT", "LIST")).contains("user=app");
		}
		finally {
			factory.destroy();
		}
	}

}
