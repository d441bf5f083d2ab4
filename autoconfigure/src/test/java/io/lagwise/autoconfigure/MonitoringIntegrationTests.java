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

package io.lagwise.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.lagwise.actuate.LagwiseDescriptor.Change;
import io.lagwise.actuate.LagwiseDescriptor.ConnectionFactoryDescriptor;
import io.lagwise.actuate.LagwiseDescriptor.Node;
import io.lagwise.actuate.LagwiseDescriptor.Problem;
import io.lagwise.actuate.LagwiseEndpoint;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.health.ReplicationHealthIndicator;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicaLostEvent;
import io.lagwise.replication.ReplicaReturnedEvent;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.TopologyRefreshedEvent;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lagwise.usage.FreshReplicas;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.assertj.core.api.ThrowingConsumer;
import org.assertj.core.groups.Tuple;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.health.DataRedisHealthIndicator;
import org.springframework.boot.data.redis.health.DataRedisReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.EventListener;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application shows of its nodes when they fail, lag and change.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class MonitoringIntegrationTests {

	/**
	 * An entry of the slow log: an {@code INFO} as health checks send it, by the
	 * application.
	 */
	private static final Pattern INFO_OF_THE_APPLICATION = Pattern
		.compile("(?mi)^info\\n(server\\n)?127\\.0\\.0\\.1:\\d+\\nshop$");

	private final ReplicatedRedis redis;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, LagwiseEndpointAutoConfiguration.class,
				LagwiseHealthContributorAutoConfiguration.class, LagwiseMetricsAutoConfiguration.class,
				DataRedisAutoConfiguration.class, DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class,
				MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
				CompositeMeterRegistryAutoConfiguration.class))
		.withUserConfiguration(Listeners.class)
		.withPropertyValues("management.endpoints.web.exposure.include=*", "spring.data.redis.client-name=shop");

	MonitoringIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void write() {
		this.redis.execute(this.redis.primary(), "SET", "key", "value");
		this.redis.awaitInSync();
	}

	@Test
	void bootsOwnHealthCheckAsksThePrimaryAndDoesNotNeedReplicas() {
		run((context) -> {
			ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
			HealthIndicator blocking = new DataRedisHealthIndicator(factory);
			DataRedisReactiveHealthIndicator reactive = new DataRedisReactiveHealthIndicator(factory);
			this.redis.nodes().forEach((node) -> {
				this.redis.execute(node, "CONFIG", "SET", "slowlog-max-len", "10000");
				this.redis.execute(node, "CONFIG", "SET", "slowlog-log-slower-than", "0");
			});
			for (int i = 0; i < 5; i++) {
				assertThat(blocking.health().getStatus()).isEqualTo(Status.UP);
				assertThat(reactive.health().block(Duration.ofSeconds(5)).getStatus()).isEqualTo(Status.UP);
			}
			assertThat(infos(this.redis.primary())).isEqualTo(10);
			assertThat(this.redis.replicas()).allSatisfy((replica) -> assertThat(infos(replica)).isZero());
			this.redis.replicas().forEach(this.redis::kill);
			assertThat(blocking.health().getStatus()).isEqualTo(Status.UP);
			awaitHealth(context, (health) -> assertThat(health.getDetails()).containsEntry("replicasUsable", 0L));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(blocking.health().getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void aLostReplicaIsADetailOfHealth() {
		run((context) -> {
			RedisNode replica = this.redis.replicas().get(0);
			awaitHealth(context,
					(health) -> assertThat(health.getDetails()).containsEntry("replication", "HEALTHY")
						.containsEntry("replicasKnown", 2)
						.containsEntry("replicasUsable", 2L)
						.doesNotContainKey("reasons")
						.extractingByKey("nodes")
						.asString()
						.contains(this.redis.primary().address(), replica.address(), "lag=", "link=up"));
			this.redis.kill(replica);
			awaitHealth(context,
					(health) -> assertThat(health.getDetails()).containsEntry("replication", "DEGRADED")
						.containsEntry("replicasUsable", 1L)
						.containsEntry("reasons", List.of("replica " + replica.address() + " does not answer")));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			this.redis.start(replica);
			awaitHealth(context, (health) -> assertThat(health.getDetails()).containsEntry("replication", "HEALTHY"));
		});
	}

	@Test
	void aLostPrimaryIsAnOutageUntilAnotherOneTakesOver() {
		run((context) -> {
			RedisNode primary = this.redis.primary();
			this.redis.kill(primary);
			awaitHealth(context, (health) -> assertThat(health.getStatus()).isEqualTo(Status.DOWN));
			awaitHealth(context, (health) -> {
				assertThat(health.getStatus()).isEqualTo(Status.UP);
				assertThat(health.getDetails()).containsEntry("replication", "DEGRADED")
					.extractingByKey("reasons")
					.asString()
					.contains(primary.address());
			});
		});
	}

	@Test
	void lagIsADetailOfHealthAndLoggedOncePerChange(CapturedOutput output) {
		RedisNode replica = this.redis.replicas().get(0);
		run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			this.redis.delayReplication(replica, Duration.ofSeconds(2));
			awaitHealth(context, (health) -> {
				template.opsForValue().increment("counter");
				assertThat(health.getStatus()).isEqualTo(Status.UP);
				assertThat(health.getDetails()).containsEntry("replication", "DEGRADED")
					.extractingByKey("reasons")
					.asString()
					.containsPattern("replica " + Pattern.quote(replica.address()) + " is .* behind");
			});
			this.redis.healReplication(replica);
			awaitHealth(context, (health) -> assertThat(health.getDetails()).containsEntry("replication", "HEALTHY"));
			assertThat(output).containsOnlyOnce("more than lagwise.health.max-lag allows (700 ms)")
				.containsOnlyOnce("Replica " + replica.address() + " has caught up");
		}, "lagwise.health.max-lag=700ms");
	}

	@Test
	void metersTellWhoAnsweredAndWhatFailed() {
		run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			for (int i = 0; i < 100; i++) {
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
			}
			assertThat(total(registry, "lagwise.reads", "node.role", "replica", "requirement", "any-replica", "reason",
					"any-replica", "outcome", "answered"))
				.isEqualTo(100);
			assertThat(registry.get("lagwise.attempts").tag("node.role", "replica").timer().count()).isEqualTo(100);
			assertThat(gauge(registry, "lagwise.replicas.usable")).isEqualTo(2);
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(gauge(registry, "lagwise.lag")).isBetween(0.0, 30.0));
			whileReading(template, () -> this.redis.replicas().forEach(this.redis::freeze), () -> {
				assertThat(total(registry, "lagwise.fallbacks", "permitted", "true")).isPositive();
				assertThat(total(registry, "lagwise.reads", "node.role", "primary", "outcome", "answered"))
					.isPositive();
				assertThat(total(registry, "lagwise.attempts.failed", "reason", "timeout")).isPositive();
				assertThat(gauge(registry, "lagwise.replicas.usable")).isZero();
				assertThat(total(registry, "lagwise.topology.changes", "change", "replica-lost")).isEqualTo(2);
			});
			assertThat(registry.getMeters()).filteredOn((meter) -> meter.getId().getName().startsWith("lagwise."))
				.isNotEmpty()
				.allMatch((meter) -> "redisConnectionFactory".equals(meter.getId().getTag("connection.factory")))
				.allSatisfy((meter) -> assertThat(meter.getId().toString()).doesNotContain("127.0.0.1"));
		});
	}

	@Test
	void theEndpointTellsWhatIsKnownAndWhatWentWrong() {
		run((context) -> {
			StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
			RedisNode replica = this.redis.replicas().get(0);
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(endpoint(context).nodes())
					.allSatisfy((node) -> assertThat(node.lagMillis()).isNotNull()));
			ConnectionFactoryDescriptor factory = endpoint(context);
			assertThat(factory.source()).contains("Sentinel");
			assertThat(factory.nodes()).extracting(Node::address)
				.containsExactlyInAnyOrderElementsOf(this.redis.nodes().stream().map(RedisNode::address).toList());
			assertThat(factory.nodes()).allSatisfy((node) -> {
				assertThat(node.state()).isEqualTo("online");
				assertThat(node.replicationId()).hasSize(40);
				assertThat(node.offset()).isPositive();
				assertThat(node.latencyMillis()).isPositive();
			});
			assertThat(factory.nodes().get(0).role()).isEqualTo("primary");
			whileReading(template, () -> this.redis.freeze(replica), () -> {
				assertThat(endpoint(context).problems()).extracting(Problem::problem, Problem::node, Problem::reason)
					.contains(Tuple.tuple("attempt-failed", replica.address(), "timeout"));
				assertThat(endpoint(context).changes()).extracting(Change::change, Change::description)
					.contains(Tuple.tuple("replica-lost", replica.address() + " does not answer"));
			});
		});
	}

	@Test
	void whatChangesIsPublished() {
		run((context) -> {
			Listeners heard = context.getBean(Listeners.class);
			RedisNode replica = this.redis.replicas().get(0);
			this.redis.kill(replica);
			awaitEvent(heard, (event) -> assertThat(event).isInstanceOfSatisfying(ReplicaLostEvent.class, (lost) -> {
				assertThat(lost.replica()).hasToString(replica.address());
				assertThat(lost.state()).isEqualTo(NodeState.UNREACHABLE);
			}));
			this.redis.start(replica);
			awaitEvent(heard, (event) -> assertThat(event).isInstanceOfSatisfying(ReplicaReturnedEvent.class,
					(returned) -> assertThat(returned.replica()).hasToString(replica.address())));
			this.redis.awaitInSync();
			RedisNode before = this.redis.primary();
			this.redis.failover();
			awaitEvent(heard,
					(event) -> assertThat(event).isInstanceOfSatisfying(PrimarySwitchedEvent.class, (switched) -> {
						assertThat(switched.from()).hasToString(before.address());
						assertThat(switched.to()).hasToString(this.redis.primary().address());
					}));
			assertThat(heard.events).hasAtLeastOneElementOfType(TopologyRefreshedEvent.class);
			assertThat(heard.sources).containsOnly("redisConnectionFactory");
		});
	}

	private void run(ThrowingConsumer<AssertableApplicationContext> test, String... properties) {
		this.contextRunner
			.withPropertyValues("spring.data.redis.sentinel.master=" + this.redis.masterName(),
					"spring.data.redis.sentinel.nodes="
							+ this.redis.sentinels().stream().map(RedisNode::address).collect(Collectors.joining(",")))
			.withPropertyValues(properties)
			.run((context) -> {
				ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
				FreshReplicas.await(factory, 2);
				test.accept(context);
			});
	}

	/**
	 * Reads must be under way when something happens to their nodes, for what the monitor
	 * has noticed fails no read.
	 */
	private static void whileReading(StringRedisTemplate template, Runnable action, ThrowingRunnable expectation) {
		AtomicBoolean stopped = new AtomicBoolean();
		CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
			while (!stopped.get()) {
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
			}
		}, (task) -> new Thread(task, "reader").start());
		try {
			action.run();
			await().atMost(Duration.ofSeconds(30)).untilAsserted(expectation);
		}
		finally {
			stopped.set(true);
		}
		reading.join();
	}

	private static Health health(AssertableApplicationContext context) {
		return context.getBean(ReplicationHealthIndicator.class).health();
	}

	private static void awaitHealth(AssertableApplicationContext context, ThrowingConsumer<Health> expectation) {
		await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> expectation.accept(health(context)));
	}

	private static void awaitEvent(Listeners heard, ThrowingConsumer<ReplicationEvent> expectation) {
		await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(heard.events).anySatisfy(expectation));
	}

	private static ConnectionFactoryDescriptor endpoint(AssertableApplicationContext context) {
		Map<String, ConnectionFactoryDescriptor> factories = context.getBean(LagwiseEndpoint.class)
			.lagwise()
			.connectionFactories();
		assertThat(factories).containsOnlyKeys("redisConnectionFactory");
		return factories.get("redisConnectionFactory");
	}

	private static double total(MeterRegistry registry, String name, String... tags) {
		return registry.find(name).tags(tags).counters().stream().mapToDouble(Counter::count).sum();
	}

	private static double gauge(MeterRegistry registry, String name) {
		return registry.get(name).gauge().value();
	}

	private long infos(RedisNode node) {
		String entries = this.redis.execute(node, "SLOWLOG", "GET", "10000");
		return INFO_OF_THE_APPLICATION.matcher(entries).results().count();
	}

	static class Listeners {

		private final List<ReplicationEvent> events = new CopyOnWriteArrayList<>();

		private final List<Object> sources = new CopyOnWriteArrayList<>();

		@EventListener
		void on(ReplicationEvent event) {
			this.events.add(event);
		}

		@EventListener
		void on(PayloadApplicationEvent<? extends ReplicationEvent> event) {
			this.sources.add(event.getSource());
		}

	}

}
