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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.replication.NodeState;
import io.lagwise.routing.ReplicationNotConfirmedException;
import io.lagwise.routing.WaitListener;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lagwise.usage.NoResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.annotation.Id;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.ReactiveRedisConnection;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisHash;
import org.springframework.data.redis.core.RedisKeyValueAdapter;
import org.springframework.data.redis.core.RedisKeyValueTemplate;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.mapping.RedisMappingContext;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Writes that are confirmed by replicas before their scope ends.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class WaitForReplicasIntegrationTests {

	private static final WriteRequirement ALL = new WriteRequirement(WaitForReplicas.ALL, Duration.ofSeconds(10),
			OnShortfall.FAIL);

	private static final Duration SHORT = Duration.ofMillis(200);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	WaitForReplicasIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.resetStatistics();
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void confirmedWritesAreOnTheReplicasAndOthersAreNot() {
		this.redis.delayReplication(this.redis.replicas().get(0), Duration.ofMillis(1));
		this.redis.delayReplication(this.redis.replicas().get(1), Duration.ofMillis(5));
		int confirmed = 1000;
		for (int i = 0; i < confirmed; i++) {
			String value = "confirmed " + i;
			confirmed(ALL, () -> this.template.opsForValue().set("counter", value));
			RedisNode replica = this.redis.replicas().get(i % 2);
			assertThat(this.redis.execute(replica, "GET", "counter")).isEqualTo(value);
		}
		int stale = 0;
		for (int i = 0; i < 100; i++) {
			String value = "unconfirmed " + i;
			this.template.opsForValue().set("counter", value);
			stale += value.equals(this.redis.execute(this.redis.replicas().get(1), "GET", "counter")) ? 0 : 1;
		}
		assertThat(stale).as("stale of 100 without waiting").isGreaterThan(50);
		assertThat(this.redis.commandsServed(this.redis.primary(), "wait")).isEqualTo(confirmed);
	}

	// servers before 7.2 do so on any other connection, too
	@Test
	void anotherConnectionConfirmsWhatNoReplicaHas() {
		this.redis.replicas().forEach(this.redis::freeze);
		this.template.opsForValue().set("key", "newer");
		assertThat(this.redis.execute(this.redis.primary(), "WAIT", "2", "1000")).isEqualTo("2");
		assertThatExceptionOfType(ReplicationNotConfirmedException.class)
			.isThrownBy(() -> confirmed(requirement(2, SHORT), () -> this.template.opsForValue().set("key", "newest")));
	}

	@ParameterizedTest
	@EnumSource
	void everyWayToWriteIsCovered(Way way) {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(100)));
		confirmed(ALL, () -> way.write(this));
		assertThat(this.redis.commandsServed(this.redis.primary(), "wait")).isOne();
		assertThat(this.redis.replicas()).allSatisfy(
				(replica) -> assertThat(way.read(this.redis, replica)).as("at %s", replica).isEqualTo("confirmed"));
	}

	@ParameterizedTest
	@EnumSource
	void connectionsThatAreNotSharedAreCoveredOrNotConfirmed(Way way) {
		disconnect();
		this.factory = TestFactories.started(
				new ReplicaAwareConnectionFactory(TestFactories.sentinelConfiguration(this.redis),
						TestFactories.clientConfiguration()),
				this.redis, (factory) -> factory.setShareNativeConnection(false));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(100)));
		if (way == Way.REACTIVE || way == Way.CACHE) {
			assertThatExceptionOfType(ReplicationNotConfirmedException.class)
				.isThrownBy(() -> confirmed(ALL, () -> way.write(this)))
				.withMessageContaining("a reactive connection was used that is not shared");
			return;
		}
		confirmed(ALL, () -> way.write(this));
		assertThat(this.redis.replicas()).allSatisfy(
				(replica) -> assertThat(way.read(this.redis, replica)).as("at %s", replica).isEqualTo("confirmed"));
	}

	@Test
	void nestedScopesShareOneWait() {
		confirmed(ALL, () -> {
			this.template.opsForValue().set("outer", "value");
			confirmed(requirement(1, Duration.ofSeconds(5)), () -> this.template.opsForValue().set("inner", "value"));
			assertThat(this.redis.commandsServed(this.redis.primary(), "wait")).isZero();
			this.template.opsForValue().get("inner");
		});
		assertThat(this.redis.commandsServed(this.redis.primary(), "wait")).isOne();
	}

	@Test
	void aScopeThatOnlyReadsCostsNothing() {
		Set<String> before = Clients.ids(this.redis, this.redis.primary());
		confirmed(ALL, () -> {
			this.template.opsForValue().get("key");
			this.template.executePipelined(
					(RedisCallback<Object>) (connection) -> connection.stringCommands().get(Way.bytes("key")));
		});
		assertThat(this.redis.commandsServed(this.redis.primary(), "wait", "role")).isZero();
		assertThat(Clients.ids(this.redis, this.redis.primary())).isEqualTo(before);
	}

	@Test
	void readsBehindAWriteSeeIt() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(100)));
		confirmed(ALL, () -> {
			List<Object> results = this.template.execute(new SessionCallback<>() {

				@Override
				@SuppressWarnings("unchecked")
				public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
					operations.opsForValue().set((K) "key", (V) "newer");
					Object read = operations.opsForValue().get("key");
					operations.multi();
					operations.opsForValue().get("key");
					return List.of(Objects.requireNonNull(read), operations.exec());
				}

			});
			assertThat(results).containsExactly("newer", List.of("newer"));
		});
	}

	@Test
	void connectionsAreUsedAgainAndClosedWithTheFactory() {
		confirmed(ALL, () -> this.template.opsForValue().set("key", "value"));
		Set<String> before = Clients.ids(this.redis, this.redis.primary());
		for (int i = 0; i < 20; i++) {
			confirmed(ALL, () -> {
				this.template.opsForValue().set("key", "value");
				Way.MULTI_EXEC.write(this);
				Way.PIPELINE.write(this);
			});
		}
		assertThat(Clients.ids(this.redis, this.redis.primary())).isEqualTo(before);
		this.factory.destroy();
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(Clients.ids(this.redis, this.redis.primary())).isEmpty());
	}

	@Test
	void aConnectionThatIsNotAsGoodAsNewIsClosed() {
		confirmed(ALL, () -> {
			this.template.opsForValue().set("key", "value");
			this.template.execute((RedisCallback<Object>) (connection) -> {
				connection.watch(Way.bytes("key"));
				return null;
			});
		});
		this.template.opsForValue().set("key", "newer");
		confirmed(ALL, () -> Way.MULTI_EXEC.write(this));
	}

	@Test
	void aMethodThatFailsLeavesNoConnectionThatIsStillBusy() {
		Set<String> before = Clients.ids(this.redis, this.redis.primary());
		try (WriteScope scope = WriteScope.open(ALL)) {
			this.template.opsForValue().set("key", "newer");
			assertThat(Clients.ids(this.redis, this.redis.primary())).hasSize(before.size() + 1);
		}
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(Clients.ids(this.redis, this.redis.primary())).isEqualTo(before));
		assertThat(this.redis.commandsServed(this.redis.primary(), "wait")).isZero();
	}

	@Test
	void aTransactionThatGoesOnAfterTheScopeIsNotConfirmedButExecuted() {
		StringRedisTemplate transactional = transactionalTemplate();
		new TransactionTemplate(new NoResources()).executeWithoutResult((status) -> {
			assertThatExceptionOfType(ReplicationNotConfirmedException.class)
				.isThrownBy(
						() -> confirmed(requirement(1, SHORT), () -> transactional.opsForValue().set("key", "newer")))
				.withMessageContaining("a transaction is still open");
			confirmed(ALL, () -> Way.IMMEDIATE_CACHE.write(this));
			transactional.opsForValue().set("key", "newest");
		});
		assertThat(this.redis.execute(this.redis.primary(), "GET", "key")).isEqualTo("newest");
	}

	@Test
	void aTransactionThatBeganBeforeTheScopeIsNotConfirmedButExecuted() {
		StringRedisTemplate transactional = transactionalTemplate();
		new TransactionTemplate(new NoResources()).executeWithoutResult((status) -> {
			transactional.opsForValue().set("key", "newer");
			assertThatExceptionOfType(ReplicationNotConfirmedException.class)
				.isThrownBy(
						() -> confirmed(requirement(1, SHORT), () -> transactional.opsForValue().set("key", "newest")))
				.withMessageContaining("a transaction was begun before");
		});
		assertThat(this.redis.execute(this.redis.primary(), "GET", "key")).isEqualTo("newest");
		assertThat(this.redis.commandsServed(this.redis.primary(), "wait")).isZero();
	}

	@Test
	void aReplicaThatDoesNotConfirmInTimeIsNamedAndTheWriteStays() {
		RedisNode frozen = this.redis.replicas().get(0);
		this.redis.freeze(frozen);
		assertThatExceptionOfType(ReplicationNotConfirmedException.class)
			.isThrownBy(() -> confirmed(requirement(2, SHORT), () -> this.template.opsForValue().set("key", "newer")))
			.withMessageContaining("confirmed by 1 of 2 replicas")
			.withMessageContaining("replica " + frozen.address())
			.withMessageContaining("replica " + this.redis.replicas().get(1).address() + " has them")
			.satisfies((ex) -> assertThat(ex.getConfirmed()).isOne());
		assertThat(this.redis.execute(this.redis.primary(), "GET", "key")).isEqualTo("newer");
		confirmed(requirement(1, Duration.ofSeconds(10)), () -> this.template.opsForValue().set("key", "newest"));
		confirmed(new WriteRequirement(2, SHORT, OnShortfall.DEGRADE),
				() -> this.template.opsForValue().set("key", "last"));
		assertThat(this.redis.execute(this.redis.replicas().get(1), "GET", "key")).isEqualTo("last");
	}

	@Test
	void aDeadReplicaIsKnownButNotWaitedFor() {
		RedisNode dead = this.redis.replicas().get(0);
		this.redis.kill(dead);
		await().atMost(Duration.ofSeconds(30))
			.until(() -> this.factory.getTopology()
				.replicas()
				.stream()
				.anyMatch((replica) -> replica.state() == NodeState.UNREACHABLE));
		long start = System.nanoTime();
		assertThatExceptionOfType(ReplicationNotConfirmedException.class)
			.isThrownBy(
					() -> confirmed(new WriteRequirement(WaitForReplicas.ALL, Duration.ofMinutes(5), OnShortfall.FAIL),
							() -> this.template.opsForValue().set("key", "newer")))
			.withMessageContaining("confirmed by 1 of 2")
			.withMessageContaining("replica " + dead.address() + " does not answer");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
		confirmed(requirement(1, Duration.ofSeconds(10)), () -> this.template.opsForValue().set("key", "newest"));
	}

	@Test
	void aFailoverInTheMeantimeIsNeverConfirmed() {
		assertThatExceptionOfType(ReplicationNotConfirmedException.class)
			.isThrownBy(() -> confirmed(requirement(1, Duration.ofSeconds(5)), () -> {
				this.template.opsForValue().set("key", "newer");
				this.redis.failover();
			}));
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.untilAsserted(() -> confirmed(requirement(1, Duration.ofSeconds(5)),
					() -> this.template.opsForValue().set("key", "newest")));
		assertThat(this.redis.execute(this.redis.primary(), "GET", "key")).isEqualTo("newest");
	}

	@Test
	void aPrimaryThatDiesIsNotWaitedFor() throws Exception {
		this.redis.replicas().forEach(this.redis::freeze);
		RedisNode primary = this.redis.primary();
		long start = System.nanoTime();
		CompletableFuture<Void> kill = CompletableFuture.runAsync(() -> {
			await().atMost(Duration.ofSeconds(30))
				.until(() -> Objects.requireNonNull(this.redis.execute(primary, "CLIENT", "LIST"))
					.contains("cmd=wait"));
			this.redis.kill(primary);
		});
		assertThatExceptionOfType(ReplicationNotConfirmedException.class)
			.isThrownBy(() -> confirmed(requirement(2, Duration.ofMinutes(5)),
					() -> this.template.opsForValue().set("key", "newer")))
			.withMessageContaining("WAIT failed at " + primary.address());
		kill.get(1, TimeUnit.MINUTES);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
	}

	@Test
	void whoHasConfirmedServesConsistentReadsAtOnce() {
		disconnect();
		List<String> heard = new CopyOnWriteArrayList<>();
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withMonitorInterval(Duration.ofMillis(500))
					.withRampUp(Duration.ZERO)
					.withConsistencyEnforcement(ConsistencyEnforcement.WATERMARK)
					.withWaitListener(new WaitListener() {

						@Override
						public void writesConfirmed(int required, int confirmed, long nanos) {
							heard.add(confirmed + " of " + required);
						}

					}));
		this.template = new StringRedisTemplate(this.factory);
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			this.redis.resetStatistics();
			for (int i = 0; i < 10; i++) {
				String value = "value " + i;
				confirmed(ALL, () -> this.template.opsForValue().set("key", value));
				String read = RoutingContext.call(ReadRequirement.consistent(),
						() -> this.template.opsForValue().get("key"));
				assertThat(read).isEqualTo(value);
			}
			assertThat(this.redis.commandsServed(this.redis.primary(), "get")).isZero();
		});
		assertThat(heard).hasSizeGreaterThanOrEqualTo(10).containsOnly("2 of 2");
	}

	@ParameterizedTest
	@CsvSource({ "WAIT", "ROLE" })
	void whatIsRefusedIsSaidOnceAndNeverCountsAsConfirmed(String command, CapturedOutput output) {
		disconnect();
		this.redis.nodes()
			.forEach((node) -> this.redis.execute(node, "ACL", "SETUSER", "limited", "reset", "on", ">secret", "~*",
					"&*", "+@all", "-" + command));
		try {
			RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
			configuration.setUsername("limited");
			configuration.setPassword("secret");
			this.factory = TestFactories.started(
					new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration()), this.redis,
					(factory) -> {
					});
			this.template = new StringRedisTemplate(this.factory);
			for (int i = 0; i < 5; i++) {
				assertThatExceptionOfType(ReplicationNotConfirmedException.class)
					.isThrownBy(() -> confirmed(requirement(1, Duration.ofSeconds(5)),
							() -> this.template.opsForValue().set("key", "newer")))
					.withMessageContaining(command + " failed at " + this.redis.primary().address() + ": NOPERM");
			}
			assertThat(output).containsOnlyOnce(command + " is refused by " + this.redis.primary().address())
				.contains("With an ACL, add +" + command.toLowerCase(Locale.ROOT) + " to the user");
		}
		finally {
			this.redis.nodes().forEach((node) -> this.redis.execute(node, "ACL", "DELUSER", "limited"));
		}
	}

	@Test
	void withoutAnyReplicaNothingIsConfirmed() {
		disconnect();
		this.redis.replicas().forEach((replica) -> this.redis.execute(replica, "REPLICAOF", "NO", "ONE"));
		this.factory = new ReplicaAwareConnectionFactory(
				new RedisStandaloneConfiguration(this.redis.replicas().get(0).host(),
						this.redis.replicas().get(0).port()),
				TestFactories.clientConfiguration());
		this.factory.afterPropertiesSet();
		this.template = new StringRedisTemplate(this.factory);
		await().atMost(Duration.ofSeconds(30)).until(() -> this.factory.getTopology().isJudged());
		assertThatExceptionOfType(ReplicationNotConfirmedException.class)
			.isThrownBy(() -> confirmed(ALL, () -> this.template.opsForValue().set("key", "newer")))
			.withMessageContaining("confirmed by 0 of 1")
			.withMessageContaining("no replica is known");
		confirmed(new WriteRequirement(WaitForReplicas.ALL, SHORT, OnShortfall.DEGRADE),
				() -> this.template.opsForValue().set("key", "newest"));
		assertThat(this.template.opsForValue().get("key")).isEqualTo("newest");
	}

	@Test
	void writesAreConfirmedWhileOthersWriteToo() {
		AtomicBoolean enough = new AtomicBoolean();
		List<CompletableFuture<Void>> others = Stream.generate(() -> CompletableFuture.runAsync(() -> {
			while (!enough.get()) {
				this.template.opsForValue().increment("counter");
			}
		})).limit(3).toList();
		try {
			for (int i = 0; i < 300; i++) {
				String value = Integer.toString(i);
				confirmed(ALL, () -> this.template.opsForValue().set("key", value));
			}
		}
		finally {
			enough.set(true);
		}
		others.forEach(CompletableFuture::join);
	}

	@Test
	void aScopeThatFindsNoConnectionFailsWithTheNameOfTheProperty() throws Exception {
		this.factory.destroy();
		this.factory = TestFactories.started(
				new ReplicaAwareConnectionFactory(TestFactories.sentinelConfiguration(this.redis),
						TestFactories.clientConfiguration(Duration.ofSeconds(1))),
				this.redis, (factory) -> factory.setReadOptions(factory.getReadOptions().withWaitConnections(1)));
		this.template = new StringRedisTemplate(this.factory);
		CountDownLatch borrowed = new CountDownLatch(1);
		CountDownLatch enough = new CountDownLatch(1);
		CompletableFuture<Void> other = CompletableFuture.runAsync(() -> confirmed(ALL, () -> {
			this.template.opsForValue().set("key", "other");
			Way.MULTI_EXEC.write(this);
			borrowed.countDown();
			await().atMost(Duration.ofMinutes(1)).until(() -> enough.getCount() == 0);
		}));
		assertThat(borrowed.await(30, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(RedisConnectionFailureException.class)
			.isThrownBy(() -> confirmed(ALL, () -> this.template.opsForValue().set("key", "newer")))
			.withStackTraceContaining("lagwise.wait.max-connections");
		enough.countDown();
		other.get(1, TimeUnit.MINUTES);
		confirmed(ALL, () -> this.template.opsForValue().set("key", "newest"));
	}

	private static void confirmed(WriteRequirement requirement, Runnable writes) {
		try (WriteScope scope = WriteScope.open(requirement)) {
			writes.run();
			scope.confirm();
		}
	}

	private static WriteRequirement requirement(int replicas, Duration timeout) {
		return new WriteRequirement(replicas, timeout, OnShortfall.FAIL);
	}

	private StringRedisTemplate transactionalTemplate() {
		StringRedisTemplate transactional = new StringRedisTemplate(this.factory);
		transactional.setEnableTransactionSupport(true);
		return transactional;
	}

	/**
	 * How an application writes.
	 */
	enum Way {

		TEMPLATE {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				test.template.opsForValue().set("way", "confirmed");
			}

		},

		PIPELINE {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				test.template.executePipelined((RedisCallback<Object>) (connection) -> {
					connection.stringCommands().get(bytes("key"));
					connection.stringCommands().set(bytes("way"), bytes("confirmed"));
					return null;
				});
			}

		},

		MULTI_EXEC {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				execute(test, (connection) -> {
					connection.multi();
					connection.stringCommands().set(bytes("way"), bytes("confirmed"));
					assertThat(connection.exec()).hasSize(1);
				});
			}

		},

		WATCH {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				execute(test, (connection) -> {
					connection.watch(bytes("key"));
					assertThat(connection.stringCommands().get(bytes("key"))).isEqualTo(bytes("value"));
					connection.multi();
					connection.stringCommands().set(bytes("way"), bytes("confirmed"));
					assertThat(connection.exec()).hasSize(1);
				});
			}

		},

		TRANSACTIONAL_TEMPLATE {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				StringRedisTemplate transactional = test.transactionalTemplate();
				new TransactionTemplate(new NoResources()).executeWithoutResult((status) -> {
					transactional.opsForValue().set("way", "confirmed");
					assertThat(transactional.opsForValue().get("key")).isEqualTo("value");
				});
			}

		},

		CACHE {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				RedisCacheWriter.create(test.factory, (cache) -> {
				}).put("cache", bytes("way"), bytes("confirmed"), null);
			}

		},

		IMMEDIATE_CACHE {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				RedisCacheWriter.create(test.factory, RedisCacheWriter.RedisCacheWriterConfigurer::immediateWrites)
					.put("cache", bytes("way"), bytes("confirmed"), null);
			}

		},

		REPOSITORY {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				RedisMappingContext context = new RedisMappingContext();
				new RedisKeyValueTemplate(new RedisKeyValueAdapter(test.template, context), context)
					.insert(new Entry("1", "confirmed"));
			}

			@Override
			String read(ReplicatedRedis redis, RedisNode node) {
				return redis.execute(node, "HGET", "way:1", "value");
			}

		},

		REACTIVE {

			@Override
			void write(WaitForReplicasIntegrationTests test) {
				ReactiveRedisConnection connection = test.factory.getReactiveConnection();
				connection.stringCommands()
					.set(ByteBuffer.wrap(bytes("way")), ByteBuffer.wrap(bytes("confirmed")))
					.block(Duration.ofSeconds(30));
			}

		};

		abstract void write(WaitForReplicasIntegrationTests test);

		String read(ReplicatedRedis redis, RedisNode node) {
			return redis.execute(node, "GET", "way");
		}

		static void execute(WaitForReplicasIntegrationTests test, Consumer<RedisConnection> use) {
			test.template.execute((RedisCallback<Object>) (connection) -> {
				use.accept(connection);
				return null;
			});
		}

		static byte[] bytes(String text) {
			return text.getBytes(StandardCharsets.UTF_8);
		}

	}

	/**
	 * An entity.
	 */
	@RedisHash("way")
	record Entry(@Id String id, String value) {

	}

}
