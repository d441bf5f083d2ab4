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

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.lagwise.replication.NodeAddress;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A replica that lets the application in with a user and a password of its own only.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 3, aclUser = "app", aclPassword = "secret of the app")
class NodeCredentialsIntegrationTests {

	private static final String OWN_USER = "reader";

	private static final String OWN_PASSWORD = "secret of the replica";

	private final ReplicatedRedis redis;

	private final RedisNode first;

	private final RedisNode second;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	NodeCredentialsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.first = redis.nodes().get(0);
		this.second = redis.nodes().get(1);
	}

	@BeforeEach
	void connect() {
		this.redis.execute(this.second, "ACL", "SETUSER", OWN_USER, "on", ">" + OWN_PASSWORD, "~*", "&*", "+@all");
		this.redis.execute(this.second, "ACL", "SETUSER", "app", "off");
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
		configuration.setUsername("app");
		configuration.setPassword("secret of the app");
		this.factory = TestFactories.started(
				new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration()), this.redis,
				(it) -> it.setReadOptions(ReplicaReadOptions.DEFAULTS.withNodeCredentials(
						NodeCredentials.NONE.with(NodeAddress.parse(this.second.address()), OWN_USER, OWN_PASSWORD))));
		this.template = new StringRedisTemplate(this.factory);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
		this.redis.execute(this.second, "ACL", "SETUSER", "app", "on");
		this.redis.execute(this.second, "ACL", "DELUSER", OWN_USER);
	}

	@Test
	void servesReadsThroughThem() {
		replicate("key", "value");
		this.redis.resetStatistics();
		for (int i = 0; i < 10; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		RedisNode replica = this.redis.replicas().get(0);
		assertThat(this.redis.commandsServed(replica, "get")).isEqualTo(10);
		assertThat(usersAt(this.second)).containsOnly(OWN_USER);
		assertThat(usersAt(this.first)).containsOnly("app");
	}

	@Test
	void writesAndReadsFollowAFailoverToItAndBack() {
		for (int i = 0; i < 2; i++) {
			RedisNode old = this.redis.primary();
			this.redis.failover();
			RedisNode primary = this.redis.primary();
			assertThat(primary).isNotEqualTo(old);
			String value = "value " + i;
			await().atMost(Duration.ofSeconds(30))
				.ignoreExceptions()
				.untilAsserted(() -> this.template.opsForValue().set("key", value));
			replicate("other", value);
			TestFactories.awaitReadsFrom(this.factory, 1);
			assertThatEverythingReachesThePrimary(primary, value);
			this.redis.resetStatistics();
			assertThat(this.template.opsForValue().get("key")).isEqualTo(value);
			assertThat(this.redis.commandsServed(old, "get")).isOne();
		}
		assertThat(usersAt(this.second)).containsOnly(OWN_USER);
		assertThat(usersAt(this.first)).containsOnly("app");
	}

	private void assertThatEverythingReachesThePrimary(RedisNode primary, String value) {
		this.redis.resetStatistics();
		assertThat(new ReactiveStringRedisTemplate(this.factory).opsForValue()
			.set("reactive", value)
			.block(Duration.ofSeconds(10))).isTrue();
		// on a connection that is opened for it
		assertThat(this.template.execute(new Transaction(value))).containsExactly(true);
		assertThat(this.redis.commandsServed(primary, "set")).isEqualTo(2);
	}

	private void replicate(String key, String value) {
		this.template.opsForValue().set(key, value);
		this.redis.awaitInSync();
	}

	private List<String> usersAt(RedisNode node) {
		return Objects.requireNonNull(this.redis.execute(node, "CLIENT", "LIST"))
			.lines()
			.filter((client) -> client.contains(" name=" + Clients.NAME + " "))
			.map((client) -> client.replaceAll(".* user=(\\S+).*", "$1"))
			.toList();
	}

	private record Transaction(String value) implements SessionCallback<List<Object>> {

		@Override
		@SuppressWarnings("unchecked")
		public <K, V> List<Object> execute(RedisOperations<K, V> operations) throws DataAccessException {
			operations.multi();
			((RedisOperations<String, String>) operations).opsForValue().set("transaction", this.value);
			return operations.exec();
		}

	}

}
