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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.routing.ReplicationNotConfirmedException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of writes in a scope that waits for replicas when a node refuses them
 * because it is not, or not yet, the primary.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class RefusedConfirmedWritesIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final WriteRequirement ONE = new WriteRequirement(1, LIMIT, OnShortfall.FAIL);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	RefusedConfirmedWritesIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		connect(LIMIT);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@ParameterizedTest
	@EnumSource
	void aRefusedWriteIsSentToTheNewPrimaryAndConfirmedThere(Way way) {
		RedisNode next = demotePrimary();
		CompletableFuture<Long> write = CompletableFuture.supplyAsync(() -> confirmed(ONE, () -> way.increment(this)));
		awaitRefusal("incr");
		assertThat(write).isNotDone();
		this.redis.promote(next);
		assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
		assertThat(this.redis.execute(next, "GET", "counter")).isEqualTo("1");
	}

	@Test
	void whatTheFormerPrimaryHasTakenInTheSameScopeIsNotConfirmed() {
		RedisNode next = this.redis.replicas().get(0);
		CompletableFuture<Long> write = CompletableFuture.supplyAsync(() -> confirmed(ONE, () -> {
			this.template.opsForValue().set("key", "taken by the former primary");
			demotePrimary();
			return this.template.opsForValue().increment("counter");
		}));
		awaitRefusal("incr");
		this.redis.promote(next);
		assertThat(write).failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(ReplicationNotConfirmedException.class);
		assertThat(this.redis.execute(next, "GET", "counter")).isEqualTo("1");
	}

	@Test
	void whatStillWaitsAtTheEndOfItsScopeIsNotConfirmed() {
		demotePrimary();
		CompletableFuture<Object> write = CompletableFuture
			.supplyAsync(() -> confirmed(new WriteRequirement(1, Duration.ofSeconds(1), OnShortfall.FAIL), () -> {
				commands().incr("counter".getBytes(StandardCharsets.UTF_8));
				awaitRefusal("incr");
				return null;
			}));
		assertThat(write).failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(ReplicationNotConfirmedException.class)
			.withMessageContaining("the primary has refused a write that could not be sent again yet");
	}

	@Test
	void aWriteThatFindsNoPrimaryInItsTimeFailsWithTheRefusal() {
		disconnect();
		connect(Duration.ofSeconds(2));
		demotePrimary();
		assertThat(CompletableFuture.supplyAsync(() -> confirmed(ONE, () -> Way.BLOCKING.increment(this))))
			.failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(RedisCommandExecutionException.class)
			.withMessageStartingWith("READONLY");
	}

	private void connect(Duration commandTimeout) {
		this.factory = TestFactories.fixed(this.redis, TestFactories.clientConfiguration(commandTimeout));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
		confirmed(ONE, () -> this.template.opsForValue().increment("warm-up"));
		this.redis.awaitInSync();
		this.redis.resetStatistics();
	}

	@SuppressWarnings("unchecked")
	private RedisClusterAsyncCommands<byte[], byte[]> commands() {
		return (RedisClusterAsyncCommands<byte[], byte[]>) this.factory.getConnection().getNativeConnection();
	}

	private static <T> T confirmed(WriteRequirement requirement, Supplier<T> writes) {
		try (WriteScope scope = WriteScope.open(requirement)) {
			T result = writes.get();
			scope.confirm();
			return result;
		}
	}

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

	/**
	 * Ways to write.
	 */
	enum Way {

		BLOCKING {

			@Override
			Long increment(RefusedConfirmedWritesIntegrationTests test) {
				return test.template.opsForValue().increment("counter");
			}

		},

		ASYNCHRONOUS {

			@Override
			Long increment(RefusedConfirmedWritesIntegrationTests test) {
				return test.commands()
					.incr("counter".getBytes(StandardCharsets.UTF_8))
					.toCompletableFuture()
					.orTimeout(20, TimeUnit.SECONDS)
					.join();
			}

		},

		SESSION {

			@Override
			Long increment(RefusedConfirmedWritesIntegrationTests test) {
				return test.template.execute(new SessionCallback<>() {

					@Override
					@SuppressWarnings("unchecked")
					public <K, V> Long execute(RedisOperations<K, V> operations) {
						return operations.opsForValue().increment((K) "counter");
					}

				});
			}

		},

		PIPELINED {

			@Override
			Long increment(RefusedConfirmedWritesIntegrationTests test) {
				return (Long) test.template.executePipelined((RedisCallback<?>) (connection) -> {
					connection.stringCommands().incr("counter".getBytes(StandardCharsets.UTF_8));
					return null;
				}).get(0);
			}

		},

		BY_SCRIPT {

			@Override
			Long increment(RefusedConfirmedWritesIntegrationTests test) {
				return test.template.execute(RedisScript.of("return redis.call('incr', KEYS[1])", Long.class),
						List.of("counter"));
			}

		};

		abstract Long increment(RefusedConfirmedWritesIntegrationTests test);

	}

}
