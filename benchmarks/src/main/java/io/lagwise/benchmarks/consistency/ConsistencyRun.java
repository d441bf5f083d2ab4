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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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

	private static final Duration WARM_UP = Duration.ofSeconds(2);

	private final ReplicatedRedis redis;

	private final Duration delay;

	/**
	 * Start servers.
	 * @param delay how late replicas get what the primary writes; without delay there is
	 * no proxy
	 */
	ConsistencyRun(Duration delay) {
		this(delay, !delay.isZero());
	}

	/**
	 * Start servers.
	 * @param delay how late replicas get what the primary writes
	 * @param proxied whether clients and replicas reach the servers through proxies,
	 * which a delay takes
	 */
	ConsistencyRun(Duration delay, boolean proxied) {
		this.delay = delay;
		this.redis = ReplicatedRedis.builder()
			.replicas(2)
			.sentinels(0)
			.topology(Topology.STATIC)
			.proxied(proxied)
			.start();
		if (!delay.isZero()) {
			this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, delay));
		}
	}

	ConsistencyResult measure(ConsistencyLevel level, Workload workload, Duration duration)
			throws InterruptedException {
		ReadCounts counts = new ReadCounts();
		ReplicaAwareConnectionFactory factory = connect(level.options().withReadListener(counts));
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			List<Register> registers = IntStream.range(0, workload.keys().keys()).mapToObj(Register::new).toList();
			write(template, registers);
			PacedLoad load = new PacedLoad(template, registers, workload);
			load.run(WARM_UP);
			counts.reset();
			ServerCommands before = ServerCommands.of(this.redis);
			PacedLoad.Measured measured = load.run(duration);
			ServerCommands sent = ServerCommands.of(this.redis).since(before);
			return new ConsistencyResult(level, workload, this.delay, measured, counts, sent);
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

}
