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
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.routing.WriteOutcomeUnknownException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections to the primary that fall silent, while new ones work.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
@ExtendWith(OutputCaptureExtension.class)
class SilentLinksIntegrationTests {

	private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(2);

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	SilentLinksIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.fixed(this.redis, TestFactories.clientConfiguration(COMMAND_TIMEOUT));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aSilentConnectionIsReplacedAndWhatItOwesIsTold(CapturedOutput output) {
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> commands = commands(connection);
			assertThat(commands.set(bytes("key"), bytes("newer")).toCompletableFuture()).succeedsWithin(LIMIT);
			this.redis.stallClients(this.redis.primary());
			CompletableFuture<Long> write = commands.incr(bytes("counter")).toCompletableFuture();
			CompletableFuture<Long> read = commands.strlen(bytes("key")).toCompletableFuture();
			assertOutcomeUnknown(write);
			assertThat(read).succeedsWithin(LIMIT).isEqualTo(5L);
			assertThat(CompletableFuture.supplyAsync(() -> this.template.opsForValue().increment("counter")))
				.succeedsWithin(LIMIT)
				.isEqualTo(1L);
		}
		assertThat(output).contains("has owed an answer and been silent for");
	}

	@Test
	void theConnectionOfAWriteThatWaitsForReplicasIsReplacedToo() {
		WriteRequirement requirement = new WriteRequirement(1, LIMIT, OnShortfall.FAIL);
		CompletableFuture<?> write = CompletableFuture.runAsync(() -> {
			try (WriteScope scope = WriteScope.open(requirement)) {
				this.template.opsForValue().set("key", "newer");
				this.redis.stallClients(this.redis.primary());
				this.template.opsForValue().increment("counter");
				scope.confirm();
			}
		});
		assertOutcomeUnknown(write);
	}

	@Test
	void aServerThatHoldsBackWritesKeepsItsConnections() {
		RedisNode primary = this.redis.primary();
		Set<String> before = Clients.ids(this.redis, primary);
		this.redis.execute(primary, "CLIENT", "PAUSE", "6000", "WRITE");
		CompletableFuture<Long> write = CompletableFuture
			.supplyAsync(() -> this.template.opsForValue().increment("counter"));
		assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
		assertThat(Clients.ids(this.redis, primary)).isEqualTo(before);
	}

	@Test
	void aCommandThatWaitsForOthersKeepsItsConnection() {
		try (RedisConnection connection = this.factory.getConnection()) {
			CompletableFuture<?> pop = CompletableFuture
				.supplyAsync(() -> connection.listCommands().bLPop(4, bytes("list")));
			await().atMost(LIMIT)
				.until(() -> this.redis.execute(this.redis.primary(), "CLIENT", "LIST").contains("cmd=blpop"));
			Set<String> before = Clients.ids(this.redis, this.redis.primary());
			assertThat(pop).succeedsWithin(LIMIT).isNull();
			assertThat(Clients.ids(this.redis, this.redis.primary())).isEqualTo(before);
		}
	}

	private static void assertOutcomeUnknown(CompletableFuture<?> write) {
		assertThat(write).failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(WriteOutcomeUnknownException.class);
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
