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

package io.lagwise.compatibility;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ReadFrom;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.data.redis.connection.ReactivePubSubCommands;
import org.springframework.data.redis.connection.ReactiveScriptingCommands;
import org.springframework.data.redis.connection.ReactiveServerCommands;
import org.springframework.data.redis.connection.RedisConnectionCommands;
import org.springframework.data.redis.connection.RedisPubSubCommands;
import org.springframework.data.redis.connection.RedisScriptingCommands;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisServerCommands;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisTxCommands;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever an application does with Spring Data Redis, it gets the answers that a single
 * server would give, though replicas are late.
 * <p>
 * Everything is done five times: on a single server, whose answers are the truth; with
 * Spring Data's own factory reading from replicas, as a control that has to fail; and
 * with Lagwise, where reads ask for the primary, for the application's own writes, and
 * for consistency. Nobody else writes to the keys, so these three leave no choice.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, downAfterMillis = 30_000)
class CompatibilityIntegrationTests {

	private static final Log logger = LogFactory.getLog(CompatibilityIntegrationTests.class);

	private static final Duration DELAY = Duration.ofMillis(20);

	/**
	 * What cannot be tried on servers that others use, or has no answer to compare.
	 */
	private static final Set<String> NOT_TRIED = Set.of(
			// they change what the server does, or stop it
			"RedisServerCommands.bgReWriteAof()", "RedisServerCommands.bgSave()", "RedisServerCommands.save()",
			"RedisServerCommands.shutdown()", "RedisServerCommands.shutdown(ShutdownOption)",
			"RedisServerCommands.rewriteConfig()", "RedisServerCommands.resetConfigStats()",
			"RedisServerCommands.replicaOf(String, int)", "RedisServerCommands.replicaOfNoOne()",
			"RedisServerCommands.migrate(byte[], RedisNode, int, MigrateOption)",
			"RedisServerCommands.migrate(byte[], RedisNode, int, MigrateOption, long)",
			"ReactiveServerCommands.bgReWriteAof()", "ReactiveServerCommands.bgSave()", "ReactiveServerCommands.save()",
			"ReactiveServerCommands.resetConfigStats()", "RedisOperations.replicaOf(String, int)",
			"RedisOperations.replicaOfNoOne()",
			// tried, and refused by servers where there is nothing to kill
			"RedisServerCommands.killClient(String, int)", "ReactiveServerCommands.killClient(String, int)",
			"RedisOperations.killClient(String, int)", "RedisScriptingCommands.scriptKill()",
			"ReactiveScriptingCommands.scriptKill()",
			// tried, and refused by Spring Data for shared connections and for its own
			// default
			"RedisConnectionCommands.select(int)", "StreamOperations.pending(Object, Consumer)",
			"ReactiveStreamOperations.pending(Object, Consumer)",
			// tried, and refused by servers before Redis 8.4
			"ValueOperations.compareAndSet(Object, Object, Object)",
			"BoundValueOperations.compareAndSet(Object, Object)",
			"ReactiveValueOperations.compareAndSet(Object, Object, Object)");

	/**
	 * What only the test of the whole server tries.
	 */
	private static final Set<String> OF_THE_WHOLE_SERVER = Set.of("RedisKeyCommands.randomKey()",
			"ReactiveKeyCommands.randomKey()", "ReactiveKeyCommands.scan()", "RedisOperations.randomKey()",
			"RedisOperations.getClientList()", "RedisScriptingCommands.scriptFlush()",
			"ReactiveScriptingCommands.scriptFlush()", "ReactiveRedisOperations.randomKey()",
			"ReactiveRedisOperations.scan()");

	private static ReplicatedRedis single;

	private static LettuceConnectionFactory truth;

	private final ReplicatedRedis redis;

	private final Coverage coverage = new Coverage();

	private final Coverage elsewhere = new Coverage();

	private final Reads reads = new Reads();

	private final List<LettuceConnectionFactory> factories = new ArrayList<>();

	CompatibilityIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeAll
	static void startSingleServer() {
		single = ReplicatedRedis.builder().replicas(0).sentinels(0).topology(Topology.STANDALONE).start();
		truth = started(new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(single.primary().host(), single.primary().port()), client().build()));
	}

	@AfterAll
	static void stopSingleServer() {
		truth.destroy();
		single.close();
	}

	@BeforeEach
	void delay() {
		single.reset();
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, DELAY));
	}

	@AfterEach
	void disconnect() {
		this.factories.forEach(LettuceConnectionFactory::destroy);
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@Test
	void blockingConnectionsGiveTheAnswersOfASingleServer() {
		compare("connections",
				(subject) -> Suite
					.ofRandomCalls(subject, "blocking", CommandGroup.OF_CONNECTIONS, Style.ofConnections(), 4)
					.and(Suite.ofScenarios(subject, ConnectionScenarios.all())));
		assertEverythingWasTried(CommandGroup.OF_CONNECTIONS, RedisTxCommands.class, RedisPubSubCommands.class,
				RedisScriptingCommands.class, RedisConnectionCommands.class);
	}

	@Test
	void reactiveConnectionsGiveTheAnswersOfASingleServer() {
		compare("reactive connections",
				(subject) -> Suite
					.ofRandomCalls(subject, "reactive", CommandGroup.OF_REACTIVE_CONNECTIONS,
							Style.ofReactiveConnections(), 5)
					.and(Suite.ofScenarios(subject, ReactiveScenarios.ofConnections())));
		assertEverythingWasTried(CommandGroup.OF_REACTIVE_CONNECTIONS, ReactivePubSubCommands.class,
				ReactiveScriptingCommands.class);
	}

	@Test
	void templatesGiveTheAnswersOfASingleServer() {
		compare("templates",
				(subject) -> Suite.ofRandomCalls(subject, "template", CommandGroup.OF_TEMPLATES, Style.ofTemplates(), 4)
					.and(Suite.ofScenarios(subject, TemplateScenarios.all())));
		assertEverythingWasTried(CommandGroup.OF_TEMPLATES);
	}

	@Test
	void reactiveTemplatesGiveTheAnswersOfASingleServer() {
		compare("reactive templates",
				(subject) -> Suite
					.ofRandomCalls(subject, "reactive template", CommandGroup.OF_REACTIVE_TEMPLATES,
							Style.ofReactiveTemplates(), 9)
					.and(Suite.ofScenarios(subject, ReactiveScenarios.ofTemplates())));
		assertEverythingWasTried(CommandGroup.OF_REACTIVE_TEMPLATES);
	}

	@Test
	void whatConcernsTheWholeServerGivesTheAnswersOfASingleServer() {
		Map<String, Transcript> truths = Suite.ofScenarios(truth(), ServerScenarios.all()).inTurn();
		for (Subject subject : List.of(plain(), primary(), ownWrites(), consistent())) {
			this.redis.execute(this.redis.primary(), "FLUSHALL");
			Comparison comparison = new Comparison(subject.name(), truths,
					Suite.ofScenarios(subject, ServerScenarios.all()).inTurn());
			if (subject.name().equals("plain")) {
				assertThat(comparison.wrongTranscripts()).isEqualTo(truths.size());
			}
			else {
				assertThat(comparison.report()).isEmpty();
			}
		}
		assertEverythingWasTried(List.of(), RedisServerCommands.class, ReactiveServerCommands.class);
		assertThat(this.coverage.missing(CommandGroup.types())).doesNotContainAnyElementsOf(OF_THE_WHOLE_SERVER);
	}

	private void compare(String layer, Function<Subject, Suite> suite) {
		List<Subject> together = List.of(truth(), plain(), primary(), ownWrites());
		Map<String, CompletableFuture<Map<String, Transcript>>> futures = new LinkedHashMap<>();
		together.forEach((subject) -> futures.put(subject.name(), CompletableFuture.supplyAsync(
				() -> suite.apply(subject).concurrently(), (task) -> new Thread(task, subject.name()).start())));
		Map<String, Map<String, Transcript>> transcripts = new TreeMap<>();
		futures.forEach((name, future) -> transcripts.put(name, future.join()));
		Map<String, Transcript> truths = transcripts.get("truth");
		assertThat(truths.values()).allMatch(Transcript::isComplete);
		Comparison plain = new Comparison("plain", truths, transcripts.get("plain"));
		assertThat(plain.wrongTranscripts()).isGreaterThan(truths.size() / 2);
		assertThat(new Comparison("prima", truths, transcripts.get("prima")).report()).isEmpty();
		assertThat(new Comparison("owner", truths, transcripts.get("owner")).report()).isEmpty();
		Subject consistent = consistent();
		this.reads.reset();
		this.redis.resetStatistics();
		assertThat(new Comparison("consi", truths, suite.apply(consistent).concurrently()).report()).isEmpty();
		long fromReplicas = this.redis.replicas().stream().mapToLong(this::readsServed).sum();
		logger.info(String.format(
				"Compatibility of %s: %d answers, of which plain reads from replicas get %d wrong, in %d of "
						+ "%d transcripts; consistent: %d of %d reads from replicas",
				layer, plain.answers(), plain.wrongAnswers(), plain.wrongTranscripts(), truths.size(), fromReplicas,
				fromReplicas + this.reads.fromPrimary()));
		assertThat(fromReplicas).isGreaterThan(this.reads.fromPrimary());
	}

	private <C> void assertEverythingWasTried(List<CommandGroup<C>> groups, Class<?>... others) {
		List<Class<?>> types = Stream.concat(groups.stream().map((group) -> (Class<?>) group.type()), Stream.of(others))
			.toList();
		Set<String> missing = this.coverage.missing(types);
		missing.removeAll(NOT_TRIED);
		missing.removeAll(OF_THE_WHOLE_SERVER);
		assertThat(missing).isEmpty();
	}

	private Subject truth() {
		return new Subject("truth", truth, this.coverage);
	}

	private Subject plain() {
		LettuceConnectionFactory factory = started(
				new LettuceConnectionFactory(sentinels(), client().readFrom(ReadFrom.REPLICA_PREFERRED).build()));
		this.factories.add(factory);
		return new Subject("plain", factory, this.elsewhere);
	}

	private Subject primary() {
		return lagwise("prima", ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.primary()));
	}

	private Subject ownWrites() {
		return lagwise("owner", ReplicaReadOptions.DEFAULTS);
	}

	private Subject consistent() {
		return lagwise("consi",
				ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.consistent())
					.withConsistencyMaxWait(DELAY.multipliedBy(100))
					.withReadListener(this.reads));
	}

	private Subject lagwise(String name, ReplicaReadOptions options) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(sentinels(), client().build());
		// a replica that is silent for a while on a busy machine stays in use
		factory.setReadOptions(
				options.withAttemptTimeout(Duration.ofSeconds(3)).withMaxLag(Duration.ZERO).withRampUp(Duration.ZERO));
		this.factories.add(started(factory));
		await().atMost(Duration.ofSeconds(30))
			.until(() -> factory.getReadableReplicas().size() == this.redis.replicas().size());
		return new Subject(name, factory, this.elsewhere);
	}

	private RedisSentinelConfiguration sentinels() {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(this.redis.masterName());
		this.redis.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return configuration;
	}

	private long readsServed(RedisNode node) {
		return this.redis.commandsServed(node, readCommands());
	}

	/**
	 * Return the commands that may be answered by replicas. Replicas apply none of them.
	 */
	private static String[] readCommands() {
		try {
			return new ClassPathResource("io/lagwise/connection/read-commands.txt")
				.getContentAsString(StandardCharsets.UTF_8)
				.lines()
				.filter((line) -> !line.startsWith("#") && !line.contains(" primary"))
				.map((line) -> line.split(" ")[0])
				.toArray(String[]::new);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static LettuceClientConfiguration.LettuceClientConfigurationBuilder client() {
		return LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(10));
	}

	private static <F extends LettuceConnectionFactory> F started(F factory) {
		factory.afterPropertiesSet();
		return factory;
	}

	/**
	 * Counts the reads of the primary that might have gone to a replica.
	 */
	private static final class Reads implements ReadListener {

		private final LongAdder fromPrimary = new LongAdder();

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			if (role == NodeRole.PRIMARY && reason != RoutingReason.AFTER_WRITE) {
				this.fromPrimary.increment();
			}
		}

		long fromPrimary() {
			return this.fromPrimary.sum();
		}

		void reset() {
			this.fromPrimary.reset();
		}

	}

}
