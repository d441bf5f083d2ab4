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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.lagwise.routing.TransactionLostException;
import io.lagwise.routing.WriteOutcomeUnknownException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of commands whose connection to the primary is lost before they are
 * answered. Replies are held back, so that it is certain that the commands were executed.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
class LostConnectionIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	LostConnectionIntegrationTests(ReplicatedRedis redis) {
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

	@Test
	void aWriteInFlightIsExecutedOnceAndFailsWithAClearMessage() {
		CompletableFuture<?> write = inFlight(
				() -> CompletableFuture.runAsync(() -> this.template.opsForValue().increment("counter")));
		loseConnections();
		assertOutcomeUnknown(write, "INCR");
		assertExecutedOnce();
	}

	@Test
	void plainSpringExecutesAWriteInFlightAgain() {
		LettuceConnectionFactory plain = plainFactory();
		try (RedisConnection connection = plain.getConnection()) {
			CompletableFuture<?> write = inFlight(() -> {
				// Lettuce fails the first command that waits, and repeats the others
				commands(connection).ping();
				return commands(connection).incr(bytes("counter")).toCompletableFuture();
			});
			loseConnections();
			assertThat(write).succeedsWithin(LIMIT).isEqualTo(2L);
		}
		finally {
			plain.destroy();
		}
	}

	@Test
	void asynchronousWritesInFlightAreExecutedOnce() {
		try (RedisConnection connection = this.factory.getConnection()) {
			List<CompletableFuture<?>> pushes = new ArrayList<>();
			CompletableFuture<?> write = inFlight(() -> {
				for (int i = 0; i < 20; i++) {
					pushes.add(commands(connection).rpush(bytes("list"), bytes("element")).toCompletableFuture());
				}
				return commands(connection).incr(bytes("counter")).toCompletableFuture();
			});
			loseConnections();
			assertOutcomeUnknown(write, "INCR");
			assertThat(pushes).allSatisfy((push) -> assertOutcomeUnknown(push, "RPUSH"));
			assertExecutedOnce();
			assertThat(this.redis.execute(this.redis.primary(), "LLEN", "list")).isEqualTo("20");
		}
	}

	@Test
	void reactiveWritesInFlightAreExecutedOnce() {
		ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(this.factory);
		assertThat(reactive.opsForValue().set("key", "newer").block(LIMIT)).isTrue();
		CompletableFuture<?> write = inFlight(() -> reactive.opsForValue().increment("counter").toFuture());
		loseConnections();
		assertOutcomeUnknown(write, "INCR");
		assertExecutedOnce();
	}

	@Test
	void pipelinedWritesInFlightAreExecutedOnce() {
		CompletableFuture<?> pipeline = inFlight((connection) -> {
			connection.listCommands().rPush(bytes("list"), bytes("element"));
			connection.stringCommands().incr(bytes("counter"));
		});
		loseConnections();
		assertOutcomeUnknown(pipeline, "\\w+");
		assertExecutedOnce();
		assertThat(this.redis.execute(this.redis.primary(), "LLEN", "list")).isEqualTo("1");
	}

	@Test
	void aTransactionInFlightIsExecutedOnce() {
		CompletableFuture<?> transaction = inFlight((connection) -> {
			connection.multi();
			connection.stringCommands().incr(bytes("counter"));
			connection.exec();
		});
		loseConnections();
		assertOutcomeUnknown(transaction, "EXEC");
		assertExecutedOnce();
	}

	@Test
	void readsInFlightAreAnsweredAfterwards() {
		try (RedisConnection connection = this.factory.getConnection()) {
			List<CompletableFuture<?>> reads = new ArrayList<>();
			CompletableFuture<?> write = inFlight(() -> {
				CompletableFuture<?> increment = commands(connection).incr(bytes("counter")).toCompletableFuture();
				reads.add(commands(connection).strlen(bytes("key")).toCompletableFuture());
				return increment;
			});
			loseConnections();
			assertOutcomeUnknown(write, "INCR");
			assertThat(reads.get(0)).succeedsWithin(LIMIT).isEqualTo(5L);
		}
	}

	@Test
	void writesThatWereNeverSentAreSentWhenTheConnectionIsBack() {
		try (RedisConnection connection = this.factory.getConnection()) {
			this.redis.cutClients(this.redis.primary());
			await().atMost(LIMIT)
				.until(() -> !this.redis.execute(this.redis.primary(), "CLIENT", "LIST").contains(Clients.NAME));
			CompletableFuture<?> write = commands(connection).incr(bytes("counter")).toCompletableFuture();
			this.redis.healClients(this.redis.primary());
			assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
		}
	}

	@Test
	void nothingIsExecutedOfATransactionWhoseConnectionIsLost() {
		assertThatExceptionOfType(TransactionLostException.class)
			.isThrownBy(() -> this.template.execute(new InTransaction((operations) -> {
				operations.multi();
				operations.opsForValue().increment("counter");
				replaceConnections();
				operations.opsForValue().increment("counter");
				operations.exec();
			})))
			.withMessageContaining("EXEC is not executed");
		assertThat(this.template.opsForValue().increment("counter")).isOne();
	}

	@Test
	void aTransactionDoesNotBeginWhenTheConnectionThatWatchedIsLost() {
		assertThatExceptionOfType(TransactionLostException.class)
			.isThrownBy(() -> this.template.execute(new InTransaction((operations) -> {
				operations.watch("key");
				replaceConnections();
				operations.multi();
			})))
			.withMessageContaining("MULTI is not executed");
		this.template.execute(new InTransaction((operations) -> {
			operations.watch("key");
			operations.multi();
			operations.opsForValue().increment("counter");
			assertThat(operations.exec()).containsExactly(1L);
		}));
	}

	/**
	 * Send a write and wait until it has been executed, which its sender is not told.
	 */
	private CompletableFuture<?> inFlight(Supplier<CompletableFuture<?>> write) {
		holdReplies();
		return awaitExecution(write.get());
	}

	/**
	 * Run a pipeline and wait until it has been executed, which its sender is not told.
	 */
	private CompletableFuture<?> inFlight(Consumer<RedisConnection> pipeline) {
		return awaitExecution(
				CompletableFuture.runAsync(() -> this.template.executePipelined((RedisCallback<?>) (connection) -> {
					// the first command opens the connection; when the second one is
					// answered, so is the first
					connection.commands().ping();
					((RedisClusterAsyncCommands<?, ?>) connection.getNativeConnection()).ping()
						.toCompletableFuture()
						.join();
					holdReplies();
					pipeline.accept(connection);
					return null;
				})));
	}

	private CompletableFuture<?> awaitExecution(CompletableFuture<?> write) {
		await().atMost(LIMIT).until(() -> "1".equals(this.redis.execute(this.redis.primary(), "GET", "counter")));
		assertThat(write).isNotDone();
		return write;
	}

	private void holdReplies() {
		this.redis.delayClients(this.redis.primary(), Duration.ofMinutes(2));
	}

	private void loseConnections() {
		this.redis.cutClients(this.redis.primary());
		this.redis.healClients(this.redis.primary());
	}

	/**
	 * Close all connections to the primary and wait until the factory has new ones.
	 */
	private void replaceConnections() {
		RedisNode primary = this.redis.primary();
		Set<String> before = Clients.ids(this.redis, primary);
		loseConnections();
		await().atMost(LIMIT)
			.untilAsserted(() -> assertThat(Clients.ids(this.redis, primary)).hasSameSizeAs(before)
				.doesNotContainAnyElementsOf(before));
	}

	private void assertOutcomeUnknown(CompletableFuture<?> write, String command) {
		assertThat(write).failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(WriteOutcomeUnknownException.class)
			.withMessageContaining(this.redis.primary().address())
			.withMessageMatching(
					".* was lost before " + command + " was answered: it may or may not have been executed.*");
	}

	private void assertExecutedOnce() {
		assertThat(this.template.opsForValue().increment("counter")).isEqualTo(2);
	}

	private LettuceConnectionFactory plainFactory() {
		RedisNode primary = this.redis.primary();
		LettuceConnectionFactory plain = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(primary.host(), primary.port()),
				TestFactories.clientConfiguration(LIMIT));
		plain.afterPropertiesSet();
		plain.start();
		return plain;
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Runs an action on one connection.
	 */
	private record InTransaction(Consumer<RedisOperations<String, String>> action) implements SessionCallback<Object> {

		@Override
		@SuppressWarnings("unchecked")
		public <K, V> Object execute(RedisOperations<K, V> operations) {
			this.action.accept((RedisOperations<String, String>) operations);
			return "done";
		}

	}

}
