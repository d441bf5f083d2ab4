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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What Sentinels list, or do not list, of real servers. The servers are its own:
 * Sentinels keep what they have learned here.
 */
class OddSentinelListIntegrationTests {

	/**
	 * Takes as long as Sentinels take to list their replicas after a reset, and to fail
	 * over.
	 */
	@Test
	void aReplicaWithoutAPortAndAResetCostNoReplicaAndNoFailover() throws IOException {
		try (ReplicatedRedis redis = ReplicatedRedis.builder().start(); Socket copy = copyingClient(redis.primary())) {
			ReplicaAwareConnectionFactory factory = TestFactories.sentinel(redis);
			try {
				StringRedisTemplate template = TestFactories.templateWithValue(factory, redis);
				redis.sentinels()
					.forEach((sentinel) -> redis.execute(sentinel, "SENTINEL", "RESET", redis.masterName()));
				await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
					assertThat(factory.getReadableReplicas()).hasSize(2);
					assertThat(redis.sentinels()).allSatisfy((sentinel) -> {
						assertThat(redis.execute(sentinel, "SENTINEL", "REPLICAS", redis.masterName()))
							.contains("\nport\n0\n")
							.contains(redis.replicas().stream().map((it) -> "\nport\n" + it.port() + "\n").toList());
						assertThat(redis.execute(sentinel, "SENTINEL", "MASTER", redis.masterName()))
							.contains("num-other-sentinels\n2");
					});
				});
				TestFactories.sentinel(redis).destroy();
				RedisNode old = redis.primary();
				redis.kill(old);
				await().atMost(Duration.ofSeconds(40))
					.ignoreExceptions()
					.untilAsserted(() -> template.opsForValue().set("key", "newer"));
				assertThat(factory.getTopology().primaryAddress()).map(Object::toString)
					.get()
					.isNotEqualTo(old.address());
				assertThat(template.opsForValue().get("key")).isEqualTo("newer");
			}
			finally {
				factory.destroy();
			}
		}
	}

	@Test
	void whereSentinelsMayNotNameTheReplicasThePrimaryDoes() {
		try (ReplicatedRedis redis = ReplicatedRedis.builder().sentinels(1).start()) {
			redis.execute(redis.sentinels().get(0), "ACL", "SETUSER", "limited", "on", ">secret", "&*", "+@all",
					"-sentinel|replicas");
			RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(redis);
			configuration.setSentinelUsername("limited");
			configuration.setSentinelPassword("secret");
			ReplicaAwareConnectionFactory factory = TestFactories.started(
					new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration()), redis,
					(it) -> {
					});
			try {
				StringRedisTemplate template = TestFactories.templateWithValue(factory, redis);
				confirmed(OnShortfall.FAIL, () -> template.opsForValue().set("key", "new"));
				redis.freeze(redis.replicas().get(0));
				confirmed(OnShortfall.DEGRADE, () -> template.opsForValue().set("key", "newer"));
				redis.thaw(redis.replicas().get(0));
				assertThat(template.opsForValue().get("key")).isEqualTo("newer");
			}
			finally {
				factory.destroy();
			}
		}
	}

	private static void confirmed(OnShortfall onShortfall, Runnable writes) {
		Duration timeout = (onShortfall == OnShortfall.FAIL) ? Duration.ofSeconds(30) : Duration.ofMillis(100);
		try (WriteScope scope = WriteScope.open(new WriteRequirement(2, timeout, onShortfall))) {
			writes.run();
			scope.confirm();
		}
	}

	/**
	 * Connect as {@code redis-cli --replica} does: without saying at which port.
	 */
	private static Socket copyingClient(RedisNode primary) throws IOException {
		Socket socket = new Socket(primary.host(), primary.port());
		socket.getOutputStream().write("SYNC\r\n".getBytes(StandardCharsets.US_ASCII));
		Thread reader = new Thread(() -> {
			try {
				InputStream in = socket.getInputStream();
				in.transferTo(OutputStream.nullOutputStream());
			}
			catch (IOException ex) {
				// the primary is gone
			}
		}, "copying-client");
		reader.setDaemon(true);
		reader.start();
		return socket;
	}

}
