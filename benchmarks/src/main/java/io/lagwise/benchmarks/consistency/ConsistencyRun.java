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

package io.lagwise.benchmarks.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;

import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * One primary and two replicas that get every write some time late, and what reads and
 * writes make of them.
 */
final class ConsistencyRun implements AutoCloseable {

	static final List<String> COLUMNS = Stream
		.of(Stream.of("level", "keys", "reads", "replicas get writes after", "operations per second",
				"reads from replicas", "why", "fallbacks", "read p50 / p99 ms", "write p50 / p99 ms"),
				ServerCommands.COLUMNS.stream(), Stream.of("stale answers", "staleness p50 / p99 / max ms", "failures"))
		.flatMap((columns) -> columns)
		.toList();

	private static final Duration WARM_UP = Duration.ofSeconds(2);

	private final ReplicatedRedis redis;

	private final Duration delay;

	/**
	 * Start servers.
	 * @param delay how late replicas get what the primary writes; without delay there is
	 * no proxy
	 */
	ConsistencyRun(Duration delay) {
		this.delay = delay;
		this.redis = ReplicatedRedis.builder()
			.replicas(2)
			.sentinels(0)
			.topology(Topology.STATIC)
			.proxied(!delay.isZero())
			.start();
		if (!delay.isZero()) {
			this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, delay));
		}
	}

	List<String> measure(ConsistencyLevel level, KeyChoice keys, int readPercent, int rate, Duration duration)
			throws InterruptedException {
		ReadCounts counts = new ReadCounts();
		ReplicaAwareConnectionFactory factory = connect(level.options().withReadListener(counts));
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			List<Register> registers = IntStream.range(0, keys.keys()).mapToObj(Register::new).toList();
			write(template, registers);
			PacedLoad load = new PacedLoad(template, registers, keys, readPercent, rate);
			load.run(WARM_UP);
			counts.reset();
			ServerCommands before = ServerCommands.of(this.redis);
			PacedLoad.Measured measured = load.run(duration);
			ServerCommands sent = ServerCommands.of(this.redis).since(before);
			return cells(List.of(level.label(), keys.label(), readPercent + " %", printDelay()), measured, counts,
					sent);
		}
		finally {
			factory.destroy();
		}
	}

	String printDelay() {
		return this.delay.toMillis() + " ms";
	}

	ReplicaAwareConnectionFactory connect(ReplicaReadOptions options) throws InterruptedException {
		List<RedisNode> nodes = this.redis.nodes();
		RedisStaticMasterReplicaConfiguration configuration = new RedisStaticMasterReplicaConfiguration(
				nodes.get(0).host(), nodes.get(0).port());
		nodes.stream().skip(1).forEach((node) -> configuration.addNode(node.host(), node.port()));
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(configuration,
				LettuceClientConfiguration.defaultConfiguration());
		factory.setReadOptions(options);
		factory.afterPropertiesSet();
		while (factory.getReadableReplicas().size() < nodes.size() - 1) {
			Thread.sleep(10);
		}
		return factory;
	}

	@Override
	public void close() {
		this.redis.close();
	}

	private void write(StringRedisTemplate template, List<Register> registers) {
		Map<String, String> values = new LinkedHashMap<>();
		registers.forEach((register) -> values.put(register.key(), Register.value(register.version())));
		template.opsForValue().multiSet(values);
		this.redis.awaitInSync();
	}

	private static List<String> cells(List<String> what, PacedLoad.Measured measured, ReadCounts counts,
			ServerCommands sent) {
		double seconds = measured.elapsed().toNanos() / 1e9;
		List<String> cells = new ArrayList<>(what);
		cells.add(String.format(Locale.ROOT, "%,.0f", measured.operations() / seconds));
		cells.addAll(List.of(counts.replicaShare(), counts.reasons(), counts.fallbacks(), measured.reads().print(false),
				measured.writes().print(false)));
		cells.addAll(sent.cells(measured.operations(), seconds));
		cells.add(String.format(Locale.ROOT, "%.2f %%",
				100.0 * measured.stale().count() / Math.max(1, measured.reads().count())));
		cells.addAll(List.of(measured.stale().print(true), Integer.toString(measured.failures())));
		return cells;
	}

}
