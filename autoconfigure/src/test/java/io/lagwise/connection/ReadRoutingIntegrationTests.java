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
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolVersion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.data.domain.Range;
import org.springframework.data.geo.Distance;
import org.springframework.data.geo.Metrics;
import org.springframework.data.geo.Point;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.connection.stream.StreamReadOptions;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.ScanOptions;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.domain.geo.GeoReference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Which node serves which command, from the statistics of real servers.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ReadRoutingIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	ReadRoutingIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		this.template = new StringRedisTemplate(this.factory);
		this.template.opsForValue().set("key", "value");
		this.template.opsForValue().set("other", "value");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void readsAreSpreadEvenlyOverTheReplicasAndNoneReachesThePrimary() {
		for (int i = 0; i < 2000; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(onPrimary("get")).isZero();
		assertThat(onReplicas("get")).isEqualTo(2000);
		this.redis.replicas()
			.forEach((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isBetween(800L, 1200L));
	}

	@Test
	void writesGoToThePrimary() {
		this.template.opsForValue().set("key", "new", Duration.ofMinutes(1));
		assertThat(this.template.opsForValue().getAndDelete("key")).isEqualTo("new");
		assertThat(this.template.opsForValue().increment("counter")).isEqualTo(1);
		assertThat(onPrimary("set", "getdel", "incr")).isEqualTo(3);
	}

	@Test
	void readsInAPrimaryScopeAreAnsweredByThePrimary() {
		RoutingContext.call(ReadRequirement.primary(), () -> this.template.opsForValue().get("key"));
		assertThat(onPrimary("get")).isEqualTo(1);
		assertThat(onReplicas("get")).isZero();
	}

	@Test
	void theTraceNamesTheNodesThatAnswered() {
		RedisNode primary = this.redis.primary();
		try (ReadTrace trace = ReadTrace.open()) {
			this.template.opsForValue().get("key");
			assertThat(trace.answers()).singleElement()
				.satisfies((answer) -> assertThat(answer.role()).isEqualTo(NodeRole.REPLICA));
			RoutingContext.call(ReadRequirement.primary(), () -> this.template.opsForValue().get("key"));
			assertThat(trace.toString()).endsWith(", primary " + primary.address());
		}
	}

	@Test
	@SuppressWarnings("unchecked")
	void everyKindOfKeyedReadIsAnsweredByAReplica() {
		this.template.opsForHash().put("hash", "field", "value");
		this.template.opsForZSet().add("zset", "member", 1);
		this.template.opsForList().rightPush("list", "element");
		this.template.opsForSet().add("set", "member");
		this.template.opsForGeo().add("geo", new Point(13.361389, 38.115556), "Palermo");
		this.template.opsForStream().add("stream", Map.of("field", "value"));
		this.redis.awaitInSync();
		this.redis.resetStatistics();
		assertThat(this.template.opsForValue().multiGet(List.of("key", "other"))).containsExactly("value", "value");
		assertThat(this.template.opsForHash().entries("hash")).containsEntry("field", "value");
		assertThat(this.template.opsForHash().get("hash", "field")).isEqualTo("value");
		assertThat(this.template.opsForZSet().score("zset", "member")).isEqualTo(1);
		assertThat(this.template.opsForZSet().score("zset", "member", "none")).containsExactly(1.0, null);
		assertThat(this.template.opsForZSet().range("zset", 0, -1)).containsExactly("member");
		assertThat(this.template.opsForList().range("list", 0, -1)).containsExactly("element");
		assertThat(this.template.opsForSet().members("set")).containsExactly("member");
		assertThat(this.template.opsForGeo().position("geo", "Palermo")).hasSize(1);
		assertThat(this.template.opsForGeo().distance("geo", "Palermo", "Palermo")).extracting(Distance::getValue)
			.isEqualTo(0.0);
		assertThat(this.template.opsForStream().range("stream", Range.unbounded())).hasSize(1);
		assertThat(this.template.opsForStream().read(StreamOffset.create("stream", ReadOffset.from("0")))).hasSize(1);
		assertThat(this.template.hasKey("key")).isTrue();
		assertThat(this.template.getExpire("key")).isEqualTo(-1);
		assertThat(onPrimary()).as("commands on the primary").isZero();
		assertThat(onReplicas()).isEqualTo(14);
	}

	@Test
	@SuppressWarnings("unchecked")
	void blockingStreamReadsGoToThePrimary() {
		this.template.opsForStream().add("stream", Map.of("field", "value"));
		assertThat(this.template.opsForStream()
			.read(StreamReadOptions.empty().block(Duration.ofSeconds(2)),
					StreamOffset.create("stream", ReadOffset.from("0"))))
			.hasSize(1);
		assertThat(onPrimary("xread")).isEqualTo(1);
	}

	@Test
	void searchesOfAreasAreAnsweredByAReplica() {
		this.template.opsForGeo().add("geo", new Point(13.361389, 38.115556), "Palermo");
		this.redis.awaitInSync();
		assertThat(this.template.opsForGeo()
			.search("geo", GeoReference.fromMember("Palermo"), new Distance(1, Metrics.KILOMETERS))).hasSize(1);
		assertThat(onReplicas("geosearch")).isEqualTo(1);
		assertThat(onPrimary("geosearch")).isZero();
	}

	@Test
	@SuppressWarnings("unchecked")
	void streamsAreReadForConsumerGroupsOnThePrimary() {
		this.template.opsForStream().add("stream", Map.of("field", "value"));
		this.template.opsForStream().createGroup("stream", ReadOffset.from("0"), "group");
		this.redis.awaitInSync();
		List<MapRecord<String, Object, Object>> records = this.template.opsForStream()
			.read(Consumer.from("group", "consumer"), StreamOffset.create("stream", ReadOffset.lastConsumed()));
		assertThat(records).hasSize(1);
		assertThat(this.template.opsForStream().acknowledge("group", records.get(0))).isEqualTo(1);
		assertThat(onPrimary("xreadgroup", "xack")).isEqualTo(2);
		assertThat(onReplicas("xreadgroup")).isZero();
	}

	@Test
	void aReadThatTheUserDoesNotCountAsOneGoesToThePrimary() {
		ReplicaAwareConnectionFactory other = TestFactories.sentinel(this.redis, LettuceClientConfiguration.builder()
			.clientOptions(
					ClientOptions.builder().readOnlyCommands((command) -> command.getType() == CommandType.GET).build())
			.build());
		try {
			StringRedisTemplate limited = new StringRedisTemplate(other);
			limited.opsForValue().get("key");
			limited.opsForValue().multiGet(List.of("key", "other"));
			assertThat(onReplicas("get")).isEqualTo(1);
			assertThat(onReplicas("mget")).isZero();
			assertThat(onPrimary("mget")).isEqualTo(1);
		}
		finally {
			other.destroy();
		}
	}

	@Test
	void keylessReadsAndScansGoToThePrimary() {
		assertThat(this.template.keys("k*")).containsExactly("key");
		try (var cursor = this.template.scan(ScanOptions.scanOptions().match("k*").build())) {
			assertThat(cursor.stream()).containsExactly("key");
		}
		assertThat(this.template.randomKey()).isNotNull();
		assertThat(this.template.execute((RedisCallback<Long>) (connection) -> connection.serverCommands().dbSize()))
			.isEqualTo(2);
		assertThat(onReplicas()).isZero();
	}

	@Test
	void readOnlyScriptsWithKeysAreAnsweredByAReplicaAndOthersByThePrimary() {
		byte[] script = bytes("return redis.call('get', KEYS[1])");
		assertThat(this.template.execute((RedisCallback<Object>) (connection) -> connection.execute("EVAL_RO", script,
				bytes("1"), bytes("key"))))
			.isEqualTo(bytes("value"));
		assertThat(this.template.execute(RedisScript.of("return redis.call('get', KEYS[1])", String.class),
				List.of("key")))
			.isEqualTo("value");
		assertThat(onReplicas("eval_ro")).isEqualTo(1);
		assertThat(onPrimary("eval", "evalsha")).isPositive();
		assertThat(onReplicas("eval", "evalsha")).isZero();
	}

	@Test
	void aTransactionRunsOnThePrimary() {
		List<Object> results = this.template.execute(new SessionCallback<List<Object>>() {
			@Override
			@SuppressWarnings("unchecked")
			public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
				RedisOperations<String, String> session = (RedisOperations<String, String>) operations;
				session.watch("key");
				session.opsForValue().get("key");
				session.multi();
				session.opsForValue().set("key", "changed");
				session.opsForValue().get("key");
				return session.exec();
			}
		});
		assertThat(results).containsExactly(true, "changed");
		assertThat(onPrimary("get")).isEqualTo(2);
		assertThat(onReplicas("get")).isZero();
	}

	@Test
	void aReadAfterAWriteOnTheSameConnectionGoesToThePrimary() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(200)));
		byte[] read = this.template.execute((RedisCallback<byte[]>) (connection) -> {
			connection.stringCommands().set(bytes("key"), bytes("newer"));
			return connection.stringCommands().get(bytes("key"));
		});
		assertThat(read).isEqualTo(bytes("newer"));
		assertThat(onPrimary("get")).isEqualTo(1);
	}

	@Test
	void aReadAfterAWriteOnAnotherConnectionMayBeStale() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(200)));
		this.template.opsForValue().set("key", "newer");
		assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
	}

	@Test
	void aPipelineOfReadsIsAnsweredByOneReplica() {
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			for (int i = 0; i < 100; i++) {
				connection.stringCommands().get(bytes("key"));
				connection.keyCommands().exists(bytes("missing"));
			}
			return null;
		});
		assertThat(results).hasSize(200).startsWith("value", false).endsWith("value", false);
		assertThat(onPrimary("get", "exists")).isZero();
		assertThat(this.redis.replicas().stream().map((replica) -> this.redis.commandsServed(replica, "get")))
			.containsExactlyInAnyOrder(0L, 100L);
	}

	@Test
	void nativeReadsInsideAPipelineAreAnsweredAtOnce() {
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().get(bytes("key"));
			assertThat(get(connection, "other")).isEqualTo("value");
			connection.stringCommands().get(bytes("key"));
			return null;
		});
		assertThat(results).containsExactly("value", "value");
		assertThat(onReplicas("get")).isEqualTo(3);
	}

	@Test
	void aNativeWriteInsideAPipelineKeepsItsReadsOnThePrimary() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(200)));
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().get(bytes("key"));
			nativeCommands(connection).set(bytes("key"), bytes("newer"));
			assertThat(get(connection, "key")).isEqualTo("newer");
			return null;
		});
		assertThat(results).hasSize(1);
		assertThat(onReplicas("get")).isZero();
	}

	@Test
	void aPipelineThatWritesIsAnsweredByThePrimaryInItsOrder() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(100)));
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().get(bytes("key"));
			connection.stringCommands().set(bytes("key"), bytes("newer"));
			connection.stringCommands().get(bytes("key"));
			return null;
		});
		assertThat(results).containsExactly("value", true, "newer");
		assertThat(onPrimary("get")).isEqualTo(2);
		assertThat(onReplicas("get")).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aPipelinedReadOfThePrimaryGoesOverTheConnectionOfTheWriteBehindIt(boolean afterWrite) {
		ReadRequirement requirement = afterWrite ? ReadRequirement.anyReplica() : ReadRequirement.primary();
		byte[] key = "key".getBytes(StandardCharsets.UTF_8);
		try (RedisConnection connection = this.factory.getConnection();
				RoutingContext.Scope scope = RoutingContext.open(requirement)) {
			if (afterWrite) {
				connection.keyCommands().del("nothing".getBytes(StandardCharsets.UTF_8));
			}
			connection.openPipeline();
			connection.stringCommands().get(key);
			await().atMost(Duration.ofSeconds(20)).until(() -> clientsThatLastSent("get").size() == 1);
			List<String> readers = clientsThatLastSent("get");
			connection.stringCommands().getDel(key);
			await().atMost(Duration.ofSeconds(20)).until(() -> clientsThatLastSent("getdel").size() == 1);
			assertThat(clientsThatLastSent("getdel")).isEqualTo(readers);
			assertThat(connection.closePipeline()).hasSize(2).doesNotContainNull();
		}
	}

	@Test
	void aReadThatIsPipelinedAfterATransactionIsAnsweredByThePrimary() {
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.multi();
			connection.stringCommands().set(bytes("key"), bytes("newer"));
			connection.exec();
			connection.stringCommands().get(bytes("key"));
			return null;
		});
		assertThat(results).hasSize(2).endsWith("newer");
		assertThat(onReplicas("get")).isZero();
	}

	@Test
	@SuppressWarnings("deprecation")
	void nativeAsynchronousReadsAreAnsweredByAReplica() throws ExecutionException, InterruptedException {
		try (RedisConnection connection = this.factory.getConnection()) {
			RedisAsyncCommands<byte[], byte[]> commands = nativeCommands(connection);
			assertThat(commands.get(bytes("key")).get()).isEqualTo(bytes("value"));
			assertThat(commands.getStatefulConnection().sync().get(bytes("key"))).isEqualTo(bytes("value"));
			commands.set(bytes("key"), bytes("newer")).get();
			assertThat(commands.get(bytes("key")).get()).isEqualTo(bytes("newer"));
		}
		assertThat(onReplicas("get")).isEqualTo(2);
		assertThat(onPrimary("get")).isEqualTo(1);
	}

	@Test
	void aFailureOfTheReplicaIsTheCallersOwn() {
		assertThatExceptionOfType(org.springframework.data.redis.RedisSystemException.class)
			.isThrownBy(() -> this.template.opsForHash().get("key", "field"))
			.havingRootCause()
			.withMessageStartingWith("WRONGTYPE");
		assertThat(onReplicas("hget")).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "RESP2", "RESP3" })
	void bothProtocolsAreRouted(ProtocolVersion protocol) {
		this.template.opsForHash().put("hash", "field", "value");
		this.redis.awaitInSync();
		ReplicaAwareConnectionFactory other = TestFactories.sentinel(this.redis,
				LettuceClientConfiguration.builder()
					.clientOptions(ClientOptions.builder().protocolVersion(protocol).build())
					.build());
		try {
			StringRedisTemplate protocolTemplate = new StringRedisTemplate(other);
			assertThat(protocolTemplate.opsForValue().multiGet(List.of("key", "none"))).containsExactly("value", null);
			assertThat(onReplicas("mget")).isEqualTo(1);
			ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(other);
			assertThat(reactive.opsForHash().entries("hash").collectList().block(Duration.ofSeconds(10)))
				.containsExactly(Map.entry("field", "value"));
			assertThat(onReplicas("hgetall")).isEqualTo(1);
			assertThat(onPrimary("mget", "hgetall")).isZero();
		}
		finally {
			other.destroy();
		}
	}

	private static String get(RedisConnection connection, String key) {
		return new String(LettuceFutures.awaitOrCancel(nativeCommands(connection).get(bytes(key)), 5, TimeUnit.SECONDS),
				StandardCharsets.UTF_8);
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> nativeCommands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private List<String> clientsThatLastSent(String command) {
		String clients = this.redis.execute(this.redis.primary(), "CLIENT", "LIST");
		return clients.lines()
			.filter((client) -> client.contains(" cmd=" + command + " "))
			.map((client) -> client.split(" ")[0])
			.toList();
	}

	private long onPrimary(String... commands) {
		return this.redis.commandsServed(this.redis.primary(), commands);
	}

	private long onReplicas(String... commands) {
		return this.redis.replicas()
			.stream()
			.filter((replica) -> isRunning(replica))
			.mapToLong((replica) -> this.redis.commandsServed(replica, commands))
			.sum();
	}

	private boolean isRunning(RedisNode node) {
		return this.factory.getReadableReplicas().stream().anyMatch((it) -> it.toString().equals(node.address()));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	@Nested
	class Reactive {

		private ReactiveStringRedisTemplate reactive;

		@BeforeEach
		void createTemplate() {
			this.reactive = new ReactiveStringRedisTemplate(ReadRoutingIntegrationTests.this.factory);
		}

		@Test
		void readsAreSpreadOverTheReplicas() {
			assertThat(Flux.range(0, 500)
				.flatMap((i) -> this.reactive.opsForValue().get("key"))
				.collectList()
				.block(Duration.ofSeconds(10))).hasSize(500).containsOnly("value");
			assertThat(onPrimary("get")).isZero();
			ReadRoutingIntegrationTests.this.redis.replicas()
				.forEach((replica) -> assertThat(ReadRoutingIntegrationTests.this.redis.commandsServed(replica, "get"))
					.isBetween(125L, 375L));
		}

		@Test
		void largeRepliesAreStreamedToTheSubscriber() {
			String[] elements = new String[5000];
			for (int i = 0; i < elements.length; i++) {
				elements[i] = "element-" + i;
			}
			ReadRoutingIntegrationTests.this.template.opsForList().rightPushAll("list", elements);
			ReadRoutingIntegrationTests.this.redis.awaitInSync();
			assertThat(this.reactive.opsForList()
				.range("list", 0, -1)
				.limitRate(16)
				.collectList()
				.block(Duration.ofSeconds(10))).containsExactly(elements);
			assertThat(onReplicas("lrange")).isEqualTo(1);
		}

		@Test
		void aReadAfterAWriteOnTheSameConnectionGoesToThePrimary() {
			ReadRoutingIntegrationTests.this.redis.replicas()
				.forEach((replica) -> ReadRoutingIntegrationTests.this.redis.delayReplication(replica,
						Duration.ofMillis(200)));
			java.nio.ByteBuffer key = java.nio.ByteBuffer.wrap(bytes("key"));
			String read = this.reactive
				.execute((connection) -> connection.stringCommands()
					.set(key.duplicate(), java.nio.ByteBuffer.wrap(bytes("newer")))
					.then(connection.stringCommands().get(key.duplicate())))
				.map((value) -> StandardCharsets.UTF_8.decode(value).toString())
				.blockFirst(Duration.ofSeconds(10));
			assertThat(read).isEqualTo("newer");
		}

	}

	@Nested
	class WithoutAReplicaThatIsFit {

		@BeforeEach
		void killReplicas() {
			ReadRoutingIntegrationTests.this.redis.replicas().forEach(ReadRoutingIntegrationTests.this.redis::kill);
			TestFactories.awaitReadsFrom(ReadRoutingIntegrationTests.this.factory, 0);
		}

		@Test
		void thePrimaryServesTheReads() {
			assertThat(ReadRoutingIntegrationTests.this.template.opsForValue().get("key")).isEqualTo("value");
			assertThat(onPrimary("get")).isEqualTo(1);
		}

		@Test
		void readsThatMustNotFallBackFailWithTheStateOfEveryNode() {
			ReadRequirement requirement = ReadRequirement.anyReplica(Fallback.NONE);
			RedisNode replica = ReadRoutingIntegrationTests.this.redis.replicas().get(0);
			assertThatExceptionOfType(NoEligibleReplicaException.class)
				.isThrownBy(() -> RoutingContext.call(requirement,
						() -> ReadRoutingIntegrationTests.this.template.opsForValue().get("key")))
				.withMessageStartingWith("No eligible node for GET: primary")
				.withMessageContaining("replica " + replica.address() + " does not answer")
				.withMessageEndingWith("fallback is NONE");
			assertThat(onPrimary("get")).isZero();
		}

	}

}
