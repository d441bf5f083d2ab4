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

package io.lagwise.usage;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import com.sun.management.ThreadMXBean;
import io.lagwise.autoconfigure.LagwiseAutoConfiguration;
import io.lagwise.autoconfigure.LagwiseMetricsAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.routing.ReadListener;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds what a read allocates, next to the same read on a plain connection: that can be
 * told exactly on any machine, other than how long it takes.
 */
@WithReplicatedRedis
class ReadCostIntegrationTests {

	private static final Log logger = LogFactory.getLog(ReadCostIntegrationTests.class);

	private static final byte[] KEY = "key".getBytes();

	private static final byte[] VALUE = "0123456789abcdef".getBytes();

	private static final int READS = 20_000;

	private static final int IN_FLIGHT = 100;

	/**
	 * Code is compiled during the first ones.
	 */
	private static final int ROUNDS = 12;

	private final ReplicatedRedis redis;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, LagwiseMetricsAutoConfiguration.class,
				DataRedisAutoConfiguration.class, MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class));

	ReadCostIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void routedReadsAllocateWhatPlainOnesDoWithBreakersFreshnessAndMetersOn() {
		this.redis.execute(this.redis.primary(), "SET", "key", new String(VALUE));
		this.redis.awaitInSync();
		LettuceConnectionFactory plain = plain(this.redis.replicas().get(0));
		this.contextRunner.withPropertyValues(properties()).run((context) -> {
			ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
			assertThat(factory.getReadOptions().readListener()).isNotSameAs(ReadListener.NONE);
			Factories.awaitReadsFromReplicas(factory, this.redis);
			Map<String, Supplier<Double>> subjects = new LinkedHashMap<>();
			RedisConnection plainConnection = plain.getConnection();
			subjects.put("plain", () -> bytesPerRead(plainConnection));
			RedisConnection connection = factory.getConnection();
			subjects.put("own writes", () -> bytesPerRead(connection));
			subjects.put("any replica", () -> bytesPerRead(connection, ReadRequirement.anyReplica()));
			subjects.put("bounded",
					() -> bytesPerRead(connection, ReadRequirement.maxStaleness(Duration.ofSeconds(5))));
			subjects.put("consistent", () -> bytesPerRead(connection, ReadRequirement.consistent()));
			Map<String, Double> ratios = measure(subjects);
			logger.info("Bytes that a read allocates, as a ratio to plain Lettuce: " + ratios);
			assertThat(ratios.get("own writes")).isLessThan(0.98);
			assertThat(ratios.get("any replica")).isLessThan(0.98);
			assertThat(ratios.get("bounded")).isLessThan(0.98);
			assertThat(ratios.get("consistent")).isLessThan(1.12);
		});
		plain.destroy();
	}

	private String[] properties() {
		return this.redis.springProperties()
			.entrySet()
			.stream()
			.map((property) -> property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
	}

	private static Map<String, Double> measure(Map<String, Supplier<Double>> subjects) {
		Map<String, Double> least = new LinkedHashMap<>();
		for (int round = 0; round < ROUNDS; round++) {
			subjects.forEach((name, subject) -> least.merge(name, subject.get(), Math::min));
		}
		double plain = least.get("plain");
		logger.info("Bytes that a read allocates: " + least);
		least.replaceAll((name, bytes) -> bytes / plain);
		return least;
	}

	private static double bytesPerRead(RedisConnection connection, ReadRequirement requirement) {
		try (RoutingContext.Scope scope = RoutingContext.open(requirement)) {
			return bytesPerRead(connection);
		}
	}

	@SuppressWarnings("unchecked")
	private static double bytesPerRead(RedisConnection connection) {
		RedisAsyncCommands<byte[], byte[]> commands = (RedisAsyncCommands<byte[], byte[]>) Objects
			.requireNonNull(connection.getNativeConnection());
		Semaphore free = new Semaphore(IN_FLIGHT);
		long before = allocatedBytes();
		for (int i = 0; i < READS; i++) {
			free.acquireUninterruptibly();
			commands.get(KEY).whenComplete((value, failure) -> free.release());
		}
		free.acquireUninterruptibly(IN_FLIGHT);
		return (double) (allocatedBytes() - before) / READS;
	}

	/**
	 * Count what the reading thread and those of the connections have allocated.
	 */
	private static long allocatedBytes() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long current = Thread.currentThread().getId();
		long[] ids = Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
			.filter(Objects::nonNull)
			.filter((thread) -> thread.getThreadId() == current || thread.getThreadName().startsWith("lettuce-"))
			.mapToLong(ThreadInfo::getThreadId)
			.toArray();
		return Arrays.stream(threads.getThreadAllocatedBytes(ids)).filter((bytes) -> bytes > 0).sum();
	}

	private static LettuceConnectionFactory plain(RedisNode node) {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(node.host(), node.port()),
				LettuceClientConfiguration.defaultConfiguration());
		factory.afterPropertiesSet();
		return factory;
	}

}
