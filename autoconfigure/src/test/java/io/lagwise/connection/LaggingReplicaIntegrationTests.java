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

import io.lagwise.replication.NodeState;
import io.lagwise.replication.TopologyNode;
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
 * A replica that falls behind while its link is up as far as it knows.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, config = "repl-timeout 60")
class LaggingReplicaIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	LaggingReplicaIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aReplicaWhoseLinkIsCutWithoutNoticeGetsNoReads() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.cutReplication(replica);
		awaitExclusion(replica);
		this.redis.healReplication(replica);
		this.redis.awaitInSync();
		TestFactories.awaitReadsFrom(this.factory, 2);
	}

	@Test
	void aReplicaThatGetsItsWritesLateGetsNoReadsUntilItHasCaughtUp() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.delayReplication(replica, Duration.ofSeconds(5));
		awaitExclusion(replica);
		this.redis.healReplication(replica);
		this.redis.awaitInSync();
		TestFactories.awaitReadsFrom(this.factory, 2);
	}

	@Test
	void replicasDoNotFallBehindAPrimaryThatIsGone() {
		this.redis.sentinels().forEach(this.redis::freeze);
		this.redis.freeze(this.redis.primary());
		long start = System.nanoTime();
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
			return System.nanoTime() - start > Duration.ofSeconds(3).toNanos();
		});
		assertThat(this.factory.getReadableReplicas()).hasSize(2);
	}

	private void awaitExclusion(RedisNode replica) {
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			this.template.opsForValue().increment("counter");
			assertThat(this.factory.getReadableReplicas()).hasSize(1)
				.noneMatch((address) -> address.toString().equals(replica.address()));
		});
		assertThat(this.factory.getTopology().replicas()).extracting(TopologyNode::state)
			.containsOnly(NodeState.ONLINE);
		assertThat(this.factory.report().replicas()).filteredOn((node) -> !node.serving())
			.singleElement()
			.satisfies((node) -> assertThat(node.lag()).isGreaterThan(Duration.ofMillis(500)));
	}

}
