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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.IntStream;

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
import io.lettuce.core.RedisFuture;
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

	private static final byte[] HASH = "hash".getBytes();

	private static final int MANY = 50;

	private static final byte[][] KEYS = IntStream.range(0, MANY)
		.mapToObj((i) -> ("key " + i).getBytes())
		.toArray(byte[][]::new);

	private static final String VALUE = "0123456789abcdef";

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
		write();
		LettuceConnectionFactory plain = plain(this.redis.replicas().get(0));
		this.contextRunner.withPropertyValues(properties()).run((context) -> {
			ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
			assertThat(factory.getReadOptions().readListener()).isNotSameAs(ReadListener.NONE);
			FreshReplicas.await(factory, this.redis.replicas().size());
			for (Operation operation : Operation.values()) {
				Map<String, Double> ratios = measure(operation, plain.getConnection(), factory.getConnection());
				assertThat(ratios.get("own writes")).as("own writes, %s", operation).isLessThan(operation.limit);
				assertThat(ratios.get("any replica")).as("any replica, %s", operation).isLessThan(operation.limit);
				assertThat(ratios.get("bounded")).as("bounded, %s", operation).isLessThan(operation.limit);
				assertThat(ratios.get("consistent")).as("consistent, %s", operation)
					.isLessThan(operation.consistentLimit);
			}
		});
		plain.destroy();
	}

	private void write() {
		RedisNode primary = this.redis.primary();
		this.redis.execute(primary, "SET", "key", VALUE);
		for (int i = 0; i < MANY; i++) {
			this.redis.execute(primary, "HSET", "hash", "field " + i, VALUE);
			this.redis.execute(primary, "SET", "key " + i, VALUE);
		}
		this.redis.awaitInSync();
	}

	private String[] properties() {
		return this.redis.springProperties()
			.entrySet()
			.stream()
			.map((property) -> property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
	}

	private static Map<String, Double> measure(Operation operation, RedisConnection plain, RedisConnection routed) {
		Map<String, Supplier<Double>> subjects = new LinkedHashMap<>();
		subjects.put("plain", () -> operation.bytesPerRead(plain));
		subjects.put("own writes", () -> operation.bytesPerRead(routed));
		subjects.put("any replica", () -> operation.bytesPerRead(routed, ReadRequirement.anyReplica()));
		subjects.put("bounded",
				() -> operation.bytesPerRead(routed, ReadRequirement.maxStaleness(Duration.ofSeconds(5))));
		subjects.put("consistent", () -> operation.bytesPerRead(routed, ReadRequirement.consistent()));
		Map<String, Double> least = new LinkedHashMap<>();
		for (int round = 0; round < ROUNDS; round++) {
			subjects.forEach((name, subject) -> least.merge(name, subject.get(), Math::min));
		}
		logger.info("Bytes that a read allocates, " + operation + ": " + least);
		double limit = least.get("plain");
		least.replaceAll((name, bytes) -> bytes / limit);
		return least;
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

	private enum Operation {

		GET(20_000, 0.98, 1.12) {
			@Override
			RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands) {
				return commands.get(KEY);
			}
		},

		MGET_50(2_000, 1.05, 1.12) {
			@Override
			RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands) {
				return commands.mget(KEYS);
			}
		},

		HGETALL_50(2_000, 1.05, 1.06) {
			@Override
			RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands) {
				return commands.hgetall(HASH);
			}
		};

		private final int reads;

		/**
		 * What the bytes may be at most, as a ratio to those of a plain read.
		 */
		private final double limit;

		private final double consistentLimit;

		Operation(int reads, double limit, double consistentLimit) {
			this.reads = reads;
			this.limit = limit;
			this.consistentLimit = consistentLimit;
		}

		abstract RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands);

		double bytesPerRead(RedisConnection connection, ReadRequirement requirement) {
			try (RoutingContext.Scope scope = RoutingContext.open(requirement)) {
				return bytesPerRead(connection);
			}
		}

		@SuppressWarnings("unchecked")
		double bytesPerRead(RedisConnection connection) {
			RedisAsyncCommands<byte[], byte[]> commands = (RedisAsyncCommands<byte[], byte[]>) Objects
				.requireNonNull(connection.getNativeConnection());
			Semaphore free = new Semaphore(IN_FLIGHT);
			long before = allocatedBytes();
			for (int i = 0; i < this.reads; i++) {
				free.acquireUninterruptibly();
				send(commands).whenComplete((value, failure) -> free.release());
			}
			free.acquireUninterruptibly(IN_FLIGHT);
			return (double) (allocatedBytes() - before) / this.reads;
		}

	}

}
