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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of writes that a node refuses because it is not, or not yet, the primary.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class RefusedWritesIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	RefusedWritesIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@ParameterizedTest
	@EnumSource
	void aWriteWaitsForTheNewPrimary(Caller caller) {
		connect(TestFactories.fixed(this.redis, TestFactories.clientConfiguration(LIMIT)));
		caller.increment(this.factory, "warm-up").join();
		RedisNode next = demotePrimary();
		CompletableFuture<Long> write = caller.increment(this.factory, "counter");
		awaitRefusal("incr");
		assertThat(write).isNotDone();
		this.redis.promote(next);
		assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
		assertThat(this.redis.execute(next, "GET", "counter")).isEqualTo("1");
	}

	@Test
	void aFactoryThatKnowsOneNodeFindsTheNewPrimaryToo() {
		connect(TestFactories.standalone(this.redis, this.redis.primary()));
		RedisNode next = demotePrimary();
		CompletableFuture<Long> write = Caller.BLOCKING.increment(this.factory, "counter");
		awaitRefusal("incr");
		this.redis.promote(next);
		assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
	}

	@Test
	void writesOfOneConnectionStayInTheirOrder() {
		connect(TestFactories.fixed(this.redis, TestFactories.clientConfiguration(LIMIT)));
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisNode next = demotePrimary();
			List<CompletableFuture<Long>> pushes = new ArrayList<>();
			IntStream.range(0, 50).forEach((i) -> pushes.add(push(connection, i)));
			awaitRefusal("rpush");
			IntStream.range(50, 100).forEach((i) -> pushes.add(push(connection, i)));
			this.redis.promote(next);
			IntStream.range(100, 150).forEach((i) -> pushes.add(push(connection, i)));
			for (int i = 0; i < pushes.size(); i++) {
				assertThat(pushes.get(i)).succeedsWithin(LIMIT).isEqualTo(i + 1L);
			}
			assertThat(this.redis.execute(next, "LRANGE", "list", "0", "-1"))
				.isEqualTo(IntStream.range(0, 150).mapToObj(Integer::toString).collect(Collectors.joining("\n")));
		}
	}

	@Test
	void aReadAfterARefusedWriteSeesIt() {
		connect(TestFactories.fixed(this.redis, TestFactories.clientConfiguration(LIMIT)));
		RedisNode next = demotePrimary();
		CompletableFuture<List<Object>> results = CompletableFuture
			.supplyAsync(() -> this.template.executePipelined((RedisCallback<?>) (connection) -> {
				connection.stringCommands().set(bytes("key"), bytes("newer"));
				awaitRefusal("set");
				connection.stringCommands().get(bytes("key"));
				return null;
			}));
		awaitRefusal("set");
		this.redis.promote(next);
		assertThat(results).succeedsWithin(LIMIT).isEqualTo(List.of(true, "newer"));
	}

	@Test
	void aWriteThatFindsNoPrimaryInItsTimeFailsWithTheRefusal() {
		connect(TestFactories.fixed(this.redis, TestFactories.clientConfiguration(Duration.ofSeconds(2))));
		demotePrimary();
		for (Caller caller : Caller.values()) {
			assertThat(caller.increment(this.factory, "counter")).as("%s", caller)
				.failsWithin(LIMIT)
				.withThrowableThat()
				.havingRootCause()
				.isInstanceOf(RedisCommandExecutionException.class)
				.withMessageStartingWith("READONLY");
		}
	}

	@Test
	void aTransactionIsRefusedAsAWhole() {
		connect(TestFactories.fixed(this.redis, TestFactories.clientConfiguration(LIMIT)));
		demotePrimary();
		assertThatException().isThrownBy(() -> this.template.execute(new SessionCallback<List<Object>>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
				operations.multi();
				((RedisOperations<String, String>) operations).opsForValue().increment("counter");
				return operations.exec();
			}

		})).havingRootCause().withMessageStartingWith("EXECABORT");
	}

	private void connect(ReplicaAwareConnectionFactory factory) {
		this.factory = factory;
		this.template = new StringRedisTemplate(factory);
		this.template.opsForValue().set("key", "value");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
	}

	/**
	 * Leave nobody as the primary.
	 * @return the replica to be promoted, which the old primary follows
	 */
	private RedisNode demotePrimary() {
		RedisNode next = this.redis.replicas().get(0);
		this.redis.demote(this.redis.primary(), next);
		return next;
	}

	private void awaitRefusal(String command) {
		await().atMost(LIMIT)
			.until(() -> this.redis.nodes().stream().mapToLong((node) -> refusals(node, command)).sum() > 0);
	}

	private long refusals(RedisNode node, String command) {
		Matcher matcher = Pattern.compile("cmdstat_" + command + ":.*rejected_calls=(\\d+)")
			.matcher(Objects.requireNonNull(this.redis.execute(node, "INFO", "commandstats")));
		return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
	}

	private static CompletableFuture<Long> push(RedisConnection connection, int element) {
		return commands(connection).rpush(bytes("list"), bytes(Integer.toString(element))).toCompletableFuture();
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Ways to write.
	 */
	enum Caller {

		BLOCKING {
			@Override
			CompletableFuture<Long> increment(ReplicaAwareConnectionFactory factory, String key) {
				return CompletableFuture
					.supplyAsync(() -> new StringRedisTemplate(factory).opsForValue().increment(key));
			}
		},

		ASYNCHRONOUS {
			@Override
			CompletableFuture<Long> increment(ReplicaAwareConnectionFactory factory, String key) {
				return commands(factory.getConnection()).incr(bytes(key)).toCompletableFuture();
			}
		},

		REACTIVE {
			@Override
			CompletableFuture<Long> increment(ReplicaAwareConnectionFactory factory, String key) {
				return new ReactiveStringRedisTemplate(factory).opsForValue().increment(key).toFuture();
			}
		},

		PIPELINED {
			@Override
			CompletableFuture<Long> increment(ReplicaAwareConnectionFactory factory, String key) {
				return CompletableFuture.supplyAsync(() -> (Long) new StringRedisTemplate(factory)
					.executePipelined((RedisCallback<?>) (connection) -> {
						connection.stringCommands().incr(bytes(key));
						return null;
					})
					.get(0));
			}
		},

		BY_SCRIPT {
			@Override
			CompletableFuture<Long> increment(ReplicaAwareConnectionFactory factory, String key) {
				return CompletableFuture.supplyAsync(() -> new StringRedisTemplate(factory)
					.execute(RedisScript.of("return redis.call('incr', KEYS[1])", Long.class), List.of(key)));
			}
		};

		abstract CompletableFuture<Long> increment(ReplicaAwareConnectionFactory factory, String key);

	}

}
