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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.lagwise.context.ReadRequirement;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisListCommands.Direction;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What was begun while a primary was alone, and ends when it has a replica.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STANDALONE)
class FirstReplicaIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final ReplicatedRedis redis;

	private final RedisNode primary;

	private final RedisNode replica;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	FirstReplicaIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.primary = redis.primary();
		this.replica = redis.replicas().get(0);
	}

	@BeforeEach
	void connectToAPrimaryThatIsAlone() {
		this.redis.promote(this.replica);
		await().atMost(LIMIT)
			.until(() -> this.redis.execute(this.primary, "INFO", "replication").contains("connected_slaves:0"));
		this.factory = new ReplicaAwareConnectionFactory(
				new RedisStandaloneConfiguration(this.primary.host(), this.primary.port()),
				TestFactories.clientConfiguration(LIMIT));
		this.factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
			.withDefaultRequirement(ReadRequirement.ownWrites()));
		this.factory.afterPropertiesSet();
		this.template = new StringRedisTemplate(this.factory);
		TestFactories.awaitReadsFrom(this.factory, 0);
		// views hand out what they are views of once they know that there is no replica
		await().atMost(LIMIT).until(() -> {
			try (RedisConnection connection = this.factory.getConnection();
					RedisConnection another = this.factory.getConnection()) {
				return connection.getNativeConnection() == another.getNativeConnection();
			}
		});
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void whatABlockingCommandHasWrittenIsSeen() {
		CompletableFuture<String> moved = CompletableFuture.supplyAsync(() -> this.template.opsForList()
			.move("source", Direction.LEFT, "destination", Direction.RIGHT, Duration.ofMinutes(1)));
		await().atMost(LIMIT).until(() -> this.redis.execute(this.primary, "CLIENT", "LIST").contains("cmd=blmove"));
		findLateReplica();
		this.redis.execute(this.primary, "RPUSH", "source", "element");
		assertThat(moved).succeedsWithin(LIMIT).isEqualTo("element");
		assertThat(this.template.opsForList().size("destination")).isOne();
	}

	@Test
	void whatATransactionHasWrittenIsSeen() {
		try (RedisConnection connection = this.factory.getConnection()) {
			connection.multi();
			connection.stringCommands().set(bytes("key"), bytes("value"));
			findLateReplica();
			assertThat(connection.exec()).containsExactly(true);
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
	}

	@Test
	void whatIsWrittenOverCommandsThatWereKeptIsSeen() {
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> kept = commands(connection);
			findLateReplica();
			assertThat(kept.set(bytes("key"), bytes("value")).toCompletableFuture()).succeedsWithin(LIMIT);
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
	}

	@Test
	void aTransactionOverCommandsThatWereKeptIsSeen() {
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> kept = commands(connection);
			findLateReplica();
			kept.multi();
			kept.set(bytes("key"), bytes("value"));
			assertThat(kept.exec().toCompletableFuture()).succeedsWithin(LIMIT);
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
	}

	/**
	 * Attach a replica that is late, and wait until it is read from.
	 */
	private void findLateReplica() {
		this.redis.demote(this.replica, this.primary);
		TestFactories.awaitReadsFrom(this.factory, 1);
		this.redis.delayReplication(this.replica, Duration.ofMillis(500));
		long before = this.redis.commandsServed(this.replica, "exists");
		await().atMost(LIMIT).until(() -> {
			this.template.countExistingKeys(List.of("key", "other"));
			return this.redis.commandsServed(this.replica, "exists") > before;
		});
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
