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
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One application that has several connection factories for the same servers, whose
 * replicas get nothing of what is written.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
@TestInstance(Lifecycle.PER_CLASS)
class SeveralFactoriesIntegrationTests {

	private final ReplicatedRedis redis;

	private final ReplicaAwareConnectionFactory writer;

	private final ReplicaAwareConnectionFactory selecting;

	private final ReplicaAwareConnectionFactory reader;

	private final ReplicaAwareConnectionFactory readerOfAnotherDatabase;

	SeveralFactoriesIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.writer = factory(0, 3);
		this.selecting = factory(0, 3);
		this.selecting.stop();
		this.selecting.setShareNativeConnection(false);
		this.selecting.start();
		this.reader = factory(0, 1);
		this.readerOfAnotherDatabase = factory(1, 3);
	}

	@BeforeEach
	void letReplicasBeLate() {
		template(this.writer).opsForValue().set("key", "old");
		template(this.readerOfAnotherDatabase).opsForValue().set("key", "old");
		this.redis.awaitInSync();
		List.of(this.writer, this.reader, this.readerOfAnotherDatabase)
			.forEach((factory) -> await().atMost(Duration.ofSeconds(30)).until(() -> isReadFromReplica(factory)));
		this.redis.replicas().forEach(this.redis::cutReplication);
	}

	@AfterEach
	void heal() {
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@AfterAll
	void disconnect() {
		this.writer.destroy();
		this.selecting.destroy();
		this.reader.destroy();
		this.readerOfAnotherDatabase.destroy();
	}

	@ParameterizedTest
	@MethodSource("levels")
	void whatOneFactoryHasWrittenTheOtherReads(ReadRequirement level) {
		template(this.writer).opsForValue().set("key", "new");
		assertThat(read(this.reader, level)).isEqualTo("new");
	}

	@ParameterizedTest
	@MethodSource("levels")
	void whatWasWrittenThroughAFactoryThatIsGoneIsNotForgotten(ReadRequirement level) {
		heal();
		ReplicaAwareConnectionFactory gone = factory(0, 3);
		letReplicasBeLate();
		template(gone).opsForValue().set("key", "new");
		gone.destroy();
		assertThat(read(this.reader, level)).isEqualTo("new");
	}

	static Stream<ReadRequirement> levels() {
		return Stream.of(ReadRequirement.ownWrites(), ReadRequirement.consistent());
	}

	@Test
	void whatOneFactoryHasSeenAtThePrimaryTheOtherReadsConsistently() {
		this.redis.execute(this.redis.primary(), "SET", "key", "new");
		assertThat(read(this.writer, ReadRequirement.primary())).isEqualTo("new");
		assertThat(read(this.reader, ReadRequirement.consistent())).isEqualTo("new");
	}

	@Test
	void aWriteToOneDatabaseKeepsNoReadOfAnotherFromReplicas() {
		template(this.writer).opsForValue().set("key", "new");
		assertThat(isReadFromReplica(this.readerOfAnotherDatabase)).isTrue();
	}

	static Stream<Named<Consumer<StringRedisTemplate>>> farReachingWrites() {
		return Stream.of(write("FLUSHALL", (it) -> it.execute((RedisCallback<Object>) (connection) -> {
			connection.serverCommands().flushAll();
			return null;
		})), write("SWAPDB", (it) -> execute(it, "SWAPDB", "1", "2")), write("COPY", (it) -> {
			it.opsForValue().set("key", "new");
			execute(it, "COPY", "key", "key", "DB", "1", "REPLACE");
		}), write("script", (it) -> it.execute(
				RedisScript.of("redis.call('SELECT', 1) redis.call('SET', KEYS[1], 'new') return 1", Long.class),
				List.of("key"))));
	}

	@ParameterizedTest
	@MethodSource("farReachingWrites")
	void whatReachesAnotherDatabaseIsReadThere(Consumer<StringRedisTemplate> write) {
		write.accept(template(this.writer));
		assertThat(read(this.readerOfAnotherDatabase, ReadRequirement.ownWrites())).isNotEqualTo("old");
	}

	@Test
	void whatIsWrittenToASelectedDatabaseIsReadThere() {
		template(this.selecting).execute((RedisCallback<Object>) (connection) -> {
			connection.select(1);
			return connection.stringCommands().set(bytes("key"), bytes("new"));
		});
		assertThat(read(this.readerOfAnotherDatabase, ReadRequirement.ownWrites())).isEqualTo("new");
	}

	@Test
	void whatWasSeenInASelectedDatabaseIsReadThereConsistently() {
		this.redis.execute(this.redis.primary(), "SWAPDB", "0", "1");
		this.redis.execute(this.redis.primary(), "DEL", "key");
		this.redis.execute(this.redis.primary(), "SWAPDB", "0", "1");
		template(this.selecting).execute((RedisCallback<Object>) (connection) -> {
			connection.select(1);
			assertThat(connection.stringCommands().get(bytes("key"))).isNull();
			return null;
		});
		assertThat(read(this.readerOfAnotherDatabase, ReadRequirement.consistent())).isNull();
	}

	private static boolean isReadFromReplica(ReplicaAwareConnectionFactory factory) {
		try (ReadTrace trace = ReadTrace.open()) {
			assertThat(read(factory, ReadRequirement.ownWrites())).isEqualTo("old");
			return trace.answers().stream().allMatch((answer) -> answer.role() == NodeRole.REPLICA);
		}
	}

	private static @Nullable String read(ReplicaAwareConnectionFactory factory, ReadRequirement level) {
		return RoutingContext.call(level, () -> template(factory).opsForValue().get("key"));
	}

	private static Named<Consumer<StringRedisTemplate>> write(String name, Consumer<StringRedisTemplate> write) {
		return Named.of(name, write);
	}

	private static void execute(StringRedisTemplate template, String command, String... args) {
		template.execute((RedisCallback<Object>) (connection) -> connection.execute(command,
				Arrays.stream(args).map(SeveralFactoriesIntegrationTests::bytes).toArray(byte[][]::new)));
	}

	private static StringRedisTemplate template(ReplicaAwareConnectionFactory factory) {
		return new StringRedisTemplate(factory);
	}

	private ReplicaAwareConnectionFactory factory(int database, int sentinels) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(this.redis.masterName());
		this.redis.sentinels()
			.stream()
			.limit(sentinels)
			.forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		configuration.setDatabase(database);
		return TestFactories.started(
				new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration()), this.redis,
				(factory) -> factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
					.withApplication("several factories")
					.withMaxLag(Duration.ZERO)
					.withAttemptTimeout(Duration.ofSeconds(1))));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
