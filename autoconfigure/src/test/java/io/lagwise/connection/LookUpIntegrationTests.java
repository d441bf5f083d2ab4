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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lagwise.usage.FreshReplicas;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application reads without asking for anything, and what its caches ask for,
 * with replicas that are 50 milliseconds behind.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class LookUpIntegrationTests {

	private static final int ROUNDS = 50;

	/**
	 * Longer than any pause of the machine.
	 */
	private static final Duration LATE = Duration.ofSeconds(4);

	private static final ReadRequirement LOOK_UP = ReadRequirement.consistent().forLookUps(false);

	private static final ReadRequirement RECHECKED = ReadRequirement.consistent().forLookUps(true);

	private final ReplicatedRedis redis;

	private final Told told = new Told();

	private final List<ReplicaAwareConnectionFactory> factories = new ArrayList<>();

	private @Nullable ReplicaAwareConnectionFactory factory;

	LookUpIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delay() {
		delay(Duration.ofMillis(50));
	}

	@AfterEach
	void disconnect() {
		this.factories.forEach(ReplicaAwareConnectionFactory::destroy);
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@Test
	void aConnectionKeepsTheRequirementUnderWhichItWasObtained() {
		template(ReplicaReadOptions.DEFAULTS);
		Supplier<RedisConnection> connections = () -> factory().getConnection();
		try (RedisConnection kept = RoutingContext.call(ReadRequirement.primary().kept(), connections);
				RedisConnection plain = RoutingContext.call(ReadRequirement.primary(), connections)) {
			byte[] key = "key".getBytes(StandardCharsets.UTF_8);
			kept.stringCommands().get(key);
			assertThat(this.told.of(RoutingReason.PRIMARY_REQUIRED)).isOne();
			RoutingContext.call(ReadRequirement.anyReplica(), () -> kept.stringCommands().get(key));
			assertThat(this.told.of(RoutingReason.PRIMARY_REQUIRED)).isEqualTo(2);
			plain.stringCommands().get(key);
			assertThat(this.told.of(RoutingReason.ANY_REPLICA)).isOne();
		}
	}

	@Test
	void readsThatBelongTogetherComeFromOneReplica() {
		StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS);
		Set<ReadTrace.Answer> answers = new HashSet<>();
		AtomicInteger rounds = new AtomicInteger();
		AtomicInteger together = new AtomicInteger();
		// a replica may be out of use for a while
		await().pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(30)).until(() -> {
			for (int i = 0; i < ROUNDS; i++) {
				Set<ReadTrace.Answer> ofRound = readTogether(template);
				answers.addAll(ofRound);
				together.addAndGet((ofRound.size() == 1) ? 1 : 0);
			}
			rounds.addAndGet(ROUNDS);
			return answers.stream().filter((answer) -> answer.role() == NodeRole.REPLICA).count() > 1;
		});
		// one of two that spread their reads would do so once in 500 times
		assertThat(together).hasValueGreaterThan(rounds.get() / 2);
	}

	private static Set<ReadTrace.Answer> readTogether(StringRedisTemplate template) {
		try (RoutingContext.Scope scope = RoutingContext.preferOneReplica(); ReadTrace trace = ReadTrace.open()) {
			for (int j = 0; j < 10; j++) {
				template.opsForValue().get("key:" + j);
			}
			return Set.copyOf(trace.answers());
		}
	}

	private void delay(Duration delay) {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, delay));
	}

	private ReplicaAwareConnectionFactory factory() {
		return Objects.requireNonNull(this.factory);
	}

	private StringRedisTemplate template(ReplicaReadOptions options) {
		this.factory = connected(options.withReadListener(this.told));
		return new StringRedisTemplate(this.factory);
	}

	private StringRedisTemplate template(ReplicaReadOptions options, Duration commandTimeout) {
		this.factory = TestFactories.started(
				new ReplicaAwareConnectionFactory(TestFactories.sentinelConfiguration(this.redis),
						TestFactories.clientConfiguration(commandTimeout)),
				this.redis, (factory) -> factory.setReadOptions(options.withReadListener(this.told)));
		this.factories.add(this.factory);
		return new StringRedisTemplate(this.factory);
	}

	private ReplicaAwareConnectionFactory connected(ReplicaReadOptions options) {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis, options);
		this.factories.add(factory);
		return factory;
	}

	@Nested
	class ReadsThatAskForNothing {

		private final StringRedisTemplate template = template(
				ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.ownWrites()));

		@Test
		void seeWhatTheirApplicationHasWritten() {
			int stale = 0;
			int staleAnywhere = 0;
			for (int i = 0; i < ROUNDS; i++) {
				String value = "value " + i;
				this.template.opsForValue().set("key", value);
				staleAnywhere += value.equals(
						RoutingContext.call(ReadRequirement.anyReplica(), () -> this.template.opsForValue().get("key")))
								? 0 : 1;
				stale += value.equals(this.template.opsForValue().get("key")) ? 0 : 1;
				stale += Objects.equals(this.template.opsForValue().multiGet(List.of("another", "key")).get(1), value)
						? 0 : 1;
			}
			assertThat(stale).isZero();
			assertThat(staleAnywhere).isPositive();
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.CAUGHT_UP_REPLICA)).isZero();
		}

		@Test
		void comeFromReplicasWhateverElseIsWritten() {
			FreshReplicas.await(factory(), 2);
			for (int i = 0; i < 10 * ROUNDS; i++) {
				this.template.opsForValue().set("other:" + i, "value");
				this.template.opsForValue().get("key");
			}
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.ANY_REPLICA)).isGreaterThan(9 * ROUNDS);
		}

		@Test
		void doNotHangAtAPrimaryThatStopsAnswering() throws Exception {
			ReplicatedRedis redis = LookUpIntegrationTests.this.redis;
			// whoever waits for the primary fails before Sentinel has promoted another
			// one
			StringRedisTemplate template = template(
					ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.ownWrites()),
					Duration.ofSeconds(1));
			AtomicBoolean stopped = new AtomicBoolean();
			AtomicInteger reads = new AtomicInteger();
			ExecutorService threads = Executors.newFixedThreadPool(5);
			List<Future<?>> readers = new ArrayList<>();
			try {
				threads.submit(() -> {
					while (!stopped.get()) {
						template.opsForValue().set("key", "value");
					}
				});
				for (int i = 0; i < 4; i++) {
					readers.add(threads.submit(() -> {
						while (!stopped.get()) {
							template.opsForValue().get("key");
							template.opsForList().range("list", 0, -1);
							reads.incrementAndGet();
						}
					}));
				}
				await().until(() -> reads.get() > ROUNDS);
				RedisNode primary = redis.primary();
				redis.freeze(primary);
				await().atMost(Duration.ofSeconds(20))
					.until(() -> factory().getTopology().primary().state() == NodeState.UNREACHABLE);
				int before = reads.get();
				await().atMost(Duration.ofSeconds(20)).until(() -> reads.get() > before + 10 * readers.size());
				stopped.set(true);
				for (Future<?> reader : readers) {
					reader.get(20, TimeUnit.SECONDS);
				}
				redis.thaw(primary);
			}
			finally {
				stopped.set(true);
				threads.shutdown();
			}
		}

		@Test
		void areNotRefusedForWantOfProof() {
			StringRedisTemplate limited = template(ReplicaReadOptions.DEFAULTS.withFallbackLimit(() -> false)
				.withDefaultRequirement(ReadRequirement.ownWrites()));
			for (int i = 0; i < ROUNDS; i++) {
				limited.opsForValue().set("limited:" + i, "value");
				limited.opsForValue().get("limited:" + i);
			}
			assertThat(LookUpIntegrationTests.this.told.refused(FallbackReason.NOT_FRESH)).isPositive();
		}

		@Test
		void comeFromReplicasWithoutProofWhileThePrimaryDoesNotAnswer() {
			ReplicatedRedis redis = LookUpIntegrationTests.this.redis;
			redis.awaitInSync();
			this.template.opsForValue().set("key", "value");
			RedisNode primary = redis.primary();
			redis.freeze(primary);
			try {
				await().atMost(Duration.ofSeconds(20))
					.until(() -> factory().getTopology().primary().state() == NodeState.UNREACHABLE);
				this.template.opsForValue().get("key");
				assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.ANY_REPLICA)).isPositive();
				assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.NOT_FRESH)).isZero();
			}
			finally {
				redis.thaw(primary);
			}
		}

	}

	@Nested
	class LookUps {

		private final StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS.withMaxLag(Duration.ZERO));

		private final StringRedisTemplate other = new StringRedisTemplate(connected(ReplicaReadOptions.DEFAULTS));

		@Test
		void seeWhatAnySessionOfTheApplicationHasWritten() {
			int stale = 0;
			for (int i = 0; i < ROUNDS; i++) {
				String value = "value " + i;
				this.template.opsForValue().set("key", value);
				try (RoutingContext.Scope scope = factory().getConsistencySessions().open().bind()) {
					stale += value.equals(lookUp(LOOK_UP)) ? 0 : 1;
				}
			}
			assertThat(stale).isZero();
		}

		@Test
		void leaveOtherReadsToThePrimary() {
			RoutingContext.call(LOOK_UP, () -> this.template.hasKey("key"));
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.PRIMARY_REQUIRED)).isOne();
			lookUp(LOOK_UP);
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.PRIMARY_REQUIRED)).isOne();
		}

		@Test
		void askThePrimaryAboutWhatAReplicaDoesNotHave() {
			this.template.delete("key");
			LookUpIntegrationTests.this.redis.awaitInSync();
			await().until(() -> isProvenSinceLastWrite());
			delay(LATE);
			this.other.opsForValue().set("key", "value");
			assertThat(lookUp(LOOK_UP)).isNull();
			assertThat(lookUp(RECHECKED)).isEqualTo("value");
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.MISS)).isOne();
		}

		@Test
		void askThePrimaryReactively() {
			LookUpIntegrationTests.this.redis.awaitInSync();
			delay(LATE);
			this.other.opsForValue().set("reactive", "value");
			ByteBuffer key = ByteBuffer.wrap("reactive".getBytes(StandardCharsets.UTF_8));
			ReactiveRedisConnectionFactory reactive = factory();
			Supplier<ReactiveRedisConnection> connections = reactive::getReactiveConnection;
			ReactiveRedisConnection connection = RoutingContext.call(RECHECKED, connections);
			ByteBuffer value = Mono.defer(() -> connection.stringCommands().get(key))
				.subscribeOn(Schedulers.boundedElastic())
				.block();
			assertThat(StandardCharsets.UTF_8.decode(Objects.requireNonNull(value)).toString()).isEqualTo("value");
			connection.close();
		}

		@Test
		void believeAReplicaThatHadEverythingWhenItWasAsked() {
			for (int i = 0; i < ROUNDS; i++) {
				this.template.delete("key");
				assertThat(lookUp(ReadRequirement.consistent(Duration.ofSeconds(5)).forLookUps(true))).isNull();
			}
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.CAUGHT_UP_REPLICA)).isPositive();
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.MISS)
					+ LookUpIntegrationTests.this.told.of(RoutingReason.CAUGHT_UP_REPLICA))
				.isLessThanOrEqualTo(ROUNDS);
		}

		@Test
		void believeAReplicaWhoseAnswerIsAsFreshAsWasAskedFor() {
			LookUpIntegrationTests.this.redis.awaitInSync();
			assertThat(lookUp(ReadRequirement.maxStaleness(Duration.ofSeconds(5)).forLookUps(true))).isNull();
			assertThat(LookUpIntegrationTests.this.told.of(RoutingReason.MISS)).isZero();
		}

		@Test
		void areNeverOlderThanAnInstantThatTheyName() {
			int stale = 0;
			int staleOtherwise = 0;
			for (int i = 0; i < ROUNDS; i++) {
				this.other.opsForValue().set("cleared", "value");
				LookUpIntegrationTests.this.redis.awaitInSync();
				this.other.delete("cleared");
				long instant = System.nanoTime();
				staleOtherwise += (lookUp("cleared", LOOK_UP) != null) ? 1 : 0;
				stale += (lookUp("cleared", LOOK_UP.since(instant)) != null) ? 1 : 0;
			}
			assertThat(stale).isZero();
			assertThat(staleOtherwise).isPositive();
		}

		private @Nullable String lookUp(ReadRequirement requirement) {
			return lookUp("key", requirement);
		}

		private @Nullable String lookUp(String key, ReadRequirement requirement) {
			return RoutingContext.call(requirement, () -> this.template.opsForValue().get(key));
		}

		private boolean isProvenSinceLastWrite() {
			long before = LookUpIntegrationTests.this.told.of(RoutingReason.FRESH_REPLICA);
			lookUp(ReadRequirement.consistent(Duration.ZERO).forLookUps(false));
			return LookUpIntegrationTests.this.told.of(RoutingReason.FRESH_REPLICA) > before;
		}

	}

	@Nested
	class WhenThePrimaryMayNotBeAsked {

		@Test
		void aMissStandsBeyondTheLimit() {
			StringRedisTemplate template = template(
					ReplicaReadOptions.DEFAULTS.withFallbackLimit(() -> false).withMaxLag(Duration.ZERO));
			StringRedisTemplate other = new StringRedisTemplate(connected(ReplicaReadOptions.DEFAULTS));
			LookUpIntegrationTests.this.redis.awaitInSync();
			delay(LATE);
			other.opsForValue().set("limited", "value");
			String value = RoutingContext.call(RECHECKED, () -> template.opsForValue().get("limited"));
			assertThat(value).isNull();
			assertThat(LookUpIntegrationTests.this.told.refused(FallbackReason.MISS)).isOne();
		}

		@Test
		void aMissStandsWhereThePrimaryDoesNotAnswerInTime() {
			StringRedisTemplate template = template(ReplicaReadOptions.DEFAULTS);
			ReplicatedRedis redis = LookUpIntegrationTests.this.redis;
			redis.awaitInSync();
			RedisNode primary = redis.primary();
			redis.freeze(primary);
			try {
				for (int i = 0; i < ROUNDS; i++) {
					String value = RoutingContext.call(RECHECKED, () -> template.opsForValue().get("nothing"));
					assertThat(value).isNull();
				}
			}
			finally {
				redis.thaw(primary);
			}
		}

	}

	/**
	 * Counts what the listener is told.
	 */
	private static final class Told implements ReadListener {

		private final Map<RoutingReason, LongAdder> reasons = new EnumMap<>(RoutingReason.class);

		private final Map<FallbackReason, LongAdder> refusals = new EnumMap<>(FallbackReason.class);

		Told() {
			for (RoutingReason reason : RoutingReason.values()) {
				this.reasons.put(reason, new LongAdder());
			}
			for (FallbackReason reason : FallbackReason.values()) {
				this.refusals.put(reason, new LongAdder());
			}
		}

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			this.reasons.get(reason).increment();
		}

		@Override
		public void fellBack(FallbackReason reason, boolean permitted) {
			if (!permitted) {
				this.refusals.get(reason).increment();
			}
		}

		long of(RoutingReason reason) {
			return this.reasons.get(reason).sum();
		}

		long refused(FallbackReason reason) {
			return this.refusals.get(reason).sum();
		}

	}

}
