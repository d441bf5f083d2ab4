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
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever way a connection to the primary ends, what was sent over it and not answered
 * ends the same way.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
class BrokenConnectionIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	BrokenConnectionIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.fixed(this.redis, TestFactories.clientConfiguration(LIMIT));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@ParameterizedTest
	@EnumSource
	void theOutcomeOfAWriteIsUnknown(End end) {
		CompletableFuture<?> write = inFlight(
				() -> CompletableFuture.runAsync(() -> this.template.opsForValue().increment("counter")));
		end.happen(this.redis);
		assertOutcomeUnknown(write);
		assertExecutedOnce();
	}

	@ParameterizedTest
	@EnumSource
	void theOutcomeOfAWriteThatWaitsForReplicasIsUnknown(End end) {
		WriteRequirement requirement = new WriteRequirement(1, LIMIT, OnShortfall.FAIL);
		CompletableFuture<?> write = inFlight(() -> CompletableFuture.runAsync(() -> {
			try (WriteScope scope = WriteScope.open(requirement)) {
				// opens the connection
				this.template.opsForValue().set("key", "newer");
				holdReplies();
				this.template.opsForValue().increment("counter");
				scope.confirm();
			}
		}), () -> {
		});
		end.happen(this.redis);
		assertOutcomeUnknown(write);
		assertExecutedOnce();
	}

	@ParameterizedTest
	@EnumSource
	void theOutcomeOfATransactionIsUnknown(End end) {
		CompletableFuture<?> transaction = inFlight(() -> CompletableFuture
			.runAsync(() -> this.template.executePipelined((RedisCallback<?>) (connection) -> {
				connection.stringCommands().set(bytes("key"), bytes("newer"));
				await().atMost(LIMIT)
					.until(() -> "newer".equals(this.redis.execute(this.redis.primary(), "GET", "key")));
				// the connection is open
				holdReplies();
				connection.multi();
				connection.stringCommands().incr(bytes("counter"));
				connection.exec();
				return null;
			})), () -> {
			});
		end.happen(this.redis);
		assertOutcomeUnknown(transaction);
		assertExecutedOnce();
	}

	@ParameterizedTest
	@EnumSource
	void aReadThatIsTheFirstToWaitIsSentAgain(End end) {
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> commands = commands(connection);
			assertThat(commands.set(bytes("key"), bytes("newer")).toCompletableFuture()).succeedsWithin(LIMIT);
			holdReplies();
			CompletableFuture<Long> read = commands.strlen(bytes("key")).toCompletableFuture();
			CompletableFuture<?> write = awaitExecution(commands.incr(bytes("counter")).toCompletableFuture());
			end.happen(this.redis);
			assertOutcomeUnknown(write);
			assertThat(read).succeedsWithin(LIMIT).isEqualTo(5L);
		}
	}

	@Test
	void whatWasNeverSentWaitsThoughConnectionsAreReset() {
		RedisNode primary = this.redis.primary();
		try (RedisConnection connection = this.factory.getConnection()) {
			this.redis.resetClients(primary);
			await().atMost(LIMIT)
				.until(() -> !this.redis.execute(primary, "CLIENT", "LIST").contains("name=" + Clients.NAME));
			CompletableFuture<Long> write = commands(connection).incr(bytes("counter")).toCompletableFuture();
			this.redis.healClients(primary);
			assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
		}
	}

	private CompletableFuture<?> inFlight(Supplier<CompletableFuture<?>> write) {
		return inFlight(write, this::holdReplies);
	}

	private CompletableFuture<?> inFlight(Supplier<CompletableFuture<?>> write, Runnable hold) {
		hold.run();
		return awaitExecution(write.get());
	}

	private CompletableFuture<?> awaitExecution(CompletableFuture<?> write) {
		await().atMost(LIMIT).until(() -> "1".equals(this.redis.execute(this.redis.primary(), "GET", "counter")));
		assertThat(write).isNotDone();
		return write;
	}

	private void holdReplies() {
		this.redis.delayClients(this.redis.primary(), Duration.ofMinutes(2));
	}

	private static void assertOutcomeUnknown(CompletableFuture<?> write) {
		assertThat(write).failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(WriteOutcomeUnknownException.class);
	}

	private void assertExecutedOnce() {
		assertThat(this.template.opsForValue().increment("counter")).isEqualTo(2);
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Ways in which connections end.
	 */
	enum End {

		CLOSED(ReplicatedRedis::cutClients), RESET(ReplicatedRedis::resetClients);

		private final BiConsumer<ReplicatedRedis, RedisNode> cut;

		End(BiConsumer<ReplicatedRedis, RedisNode> cut) {
			this.cut = cut;
		}

		void happen(ReplicatedRedis redis) {
			this.cut.accept(redis, redis.primary());
			redis.healClients(redis.primary());
		}

	}

}
