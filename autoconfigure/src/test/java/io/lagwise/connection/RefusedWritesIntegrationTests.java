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
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

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

	@Test
	void aWriteWaitsForTheNewPrimary() {
		connect(TestFactories.fixed(this.redis, TestFactories.clientConfiguration(LIMIT)));
		RedisNode next = demotePrimary();
		CompletableFuture<Long> write = CompletableFuture
			.supplyAsync(() -> this.template.opsForValue().increment("counter"));
		awaitRefusal("incr");
		this.redis.promote(next);
		assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
		assertThat(this.redis.execute(next, "GET", "counter")).isEqualTo("1");
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
			.until(() -> this.redis.nodes()
				.stream()
				.anyMatch((node) -> this.redis.execute(node, "INFO", "commandstats")
					.lines()
					.anyMatch((line) -> line.startsWith("cmdstat_" + command + ":")
							&& !line.contains("rejected_calls=0"))));
	}

}
