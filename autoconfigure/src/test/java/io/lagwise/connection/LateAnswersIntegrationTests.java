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
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lagwise.usage.FreshReplicas;
import io.lettuce.core.KeyValue;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.protocol.ProtocolVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
	void answersOfReplicasThatWereFrozenReachNobody(ProtocolVersion protocol) throws Exception {
		connect(protocol);
		List<String> values = IntStream.range(0, 100).mapToObj((i) -> "value-" + i).toList();
		List<String> keys = IntStream.range(0, 100).mapToObj((i) -> "key-" + i).toList();
		for (int i = 0; i < 100; i++) {
			this.template.opsForValue().set(keys.get(i), values.get(i));
		}
		this.template.opsForList().rightPushAll("list", values);
		this.redis.awaitInSync();
		// the first use of a connection sets it up
		assertThat(this.reactive.opsForList().range("list", 0, -1).collectList().block(LIMIT)).isEqualTo(values);
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> commands = commands(connection);
			// what Lettuce itself has handed out: templates make copies
			List<byte[]> list = whileReplicasAreFrozen("lrange",
					() -> commands.lrange(bytes("list"), 0, -1).get(LIMIT.toSeconds(), TimeUnit.SECONDS));
			List<KeyValue<byte[], byte[]>> several = whileReplicasAreFrozen("mget",
					() -> commands.mget(keys.stream().map(LateAnswersIntegrationTests::bytes).toArray(byte[][]::new))
						.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
			List<String> reactiveList = whileReplicasAreFrozen("lrange",
					() -> this.reactive.opsForList().range("list", 0, -1).collectList().block(LIMIT));
			List<Object> pipelined = whileReplicasAreFrozen("lrange",
					() -> this.template.executePipelined((RedisCallback<Object>) (pipeline) -> {
						pipeline.listCommands().lRange(bytes("list"), 0, -1);
						pipeline.listCommands().lRange(bytes("list"), 0, 9);
						return null;
					}, null));
			assertThat(list.stream().map(LateAnswersIntegrationTests::text)).containsExactlyElementsOf(values);
			assertThat(several.stream().map((value) -> text(value.getValue()))).containsExactlyElementsOf(values);
			assertThat(reactiveList).isEqualTo(values);
			assertThat(pipelined.stream().map(LateAnswersIntegrationTests::texts)).containsExactly(values,
					values.subList(0, 10));
		}
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

	@ParameterizedTest
	@ValueSource(strings = { "value", "list" })
	void answersThatAreTooOldWhenTheyArriveReachNobody(String key) {
		Duration bound = Duration.ofMillis(300);
		Duration delay = bound.multipliedBy(2);
		AtomicInteger tooOld = new AtomicInteger();
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withAttemptTimeout(LIMIT).withReadListener(new ReadListener() {
					@Override
					public void attemptFailed(NodeAddress node, FallbackReason reason, Duration elapsed) {
						tooOld.addAndGet((reason == FallbackReason.TOO_STALE) ? 1 : 0);
					}
				}));
		this.template = new StringRedisTemplate(this.factory);
		this.template.opsForValue().set("value", "value");
		this.template.opsForList().rightPushAll("list", "one", "another");
		this.redis.awaitInSync();
		// the last proof may be too old already when the read is sent
		await().pollDelay(Duration.ZERO).atMost(Duration.ofMinutes(1)).until(() -> {
			FreshReplicas.await(this.factory, 2);
			this.redis.replicas().forEach((replica) -> this.redis.delayClients(replica, delay));
			long start = System.nanoTime();
			try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.maxStaleness(bound));
					ReadTrace trace = ReadTrace.open()) {
				assertThat(key.equals("list") ? this.template.opsForList().range(key, 0, -1)
						: List.of(this.template.opsForValue().get(key)))
					.isNotEmpty();
				if (System.nanoTime() - start >= delay.toNanos()) {
					assertThat(trace.answers()).extracting(ReadTrace.Answer::role).containsExactly(NodeRole.PRIMARY);
				}
			}
			finally {
				this.redis.replicas().forEach(this.redis::healClients);
			}
			return tooOld.get() > 0;
		});
	}

	private void connect(ProtocolVersion protocol) {
		this.factory = TestFactories.sentinel(this.redis, SteadyReaders.client(protocol));
		this.template = new StringRedisTemplate(this.factory);
		this.reactive = new ReactiveStringRedisTemplate(this.factory);
	}

	/**
	 * Run a read while the replicas stand still, and return its result when they have
	 * sent their answers too.
	 */
	private <T> T whileReplicasAreFrozen(String command, Callable<T> read) throws Exception {
		this.redis.resetStatistics();
		this.redis.replicas().forEach(this.redis::freeze);
		T result = read.call();
		this.redis.replicas().forEach(this.redis::thaw);
		awaitServed(command, 1);
		TestFactories.awaitReadsFrom(this.factory, 2);
		// answers of a node come in the order of the questions
		this.redis.resetStatistics();
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			this.template.opsForValue().get("key-0");
			assertThat(this.redis.replicas())
				.allSatisfy((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isPositive());
		});
		return result;
	}

	@SuppressWarnings("unchecked")
	private static List<String> texts(Object list) {
		return ((List<byte[]>) list).stream().map(LateAnswersIntegrationTests::text).toList();
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
