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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an abandoned node still sends reaches nobody, and what breaks off is answered
 * whole by another one.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class LateAnswersIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	private ReactiveStringRedisTemplate reactive;

	LateAnswersIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@ParameterizedTest
	@EnumSource(names = { "RESP2", "RESP3" })
	void answersOfReplicasThatWereFrozenReachNobody(ProtocolVersion protocol) {
		connect(protocol);
		Map<String, String> fields = new LinkedHashMap<>();
		for (int i = 0; i < 100; i++) {
			fields.put("field-" + i, "value-" + i);
			this.template.opsForValue().set("key-" + i, "value-" + i);
		}
		List<String> values = new ArrayList<>(fields.values());
		List<String> keys = values.stream().map((value) -> value.replace("value", "key")).toList();
		this.template.opsForList().rightPushAll("list", values);
		this.template.opsForHash().putAll("hash", fields);
		this.redis.awaitInSync();
		// the first use of a connection sets it up
		assertThat(this.reactive.opsForList().range("list", 0, -1).collectList().block(LIMIT)).isEqualTo(values);
		this.redis.resetStatistics();
		this.redis.replicas().forEach(this.redis::freeze);
		List<String> list = this.template.opsForList().range("list", 0, -1);
		this.redis.replicas().forEach(this.redis::thaw);
		awaitServed("lrange", 1);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(list).isEqualTo(values);

		this.redis.replicas().forEach(this.redis::freeze);
		List<String> reactiveList = this.reactive.opsForList().range("list", 0, -1).collectList().block(LIMIT);
		this.redis.replicas().forEach(this.redis::thaw);
		awaitServed("lrange", 2);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(reactiveList).isEqualTo(values);

		this.redis.replicas().forEach(this.redis::freeze);
		Map<Object, Object> hash = this.template.opsForHash().entries("hash");
		this.redis.replicas().forEach(this.redis::thaw);
		awaitServed("hgetall", 1);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(hash).isEqualTo(fields);

		this.redis.replicas().forEach(this.redis::freeze);
		List<String> several = this.template.opsForValue().multiGet(keys);
		this.redis.replicas().forEach(this.redis::thaw);
		awaitServed("mget", 1);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(several).isEqualTo(values);

		this.redis.replicas().forEach(this.redis::freeze);
		List<Object> pipelined = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			keys.forEach((key) -> connection.stringCommands().get(bytes(key)));
			return null;
		});
		this.redis.replicas().forEach(this.redis::thaw);
		awaitServed("get", keys.size());
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(pipelined).isEqualTo(values);
		assertThat(List.of(list, reactiveList, several, pipelined)).allMatch(values::equals);
	}

	@ParameterizedTest
	@EnumSource(names = { "RESP2", "RESP3" })
	void aLargeReplyIsAnsweredWholeAndOnceThoughItsReplicaIsCutOffInTheMiddle(ProtocolVersion protocol)
			throws Exception {
		connect(protocol);
		String[] elements = new String[100_000];
		Arrays.setAll(elements, (i) -> "element-" + i);
		List<String> expected = List.of(elements);
		this.template.opsForList().rightPushAll("list", elements);
		this.redis.awaitInSync();
		RedisNode replica = this.redis.replicas().get(0);
		try (RedisConnection connection = this.factory.getConnection()) {
			for (int round = 0; round < 3; round++) {
				List<Future<List<byte[]>>> replies = new ArrayList<>();
				List<Future<List<String>>> reactiveReplies = new ArrayList<>();
				for (int i = 0; i < 3; i++) {
					replies.add(commands(connection).lrange(bytes("list"), 0, -1));
					reactiveReplies.add(this.reactive.opsForList().range("list", 0, -1).collectList().toFuture());
				}
				this.redis.cutClients(replica);
				for (Future<List<byte[]>> reply : replies) {
					assertThat(reply.get(LIMIT.toSeconds(), TimeUnit.SECONDS)
						.stream()
						.map(LateAnswersIntegrationTests::text)
						.toList()).hasSize(elements.length).isEqualTo(expected);
				}
				for (Future<List<String>> reply : reactiveReplies) {
					assertThat(reply.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(elements.length)
						.isEqualTo(expected);
				}
				this.redis.healClients(replica);
				TestFactories.awaitReadsFrom(this.factory, 2);
			}
		}
	}

	private void connect(ProtocolVersion protocol) {
		this.factory = TestFactories.sentinel(this.redis, SteadyReaders.client(protocol));
		this.template = new StringRedisTemplate(this.factory);
		this.reactive = new ReactiveStringRedisTemplate(this.factory);
	}

	private void awaitServed(String command, int count) {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.redis.replicas()
				.stream()
				.mapToLong((replica) -> this.redis.commandsServed(replica, command))
				.sum()).isGreaterThanOrEqualTo(count));
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

}
