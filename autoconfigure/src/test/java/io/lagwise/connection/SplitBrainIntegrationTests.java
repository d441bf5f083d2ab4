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
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeState;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Reads and writes while an old primary still takes itself for the primary.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class SplitBrainIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	SplitBrainIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis, TestFactories.clientConfiguration(Duration.ofSeconds(1)));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aPrimaryThatWasPausedGetsNeitherReadsNorWritesWhenItComesBack() {
		RedisNode old = this.redis.primary();
		Traffic before = new Traffic("before", this.template::hasKey);
		this.redis.freeze(old);
		awaitSwitch(old);
		Traffic after = new Traffic("after", this.template::type);
		this.redis.thaw(old);
		assertThatNothingReaches(old, before, after);
	}

	@Test
	void aPrimaryThatSentinelsHaveReplacedGetsNeitherReadsNorWritesThoughItCanBeReached() {
		RedisNode old = this.redis.primary();
		Traffic before = new Traffic("before", this.template::hasKey);
		this.redis.failover();
		awaitSwitch(old);
		Traffic after = new Traffic("after", this.template::type);
		assertThatNothingReaches(old, before, after);
	}

	private void awaitSwitch(RedisNode old) {
		await().atMost(LIMIT)
			.until(() -> this.factory.getTopology()
				.primaryAddress()
				.filter((primary) -> !primary.toString().equals(old.address()))
				.isPresent());
	}

	private void assertThatNothingReaches(RedisNode old, Traffic before, Traffic after) {
		await().atMost(LIMIT)
			.until(() -> this.factory.getTopology()
				.replicas()
				.stream()
				.anyMatch((node) -> node.address().toString().equals(old.address())
						&& node.state() == NodeState.DEPOSED));
		after.awaitMore(300);
		assertThat(this.redis.execute(old, "KEYS", "after*")).as("keys on %s, %s", old, this.factory.getTopology())
			.isEmpty();
		assertThat(this.redis.commandsServed(old, "type")).isZero();
		assertThat(this.redis.execute(old, "ROLE")).as("role of the old primary").startsWith("master");
		before.stop();
		after.stop();
		// makes the old one a replica of the new one
		this.redis.awaitInSync();
		RedisNode primary = this.redis.primary();
		assertThat(primary).isNotEqualTo(old);
		Set<String> held = Objects.requireNonNull(this.redis.execute(primary, "SMEMBERS", "after"))
			.lines()
			.collect(Collectors.toSet());
		assertThat(held).containsAll(after.acknowledged);
		assertThat(after.misread).isEmpty();
	}

	/**
	 * Writes numbers and reads them back on a thread of its own.
	 */
	private final class Traffic {

		private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();

		private final Queue<String> misread = new ConcurrentLinkedQueue<>();

		private final CompletableFuture<Void> running;

		private volatile boolean stopped;

		Traffic(String key, Consumer<String> read) {
			this.running = CompletableFuture.runAsync(() -> {
				for (int i = 0; !this.stopped; i++) {
					run(key, Integer.toString(i), read);
				}
			}, (task) -> new Thread(task, key).start());
		}

		void awaitMore(int writes) {
			int size = this.acknowledged.size();
			await().atMost(LIMIT).until(() -> this.acknowledged.size() > size + writes);
		}

		void stop() {
			this.stopped = true;
			this.running.join();
		}

		private void run(String key, String number, Consumer<String> read) {
			try {
				StringRedisTemplate template = SplitBrainIntegrationTests.this.template;
				template.opsForSet().add(key, number);
				this.acknowledged.add(number);
				boolean member = RoutingContext.call(ReadRequirement.primary(),
						() -> Boolean.TRUE.equals(template.opsForSet().isMember(key, number)));
				if (!member) {
					this.misread.add(number);
				}
				read.accept(key);
			}
			catch (RuntimeException ex) {
				// what is not acknowledged is not promised
			}
		}

	}

}
