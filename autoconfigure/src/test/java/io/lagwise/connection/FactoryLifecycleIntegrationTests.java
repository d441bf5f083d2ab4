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

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * What a factory opens, closes and says from its start to its end.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class FactoryLifecycleIntegrationTests {

	private final ReplicatedRedis redis;

	FactoryLifecycleIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void theNodesAreReportedWhenAllOfThemHaveBeenHeardOf(CapturedOutput output) {
		TestFactories.sentinel(this.redis).destroy();
		assertThat(output)
			.containsPattern("Redis topology from the Sentinels .+: primary \\S+ online, replica \\S+ online, replica")
			.doesNotContain("not heard of yet");
	}

	@Test
	void listenersThatThrowHurtNeitherReadsNorTheMonitor(CapturedOutput output) {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withReadListener(new ThrowingListener())
					.withReplicationListener((event) -> {
						throw new IllegalStateException("on " + event.getClass().getSimpleName());
					}));
		try {
			StringRedisTemplate template = TestFactories.templateWithValue(factory, this.redis);
			for (int i = 0; i < 10; i++) {
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
				assertThat(RoutingContext.call(ReadRequirement.primary(), () -> template.opsForValue().get("key")))
					.isEqualTo("value");
			}
		}
		finally {
			factory.destroy();
		}
		assertThat(output).containsOnlyOnce("Read listener " + ThrowingListener.class.getName() + " failed")
			.containsOnlyOnce("failed on TopologyRefreshedEvent");
	}

	@Test
	void nothingIsLeftOfAFactoryThatIsDestroyed(CapturedOutput output) {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis);
		use(factory);
		assertThat(connections().values()).doesNotContain(Set.of());
		factory.destroy();
		assertThatNothingIsLeft();
		assertThat(factory.getTopology().primary()).isNull();
		assertThat(factory.getReadableReplicas()).isEmpty();
		assertThat(output).doesNotContain("WARN").doesNotContain("ERROR");
	}

	@Test
	void nothingIsLeftOfAFactoryThatIsDestroyedWhileItConnects() {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
				TestFactories.sentinelConfiguration(this.redis), TestFactories.clientConfiguration());
		factory.afterPropertiesSet();
		factory.destroy();
		assertThatNothingIsLeft();
	}

	@Test
	void aReadThatMustNotFallBackWaitsForTheFirstLookAtTheNodes() {
		this.redis.execute(this.redis.primary(), "SET", "key", "value");
		this.redis.awaitInSync();
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
				TestFactories.sentinelConfiguration(this.redis), TestFactories.clientConfiguration());
		try {
			factory.afterPropertiesSet();
			StringRedisTemplate template = new StringRedisTemplate(factory);
			assertThat(RoutingContext.call(ReadRequirement.anyReplica(Fallback.NONE),
					() -> template.opsForValue().get("key")))
				.isEqualTo("value");
			assertThat(this.redis.commandsServed(this.redis.primary(), "get")).isZero();
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void aFactoryCanBeStoppedAndStartedAgain() {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis);
		try {
			use(factory);
			factory.stop();
			assertThatNothingIsLeft();
			factory.start();
			TestFactories.awaitReadsFrom(factory, 2);
			use(factory);
		}
		finally {
			factory.destroy();
		}
		assertThatNothingIsLeft();
	}

	@Test
	void theSharedConnectionIsAnotherOneAfterAReset() {
		withSharedConnection((factory, template) -> {
			factory.resetConnection();
			template.opsForValue().set("key", "after the reset");
		});
	}

	@Test
	void theSharedConnectionIsAnotherOneOnceItIsFoundClosed() {
		withSharedConnection((factory, template) -> {
			Objects.requireNonNull(factory.getSharedConnection()).close();
			assertThat(catchThrowable(() -> template.opsForValue().set("key", "closed"))).isNotNull();
			factory.validateConnection();
			template.opsForValue().set("key", "after the validation");
			factory.setValidateConnection(true);
			template.opsForValue().set("key", "validated each time");
		});
	}

	@Test
	void pipelinesOpenNoConnectionsToReplicas() {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis);
		try {
			StringRedisTemplate template = use(factory);
			Map<RedisNode, Set<String>> before = connections();
			for (int i = 0; i < 50; i++) {
				template.executePipelined((RedisCallback<Object>) (connection) -> {
					connection.stringCommands().get("key".getBytes(StandardCharsets.UTF_8));
					return null;
				});
			}
			// without a pool Spring opens and closes one connection to the primary for
			// each
			await().atMost(Duration.ofSeconds(10))
				.untilAsserted(() -> assertThat(connections()).containsAllEntriesOf(before));
			assertThat(before.get(this.redis.replicas().get(0))).as("a probe and reads").hasSize(2);
			assertThat(before.get(this.redis.primary())).as("a probe and the shared connection").hasSize(2);
			assertThat(before.get(this.redis.sentinels().get(0))).as("questions and events").hasSize(2);
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void pooledConnectionsAreReused() {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis,
				LettucePoolingClientConfiguration.builder()
					.clientName(Clients.NAME)
					.poolConfig(new GenericObjectPoolConfig<>())
					.build());
		try {
			StringRedisTemplate template = use(factory);
			pipeline(template);
			Map<RedisNode, Set<String>> before = connections();
			for (int i = 0; i < 50; i++) {
				pipeline(template);
			}
			assertThat(connections()).isEqualTo(before);
		}
		finally {
			factory.destroy();
		}
		assertThatNothingIsLeft();
	}

	@Test
	void sentinelsThatCannotBeReachedAreReportedByNameAndFailAsTheyDoInSpring(CapturedOutput output)
			throws IOException {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master("lagwise");
		List<Integer> ports = unusedPorts();
		ports.forEach((port) -> configuration.sentinel("127.0.0.1", port));
		assertThatTheFirstUseFailsAsInSpring(configuration,
				() -> await().atMost(Duration.ofSeconds(30))
					.untilAsserted(() -> assertThat(output)
						.containsPattern("No Sentinel names the primary of 'lagwise': 127.0.0.1:" + ports.get(0)
								+ " \\(.+\\), 127.0.0.1:" + ports.get(1) + " \\(.+\\)\\.")));
	}

	@Test
	void aWrongNameOfThePrimaryIsReportedAndFailsAsItDoesInSpring(CapturedOutput output) {
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
		configuration.master("wrong");
		assertThatTheFirstUseFailsAsInSpring(configuration, () -> await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(output).contains("No Sentinel names the primary of 'wrong'")
				.contains("does not know a primary named 'wrong'")
				.contains("No Sentinel watches a primary of that name: check spring.data.redis.sentinel.master.")));
		assertThat(output).doesNotContain("sentinel.username").doesNotContain("table of commands");
	}

	private void assertThatTheFirstUseFailsAsInSpring(RedisSentinelConfiguration configuration, Runnable meanwhile) {
		LettuceConnectionFactory plain = new LettuceConnectionFactory(configuration,
				TestFactories.clientConfiguration());
		ReplicaAwareConnectionFactory ours = new ReplicaAwareConnectionFactory(configuration,
				TestFactories.clientConfiguration());
		Throwable expected = failure(plain, () -> {
		});
		assertThat(expected).isNotNull();
		assertThat(chain(failure(ours, meanwhile))).isEqualTo(chain(expected));
	}

	private static Throwable failure(LettuceConnectionFactory factory, Runnable meanwhile) {
		factory.afterPropertiesSet();
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			return catchThrowable(() -> template.opsForValue().get("key"));
		}
		finally {
			meanwhile.run();
			factory.destroy();
		}
	}

	private static List<String> chain(Throwable failure) {
		return Stream.iterate(failure, (it) -> it != null, Throwable::getCause)
			.map((it) -> it.getClass().getName() + ": " + it.getMessage())
			.toList();
	}

	private static List<Integer> unusedPorts() throws IOException {
		try (ServerSocket first = new ServerSocket(0); ServerSocket second = new ServerSocket(0)) {
			return List.of(first.getLocalPort(), second.getLocalPort());
		}
	}

	private StringRedisTemplate use(ReplicaAwareConnectionFactory factory) {
		StringRedisTemplate template = new StringRedisTemplate(factory);
		template.opsForValue().set("key", "value");
		for (int i = 0; i < 10; i++) {
			template.opsForValue().get("key");
		}
		return template;
	}

	private void withSharedConnection(BiConsumer<ReplicaAwareConnectionFactory, StringRedisTemplate> test) {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis);
		try {
			test.accept(factory, TestFactories.templateWithValue(factory, this.redis));
		}
		finally {
			factory.destroy();
		}
	}

	private static void pipeline(StringRedisTemplate template) {
		template.executePipelined((RedisCallback<Object>) (connection) -> {
			connection.stringCommands().get("key".getBytes(StandardCharsets.UTF_8));
			connection.stringCommands()
				.set("key".getBytes(StandardCharsets.UTF_8), "value".getBytes(StandardCharsets.UTF_8));
			return null;
		});
	}

	private void assertThatNothingIsLeft() {
		await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("lagwise-monitor");
			assertThat(connections().values()).containsOnly(Set.of());
		});
	}

	private Map<RedisNode, Set<String>> connections() {
		Map<RedisNode, Set<String>> connections = new HashMap<>();
		Stream.of(this.redis.nodes(), this.redis.sentinels())
			.flatMap(List::stream)
			.forEach((node) -> connections.put(node, Clients.ids(this.redis, node)));
		return connections;
	}

	private static final class ThrowingListener implements ReadListener {

		@Override
		public void readEnded(NodeRole role, ReadRequirement requirement, RoutingReason reason, ReadOutcome outcome) {
			throw new IllegalStateException("ended");
		}

		@Override
		public void attemptAnswered(NodeRole role, long nanos) {
			throw new IllegalStateException("answered");
		}

	}

}
