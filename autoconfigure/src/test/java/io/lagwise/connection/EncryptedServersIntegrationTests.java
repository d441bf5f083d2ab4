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

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslOptions;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads from replicas that accept encrypted connections only.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 1, tls = true, password = "secret")
class EncryptedServersIntegrationTests {

	@Test
	void readsAndWritesAreEncrypted(ReplicatedRedis redis) {
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(redis);
		configuration.setPassword("secret");
		LettuceClientConfiguration client = LettuceClientConfiguration.builder()
			.clientOptions(ClientOptions.builder().sslOptions(trust(redis)).build())
			.useSsl()
			.build();
		ReplicaAwareConnectionFactory factory = TestFactories
			.started(new ReplicaAwareConnectionFactory(configuration, client), redis, (it) -> {
			});
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			template.opsForValue().set("key", "value");
			redis.awaitInSync();
			redis.resetStatistics();
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
			assertThat(redis.commandsServed(redis.replicas().get(0), "get")).isOne();
		}
		finally {
			factory.destroy();
		}
	}

	private static SslOptions trust(ReplicatedRedis redis) {
		String certificate = redis.springProperties()
			.get("spring.ssl.bundle.pem.lagwise-testkit.truststore.certificate");
		byte[] pem = certificate.getBytes(StandardCharsets.US_ASCII);
		return SslOptions.builder().trustManager(() -> new ByteArrayInputStream(pem)).build();
	}

}
