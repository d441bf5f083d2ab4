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
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.lagwise.annotation.Fallback;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Reads that must see their own writes, with replicas that get them late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class ConsistentReadIntegrationTests {

	private static final int ROUNDS = 300;

	private final ReplicatedRedis redis;

	private final Reasons reasons = new Reasons();

	private final List<ReplicaAwareConnectionFactory> factories = new ArrayList<>();

	ConsistentReadIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delay() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(5)));
	}

	@AfterEach
	void disconnect() {
		this.factories.forEach(ReplicaAwareConnectionFactory::destroy);
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@ParameterizedTest
	@EnumSource
	void aConsistentReadSeesWhatWasJustWritten(ConsistencyEnforcement enforcement) {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(enforcement));
		assertThat(staleReads(template, ReadRequirement.anyReplica())).isGreaterThan(ROUNDS / 2);
		assertThat(staleReads(template, ReadRequirement.consistent())).isZero();
		assertThat(this.reasons.of(RoutingReason.CAUGHT_UP_REPLICA) > 0)
			.isEqualTo(enforcement == ConsistencyEnforcement.WAIT);
	}

	static Stream<Arguments> writers() {
		return Stream.of(writer("SET", (template, value) -> template.opsForValue().set("key", value)),
				writer("MSET",
						(template, value) -> template.opsForValue().multiSet(Map.of("other", "x", "key", value))),
				writer("pipeline",
						(template, value) -> template.executePipelined((RedisCallback<Object>) (connection) -> {
							connection.stringCommands().set(bytes("other"), bytes("x"));
							connection.stringCommands().set(bytes("key"), bytes(value));
							return null;
						})),
				writer("MULTI and EXEC", (template, value) -> template.execute(new Transaction(value))),
				writer("RENAME", (template, value) -> {
					template.opsForValue().set("other", value);
					template.rename("other", "key");
				}),
				writer("script",
						(template, value) -> template.execute(
								RedisScript.of("return redis.call('SET', KEYS[1], ARGV[1])", String.class),
								List.of("key"), value)),
				writer("generic command", (template, value) -> template.execute(
						(RedisCallback<Object>) (connection) -> connection.execute("SET", bytes("key"), bytes(value)))),
				writer("reactive", (template,
						value) -> new ReactiveStringRedisTemplate(
								(ReactiveRedisConnectionFactory) template.getRequiredConnectionFactory())
							.opsForValue()
							.set("key", value)
							.block()));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("writers")
	void aConsistentReadSeesWhatWasWrittenInAnyWay(String name, BiConsumer<StringRedisTemplate, String> writer) {
		StringRedisTemplate template = template(
				ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(ConsistencyEnforcement.WATERMARK));
		int stale = 0;
		int staleAnywhere = 0;
		for (int i = 0; i < 40; i++) {
			String value = name + " " + i;
			writer.accept(template, value);
			stale += value.equals(read(ReadRequirement.consistent(), () -> template.opsForValue().get("key"))) ? 0 : 1;
			staleAnywhere += value.equals(template.opsForValue().get("key")) ? 0 : 1;
		}
		assertThat(stale).isZero();
		assertThat(staleAnywhere).isPositive();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aConsistentReadSeesWhatAReactiveConnectionOfItsOwnHasWritten(boolean shared) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
				TestFactories.sentinelConfiguration(this.redis), TestFactories.clientConfiguration());
		factory.setShareNativeConnection(shared);
		this.factories.add(TestFactories.started(factory, this.redis, (started) -> started
			.setReadOptions(ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(ConsistencyEnforcement.WATERMARK))));
		StringRedisTemplate template = new StringRedisTemplate(factory);
		ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(factory);
		int stale = 0;
		for (int i = 0; i < 40; i++) {
			String value = "value " + i;
			template.opsForList().rightPush("list", value);
			this.redis.awaitInSync();
			// blocking commands have a connection of their own
			assertThat(reactive.opsForList().leftPop("list", Duration.ofSeconds(5)).block()).isEqualTo(value);
			stale += (read(ReadRequirement.consistent(), () -> template.opsForList().size("list")) == 0) ? 0 : 1;
		}
		assertThat(stale).isZero();
	}

	@Test
	void consistentReadsOfSeveralKeysAndInPipelinesSeeWhatWasJustWritten() {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS);
		for (int i = 0; i < 40; i++) {
			String value = "value " + i;
			template.opsForValue().set("a", value);
			assertThat(read(ReadRequirement.consistent(), () -> template.opsForValue().multiGet(List.of("b", "a"))))
				.last()
				.isEqualTo(value);
			template.opsForValue().set("b", value);
			assertThat(read(ReadRequirement.consistent(),
					() -> template.executePipelined((RedisCallback<Object>) (connection) -> {
						connection.stringCommands().get(bytes("a"));
						connection.stringCommands().get(bytes("b"));
						return null;
					})))
				.last()
				.isEqualTo(value);
		}
	}

	@Test
	void aReadOfWhatNobodyHasWrittenLatelyComesFromAReplica() {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS);
		for (int i = 0; i < ROUNDS; i++) {
			template.opsForValue().set("other:" + i, "value");
			read(ReadRequirement.consistent(), () -> template.opsForValue().get("key"));
		}
		assertThat(this.reasons.of(RoutingReason.FRESH_REPLICA)).isGreaterThan(ROUNDS * 9 / 10);
	}

	@Test
	void aSessionSeesItsOwnWritesWhateverTheirKeys() {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS);
		ConsistencySession session = sessions().open();
		try (RoutingContext.Scope scope = session.bind()) {
			assertThat(staleReads(template, ReadRequirement.consistent())).isZero();
		}
	}

	@Test
	void aSessionWaitsForItsOwnWritesOnly() {
		StringRedisTemplate template = template(
				ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(ConsistencyEnforcement.WATERMARK));
		ConsistencySession session = sessions().open();
		for (int i = 0; i < ROUNDS; i++) {
			template.opsForValue().set("key", "value " + i);
			try (RoutingContext.Scope scope = session.bind()) {
				read(ReadRequirement.consistent(), () -> template.opsForValue().get("key"));
			}
		}
		assertThat(this.reasons.of(RoutingReason.FRESH_REPLICA)).isGreaterThan(ROUNDS * 9 / 10);
	}

	@Test
	void aSessionGoesOnInAnotherApplicationWhereItsTokenWasGiven() {
		ReplicaReadOptions options = ReplicaReadOptions.DEFAULTS.withSessionTokens(
				SessionTokens.hmacSha256("0123456789abcdef0123456789abcdef", Duration.ofHours(1), Clock.systemUTC()));
		StringRedisTemplate here = template(options);
		ConsistencySessions sessionsHere = sessions();
		StringRedisTemplate there = template(options);
		ConsistencySessions sessionsThere = sessions();
		int stale = 0;
		for (int i = 0; i < 30; i++) {
			String value = "value " + i;
			ConsistencySession session = sessionsHere.open();
			try (RoutingContext.Scope scope = session.bind()) {
				here.opsForValue().set("key", value);
			}
			String token = session.token();
			try (RoutingContext.Scope scope = sessionsThere.resume(token).bind()) {
				stale += value.equals(read(ReadRequirement.consistent(), () -> there.opsForValue().get("key"))) ? 0 : 1;
			}
		}
		assertThat(stale).isZero();
	}

	@Test
	void aSessionGivesNoTokenWithoutASecret() {
		template(ReplicaReadOptions.DEFAULTS);
		assertThatIllegalStateException().isThrownBy(() -> sessions().open().token())
			.withMessageContaining("lagwise.consistency.token.secret");
	}

	@Test
	void anAnswerIsNeverOlderThanItsBound() {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS.withMaxLag(Duration.ZERO));
		long bound = Duration.ofMillis(400).toNanos();
		ReadRequirement requirement = ReadRequirement.maxStaleness(Duration.ofNanos(bound));
		NavigableMap<Long, Integer> acknowledged = new TreeMap<>();
		long start = System.nanoTime();
		template.opsForValue().set("key", "0");
		this.redis.replicas().forEach(this.redis::cutReplication);
		long end = start + Duration.ofSeconds(2).toNanos();
		for (int i = 0; System.nanoTime() - end < 0; i++) {
			template.opsForValue().set("key", Integer.toString(i));
			acknowledged.put(System.nanoTime() - start, i);
			String value = read(requirement, () -> template.opsForValue().get("key"));
			Map.Entry<Long, Integer> due = acknowledged.floorEntry(System.nanoTime() - start - bound);
			if (due != null) {
				assertThat(Integer.parseInt(value)).isGreaterThanOrEqualTo(due.getValue());
			}
		}
		assertThat(this.reasons.of(RoutingReason.FRESH_REPLICA)).isPositive();
		assertThat(this.reasons.of(RoutingReason.NOT_FRESH)).isPositive();
	}

	@Test
	void aBoundThatNoReplicaKeepsFailsWithoutFallbackAndSaysWhy() {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS.withMaxLag(Duration.ZERO));
		this.redis.replicas().forEach(this.redis::cutReplication);
		ReadRequirement requirement = ReadRequirement.maxStaleness(Duration.ofMillis(300))
			.and(ReadRequirement.anyReplica(Fallback.NONE));
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			template.opsForValue().increment("counter");
			assertThatExceptionOfType(NoEligibleReplicaException.class)
				.isThrownBy(() -> read(requirement, () -> template.opsForValue().get("key")))
				.withMessageContaining("is not proven to be as fresh as was asked for");
		});
	}

	private ConsistencySessions sessions() {
		return this.factories.get(this.factories.size() - 1).getConsistencySessions();
	}

	private int staleReads(StringRedisTemplate template, ReadRequirement requirement) {
		int stale = 0;
		for (int i = 0; i < ROUNDS; i++) {
			String key = "key:" + i % 7;
			String value = requirement + " " + i;
			template.opsForValue().set(key, value);
			stale += value.equals(read(requirement, () -> template.opsForValue().get(key))) ? 0 : 1;
		}
		return stale;
	}

	private static <T> T read(ReadRequirement requirement, Supplier<T> read) {
		return RoutingContext.call(requirement, read);
	}

	private StringRedisTemplate template(ReplicaReadOptions options) {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis,
				options.withRampUp(Duration.ZERO).withReadListener(this.reasons));
		this.factories.add(factory);
		return TestFactories.templateWithValue(factory, this.redis);
	}

	private static Arguments writer(String name, BiConsumer<StringRedisTemplate, String> writer) {
		return Arguments.of(name, writer);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Writes in a transaction.
	 *
	 * @param value what to write
	 */
	private record Transaction(String value) implements SessionCallback<Object> {

		@Override
		@SuppressWarnings("unchecked")
		public <K, V> Object execute(RedisOperations<K, V> operations) {
			operations.multi();
			((RedisOperations<String, String>) operations).opsForValue().set("key", this.value);
			return operations.exec();
		}

	}

	/**
	 * Counts why reads went where they went.
	 */
	private static final class Reasons implements ReadListener {

		private final Map<RoutingReason, LongAdder> counts = new ConcurrentHashMap<>();

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			this.counts.computeIfAbsent(reason, (it) -> new LongAdder()).increment();
		}

		long of(RoutingReason reason) {
			LongAdder count = this.counts.get(reason);
			return (count != null) ? count.sum() : 0;
		}

	}

}
