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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Consistent reads through a whole failover: as long as a node lives that can answer, no
 * one waits for the next primary.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class ConsistentFailoverIntegrationTests {

	private static final int READERS = 12;

	private static final long PAUSE = Duration.ofMillis(4).toNanos();

	private final ReplicatedRedis redis;

	private final RedisNode primary;

	private ReplicaAwareConnectionFactory factory;

	private MachinePauses pauses;

	private final List<Reader> readers = new ArrayList<>();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	private volatile boolean stopped;

	ConsistentFailoverIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.primary = redis.primary();
	}

	@BeforeEach
	void read() {
		this.pauses = MachinePauses.measure(this.redis.sentinels().get(2));
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.consistent()));
		StringRedisTemplate template = new StringRedisTemplate(this.factory);
		for (int i = 0; i < READERS; i++) {
			template.opsForValue().set("key-" + i, "value-" + i);
			this.readers.add(new Reader(template, i));
		}
		this.redis.awaitInSync();
		this.readers.forEach(Thread::start);
		awaitMoreReads();
		this.readers.forEach((reader) -> reader.longest = 0);
	}

	@AfterEach
	void stop() throws Exception {
		this.stopped = true;
		for (Reader reader : this.readers) {
			reader.join(30_000);
		}
		this.pauses.close();
		this.factory.destroy();
	}

	@ParameterizedTest
	@EnumSource(names = { "KILL", "FREEZE" })
	void noConsistentReadWaitsForTheNextPrimary(FaultsIntegrationTests.Loss loss) throws Exception {
		loss.begin(this.redis, this.primary);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.factory.getTopology().primaryAddress()).map(Object::toString)
				.isPresent()
				.get()
				.isNotEqualTo(this.primary.address()));
		awaitMoreReads();
		TestFactories.awaitReadsFrom(this.factory, 1);
		awaitMoreReads();
		stop();
		assertThat(this.failures).isEmpty();
		Duration limit = ReplicaReadOptions.DEFAULTS.attemptTimeout()
			.plusMillis(100)
			.plus(this.pauses.longest().multipliedBy(3));
		for (Reader reader : this.readers) {
			assertThat(Duration.ofNanos(reader.longest))
				.as("longest read of %s on a machine with pauses of up to %d ms", reader.key,
						this.pauses.longest().toMillis())
				.isLessThanOrEqualTo(limit);
		}
	}

	private void awaitMoreReads() {
		List<Long> before = this.readers.stream().map((reader) -> reader.reads).toList();
		await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
			for (int i = 0; i < before.size(); i++) {
				assertThat(this.readers.get(i).reads).isGreaterThan(before.get(i) + 20);
			}
		});
	}

	private final class Reader extends Thread {

		private final StringRedisTemplate template;

		private final String key;

		private final String value;

		private volatile long reads;

		private volatile long longest;

		private boolean seenAtPrimary;

		Reader(StringRedisTemplate template, int number) {
			this.template = template;
			this.key = "key-" + number;
			this.value = "value-" + number;
			setDaemon(true);
		}

		@Override
		public void run() {
			while (!ConsistentFailoverIntegrationTests.this.stopped) {
				long start = System.nanoTime();
				boolean seenAtPrimary = this.seenAtPrimary;
				String failure = read();
				long elapsed = System.nanoTime() - start;
				if (failure != null) {
					ConsistentFailoverIntegrationTests.this.failures
						.add(this.key + " after " + elapsed / 1_000_000 + " ms: " + failure);
				}
				if (!seenAtPrimary) {
					// what the primary has shown just before it died is proven of nobody
					this.longest = Math.max(this.longest, elapsed);
				}
				this.reads++;
				LockSupport.parkNanos(PAUSE);
			}
		}

		private String read() {
			try (ReadTrace trace = ReadTrace.open()) {
				String answer = this.template.opsForValue().get(this.key);
				this.seenAtPrimary = trace.answers().stream().anyMatch((node) -> node.role() == NodeRole.PRIMARY);
				return this.value.equals(answer) ? null : "answered " + answer;
			}
			catch (Exception ex) {
				return ex + ((ex.getCause() != null) ? ", caused by " + ex.getCause() : "");
			}
		}

	}

}
