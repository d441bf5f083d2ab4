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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * A single node serves everything, and an application cannot tell Lagwise from Spring
 * Data Redis.
 */
@WithReplicatedRedis(replicas = 0, sentinels = 0, topology = Topology.STANDALONE)
@ExtendWith(OutputCaptureExtension.class)
class WithoutReplicasIntegrationTests {

	private final ReplicatedRedis redis;

	WithoutReplicasIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void everythingWorksFromThePrimaryAndTheLogSaysSoOnce(CapturedOutput output) {
		ReplicaAwareConnectionFactory factory = TestFactories.standalone(this.redis, this.redis.primary());
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			template.opsForValue().set("key", "value");
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
			this.redis.restartEmpty(this.redis.primary());
			await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> !template.hasKey("key"));
			TestFactories.awaitReadsFrom(factory, 0);
			assertThat(output).containsOnlyOnce("No replica is known: the primary serves every read");
		}
		finally {
			factory.destroy();
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("failures")
	void failuresLookAsTheyDoInSpringDataRedis(String name, Consumer<ReplicatedRedis> before, String user,
			Consumer<StringRedisTemplate> action) {
		List<List<String>> failures = new ArrayList<>();
		for (LettuceConnectionFactory factory : List.of(plain(user), replicaAware(user))) {
			this.redis.reset();
			this.redis.execute(this.redis.primary(), "SET", "key", "value");
			factory.afterPropertiesSet();
			try {
				StringRedisTemplate template = new StringRedisTemplate(factory);
				if (user.isEmpty()) {
					assertThat(template.opsForValue().get("key")).isEqualTo("value");
				}
				before.accept(this.redis);
				failures.add(describe(catchThrowable(() -> action.accept(template))));
			}
			finally {
				factory.destroy();
			}
		}
		assertThat(failures.get(0)).isNotEmpty();
		assertThat(failures.get(1)).isEqualTo(failures.get(0));
	}

	static Stream<Arguments> failures() {
		Consumer<ReplicatedRedis> nothing = (redis) -> {
		};
		Consumer<StringRedisTemplate> read = (template) -> template.opsForValue().get("key");
		Consumer<StringRedisTemplate> write = (template) -> template.opsForValue().set("key", "other");
		Consumer<ReplicatedRedis> freeze = (redis) -> redis.freeze(redis.primary());
		return Stream.of(
				Arguments.of("read of a wrong type", nothing, "",
						action((template) -> template.opsForHash().get("key", "field"))),
				Arguments.of("write of a wrong type", nothing, "",
						action((template) -> template.opsForList().rightPush("key", "element"))),
				Arguments.of("reactive read of a wrong type", nothing, "",
						action((template) -> new ReactiveStringRedisTemplate(
								(LettuceConnectionFactory) template.getRequiredConnectionFactory())
							.opsForHash()
							.get("key", "field")
							.block(Duration.ofSeconds(10)))),
				Arguments.of("pipelined read of a wrong type", nothing, "",
						action((template) -> template
							.executePipelined((RedisCallback<Object>) (connection) -> connection.hashCommands()
								.hGet("key".getBytes(), "field".getBytes())))),
				Arguments.of("not a number", nothing, "",
						action((template) -> template.opsForValue().increment("key"))),
				Arguments.of("script", nothing, "",
						action((template) -> template.execute(new DefaultRedisScript<>("return nothing.at.all"),
								List.of("key")))),
				Arguments.of("unknown command", nothing, "",
						action((template) -> template
							.execute((RedisCallback<Object>) (connection) -> connection.execute("NOSUCHCOMMAND")))),
				Arguments.of("read times out", freeze, "", read), Arguments.of("write times out", freeze, "", write),
				Arguments.of("connections refused from the start", kill(), "not connected before", read),
				Arguments.of("refused login", nothing, "nobody", read));
	}

	@Test
	void whatIsUnderWayWhenTheConnectionIsLostIsSentAgainAsInSpringDataRedis() {
		RedisNode node = this.redis.primary();
		ReplicaAwareConnectionFactory factory = TestFactories.standalone(this.redis, node);
		try (RedisConnection connection = factory.getConnection()) {
			this.redis.delayClients(node, Duration.ofMinutes(2));
			// Lettuce fails the first command that waits, and repeats the others
			commands(connection).ping();
			CompletableFuture<Long> write = commands(connection).incr("counter".getBytes()).toCompletableFuture();
			await().atMost(Duration.ofSeconds(20)).until(() -> "1".equals(this.redis.execute(node, "GET", "counter")));
			this.redis.cutClients(node);
			this.redis.healClients(node);
			assertThat(write).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(2L);
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void itCostsOneConnectionForTheMonitor() {
		List<Integer> connections = new ArrayList<>();
		for (LettuceConnectionFactory factory : List.of(plain(""), replicaAware(""))) {
			factory.afterPropertiesSet();
			try {
				use(new StringRedisTemplate(factory), 3);
				if (factory instanceof ReplicaAwareConnectionFactory replicaAware) {
					TestFactories.awaitReadsFrom(replicaAware, 0);
				}
				connections.add(Clients.ids(this.redis, this.redis.primary()).size());
			}
			finally {
				factory.destroy();
			}
			await().atMost(Duration.ofSeconds(10)).until(() -> Clients.ids(this.redis, this.redis.primary()).isEmpty());
		}
		assertThat(connections.get(1)).isEqualTo(connections.get(0) + 1);
	}

	@Test
	void itCostsOneSmallViewPerUse() {
		List<Long> bytes = new ArrayList<>();
		for (LettuceConnectionFactory factory : List.of(plain(""), replicaAware(""))) {
			factory.afterPropertiesSet();
			try {
				StringRedisTemplate template = new StringRedisTemplate(factory);
				use(template, 2_000);
				long before = allocated();
				use(template, 2_000);
				bytes.add((allocated() - before) / 2_000);
			}
			finally {
				factory.destroy();
			}
		}
		// a read and a write; other threads allocate the same for both
		assertThat(bytes.get(1) - bytes.get(0)).as("bytes per read and write: %s", bytes).isBetween(0L, 2 * 300L);
	}

	@SuppressWarnings("unchecked")
	private static RedisAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static void use(StringRedisTemplate template, int times) {
		for (int i = 0; i < times; i++) {
			template.opsForValue().set("key", "value");
			template.opsForValue().get("key");
		}
	}

	private static long allocated() {
		return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
	}

	private LettuceConnectionFactory plain(String user) {
		return new LettuceConnectionFactory(configuration(user), client());
	}

	private ReplicaAwareConnectionFactory replicaAware(String user) {
		return new ReplicaAwareConnectionFactory(configuration(user), client());
	}

	private RedisStandaloneConfiguration configuration(String user) {
		RedisNode primary = this.redis.primary();
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration(primary.host(), primary.port());
		if (user.equals("nobody")) {
			configuration.setUsername(user);
			configuration.setPassword("none");
		}
		return configuration;
	}

	private static LettuceClientConfiguration client() {
		return LettuceClientConfiguration.builder()
			.clientName(Clients.NAME)
			.commandTimeout(Duration.ofMillis(800))
			.build();
	}

	private static Consumer<StringRedisTemplate> action(Consumer<StringRedisTemplate> action) {
		return action;
	}

	private static Consumer<ReplicatedRedis> kill() {
		return (redis) -> redis.kill(redis.primary());
	}

	private static List<String> describe(Throwable failure) {
		return Stream.iterate(failure, (cause) -> cause != null, Throwable::getCause)
			.map((cause) -> cause.getClass().getName() + ": " + cause.getMessage())
			.toList();
	}

}
