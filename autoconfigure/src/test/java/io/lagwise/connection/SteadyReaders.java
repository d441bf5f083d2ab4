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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

import io.lagwise.context.ReadRequirement;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.protocol.ProtocolVersion;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Reads in every {@link ReadStyle} and with both protocols, whatever happens to the
 * servers in the meantime.
 */
final class SteadyReaders implements AutoCloseable {

	private static final long PAUSE = Duration.ofMillis(4).toNanos();

	private final Map<ProtocolVersion, ReplicaAwareConnectionFactory> factories;

	private final List<ReadStyle.Access> accesses = new ArrayList<>();

	private final List<Worker> workers = new ArrayList<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private final MachinePauses pauses;

	private volatile boolean stopped;

	private SteadyReaders(ReplicatedRedis redis, Map<ProtocolVersion, ReplicaAwareConnectionFactory> factories) {
		this.factories = factories;
		List<RedisNode> sentinels = redis.sentinels();
		this.pauses = MachinePauses.measure(sentinels.isEmpty() ? null : sentinels.get(sentinels.size() - 1));
		factories.forEach((protocol, factory) -> {
			ReadStyle.Access access = new ReadStyle.Access(factory);
			this.accesses.add(access);
			for (ReadStyle style : ReadStyle.values()) {
				this.workers.add(new Worker(style, protocol, access));
			}
		});
	}

	/**
	 * Start to read from the replicas that Sentinels know.
	 */
	static SteadyReaders sentinel(ReplicatedRedis redis) {
		RedisSentinelConfiguration sentinels = TestFactories.sentinelConfiguration(redis);
		return start(redis, (client) -> new ReplicaAwareConnectionFactory(sentinels, client));
	}

	/**
	 * Start to read from the replicas of a list.
	 */
	static SteadyReaders fixed(ReplicatedRedis redis) {
		RedisStaticMasterReplicaConfiguration nodes = TestFactories.fixedConfiguration(redis);
		return start(redis, (client) -> new ReplicaAwareConnectionFactory(nodes, client));
	}

	/**
	 * Start with both protocols: one of them without circuit breakers and from any
	 * replica, the other with them and with what an application gets that asks for
	 * nothing.
	 */
	private static SteadyReaders start(ReplicatedRedis redis,
			Function<LettuceClientConfiguration, ReplicaAwareConnectionFactory> factories) {
		return start(redis, Map.of(ProtocolVersion.RESP2,
				TestFactories.started(factories.apply(client(ProtocolVersion.RESP2)), redis, (factory) -> {
				}), ProtocolVersion.RESP3,
				TestFactories.started(factories.apply(client(ProtocolVersion.RESP3)), redis,
						(factory) -> factory
							.setReadOptions(ReplicaReadOptions.DEFAULTS.withNodeGuards(TestFactories.circuitBreakers())
								.withDefaultRequirement(ReadRequirement.ownWrites())))));
	}

	private static SteadyReaders start(ReplicatedRedis redis,
			Map<ProtocolVersion, ReplicaAwareConnectionFactory> factories) {
		StringRedisTemplate template = new StringRedisTemplate(factories.get(ProtocolVersion.RESP2));
		ReadStyle.write(template);
		redis.awaitInSync();
		SteadyReaders readers = new SteadyReaders(redis, factories);
		readers.workers.forEach(Thread::start);
		readers.awaitMoreReads();
		readers.workers.forEach((worker) -> worker.longest = 0);
		return readers;
	}

	static LettuceClientConfiguration client(ProtocolVersion protocol) {
		return LettuceClientConfiguration.builder()
			.clientName(Clients.NAME)
			.commandTimeout(Duration.ofSeconds(10))
			.clientOptions(ClientOptions.builder().protocolVersion(protocol).build())
			.build();
	}

	/**
	 * Return the connection factories that read.
	 */
	List<ReplicaAwareConnectionFactory> factories() {
		return List.copyOf(this.factories.values());
	}

	/**
	 * Wait until reads go to that many replicas.
	 */
	void awaitReplicas(int count) {
		await().atMost(Duration.ofSeconds(30))
			.pollInterval(Duration.ofMillis(10))
			.untilAsserted(
					() -> assertThat(factories()).allSatisfy((factory) -> assertThat(factory.getReadableReplicas())
						.as("replicas of %s, with %s", factory.getTopology(), this)
						.hasSize(count)));
	}

	/**
	 * Wait until every reader has read on for a while.
	 */
	void awaitMoreReads() {
		List<Long> before = this.workers.stream().map((worker) -> worker.reads).toList();
		await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
			for (int i = 0; i < before.size(); i++) {
				Worker worker = this.workers.get(i);
				assertThat(worker.reads).as("reads of %s", worker.getName()).isGreaterThan(before.get(i) + 20);
			}
		});
	}

	/**
	 * Stop, and require that no read has failed, no answer was wrong, and no read took
	 * much longer than one attempt may.
	 */
	void assertUnharmed() {
		stop();
		assertThat(this.failures).as("failed or wrong reads").isEmpty();
		Duration attempt = ReplicaReadOptions.DEFAULTS.attemptTimeout();
		// a read passes several threads and two processes, and each may have to wait
		Duration limit = attempt.plusMillis(100).plus(this.pauses.longest().multipliedBy(3));
		for (Worker worker : this.workers) {
			assertThat(Duration.ofNanos(worker.longest))
				.as("longest read of %s on a machine with pauses of up to %d ms", worker.getName(),
						this.pauses.longest().toMillis())
				.isLessThanOrEqualTo(limit);
		}
	}

	private void stop() {
		this.stopped = true;
		this.workers.forEach((worker) -> {
			try {
				worker.join(Duration.ofSeconds(30).toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (worker.isAlive()) {
				this.failures.add(worker.getName() + " hangs");
			}
		});
	}

	@Override
	public void close() throws Exception {
		stop();
		this.pauses.close();
		this.accesses.forEach(ReadStyle.Access::close);
		this.factories.values().forEach(ReplicaAwareConnectionFactory::destroy);
	}

	@Override
	public String toString() {
		return (this.failures.isEmpty() ? "no" : this.failures) + " failures";
	}

	private final class Worker extends Thread {

		private final ReadStyle style;

		private final ReadStyle.Access access;

		private volatile long reads;

		private volatile long longest;

		Worker(ReadStyle style, ProtocolVersion protocol, ReadStyle.Access access) {
			super(style + " with " + protocol);
			this.style = style;
			this.access = access;
			setDaemon(true);
		}

		@Override
		public void run() {
			while (!SteadyReaders.this.stopped) {
				long start = System.nanoTime();
				String failure = read();
				long elapsed = System.nanoTime() - start;
				if (failure != null && SteadyReaders.this.failures.size() < 20) {
					SteadyReaders.this.failures.add(getName() + " after " + elapsed / 1_000_000 + " ms: " + failure);
				}
				this.longest = Math.max(this.longest, elapsed);
				this.reads++;
				LockSupport.parkNanos(PAUSE);
			}
		}

		private String read() {
			try {
				Object answer = this.style.read(this.access);
				return this.style.answer().equals(answer) ? null : "answered " + answer;
			}
			catch (Exception ex) {
				return ex + ((ex.getCause() != null) ? ", caused by " + ex.getCause() : "");
			}
		}

	}

}
