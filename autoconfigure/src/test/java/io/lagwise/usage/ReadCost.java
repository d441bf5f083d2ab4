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
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import io.lagwise.autoconfigure.LagwiseAutoConfiguration;
import io.lagwise.autoconfigure.LagwiseMetricsAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.routing.ReadListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;

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
import org.springframework.util.Assert;

/**
 * Measures what reads allocate, in a JVM in which nothing else has been compiled, and
 * prints a line for each: the operation, what it asks for, bytes, and nanoseconds.
 * <p>
 * Arguments: the address of one replica, how many replicas there are, and the properties
 * of the application.
 */
public final class ReadCost {

	static final int MANY = 50;

	private static final byte[] KEY = "key".getBytes();

	private static final byte[] HASH = "hash".getBytes();

	private static final byte[][] KEYS = IntStream.range(0, MANY)
		.mapToObj((i) -> ("key " + i).getBytes())
		.toArray(byte[][]::new);

	private static final int IN_FLIGHT = 100;

	/**
	 * Code is compiled during the first ones.
	 */
	private static final int ROUNDS = 12;

	private ReadCost() {
	}

	public static void main(String[] args) {
		LettuceConnectionFactory plain = plain(args[0].split(":"));
		String[] properties = Stream.of(args).skip(2).toArray(String[]::new);
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(LagwiseAutoConfiguration.class, LagwiseMetricsAutoConfiguration.class,
							DataRedisAutoConfiguration.class, MetricsAutoConfiguration.class,
							SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
			.withPropertyValues(properties)
			.run((context) -> {
				ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
				Assert.state(factory.getReadOptions().readListener() != ReadListener.NONE, "Meters must be on");
				FreshReplicas.await(factory, Integer.parseInt(args[1]));
				for (Operation operation : Operation.values()) {
					measure(operation, plain.getConnection(), factory.getConnection())
						.forEach((name, cost) -> System.out
							.println(operation + "," + name + "," + cost.bytes() + "," + cost.nanos()));
				}
			});
		plain.destroy();
	}

	private static Map<String, Cost> measure(Operation operation, RedisConnection plain, RedisConnection routed) {
		Map<String, Supplier<Cost>> subjects = new LinkedHashMap<>();
		subjects.put("plain", () -> operation.measure(plain));
		subjects.put("own writes", () -> operation.measure(routed));
		subjects.put("any replica", () -> operation.measure(routed, ReadRequirement.anyReplica()));
		subjects.put("bounded", () -> operation.measure(routed, ReadRequirement.maxStaleness(Duration.ofSeconds(5))));
		subjects.put("consistent", () -> operation.measure(routed, ReadRequirement.consistent()));
		Map<String, Cost> least = new LinkedHashMap<>();
		for (int round = 0; round < ROUNDS; round++) {
			subjects.forEach((name, subject) -> least.merge(name, subject.get(), Cost::least));
		}
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

	private static LettuceConnectionFactory plain(String[] address) {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(
				new RedisStandaloneConfiguration(address[0], Integer.parseInt(address[1])),
				LettuceClientConfiguration.defaultConfiguration());
		factory.afterPropertiesSet();
		return factory;
	}

	/**
	 * What one read costs.
	 *
	 * @param bytes what it allocates
	 * @param nanos how long it takes, in nanoseconds
	 */
	record Cost(double bytes, double nanos) {

		Cost least(Cost other) {
			return new Cost(Math.min(this.bytes, other.bytes), Math.min(this.nanos, other.nanos));
		}

	}

	private enum Operation {

		GET(20_000) {
			@Override
			RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands) {
				return commands.get(KEY);
			}
		},

		MGET_50(2_000) {
			@Override
			RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands) {
				return commands.mget(KEYS);
			}
		},

		HGETALL_50(2_000) {
			@Override
			RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands) {
				return commands.hgetall(HASH);
			}
		};

		private final int reads;

		Operation(int reads) {
			this.reads = reads;
		}

		abstract RedisFuture<?> send(RedisAsyncCommands<byte[], byte[]> commands);

		Cost measure(RedisConnection connection, ReadRequirement requirement) {
			try (RoutingContext.Scope scope = RoutingContext.open(requirement)) {
				return measure(connection);
			}
		}

		@SuppressWarnings("unchecked")
		Cost measure(RedisConnection connection) {
			RedisAsyncCommands<byte[], byte[]> commands = (RedisAsyncCommands<byte[], byte[]>) Objects
				.requireNonNull(connection.getNativeConnection());
			Semaphore free = new Semaphore(IN_FLIGHT);
			long before = allocatedBytes();
			long start = System.nanoTime();
			for (int i = 0; i < this.reads; i++) {
				free.acquireUninterruptibly();
				send(commands).whenComplete((value, failure) -> free.release());
			}
			free.acquireUninterruptibly(IN_FLIGHT);
			return new Cost((double) (allocatedBytes() - before) / this.reads,
					(double) (System.nanoTime() - start) / this.reads);
		}

	}

}
