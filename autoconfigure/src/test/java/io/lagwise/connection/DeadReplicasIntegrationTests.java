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

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.replication.NodeState;
import io.lagwise.routing.ReplicationNotConfirmedException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Replicas that Sentinels list although they have died.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class DeadReplicasIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	DeadReplicasIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aReplicaThatWasDeadBeforeTheStartIsNotWaitedFor() {
		RedisNode dead = this.redis.replicas().get(0);
		this.redis.kill(dead);
		await().atMost(Duration.ofSeconds(20))
			.until(() -> !this.redis.execute(this.redis.primary(), "INFO", "replication").contains("slave1:"));
		this.factory = new ReplicaAwareConnectionFactory(TestFactories.sentinelConfiguration(this.redis),
				TestFactories.clientConfiguration());
		this.factory.afterPropertiesSet();
		TestFactories.awaitReadsFrom(this.factory, 1);
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(this.factory.getTopology().toString())
				.contains("node " + dead.address() + " " + NodeState.ABSENT.description()));
		write(WaitForReplicas.ALL);
		assertThatExceptionOfType(ReplicationNotConfirmedException.class).isThrownBy(() -> write(5))
			.withMessageContaining("confirmed by 1 of the 1 replicas that there are, and 5 were asked for");
		this.redis.start(dead);
		TestFactories.awaitReadsFrom(this.factory, 2);
		write(WaitForReplicas.ALL);
	}

	@Test
	void aReplicaThatHasJustDiedIsMissed() {
		this.factory = TestFactories.sentinel(this.redis);
		RedisNode dying = this.redis.replicas().get(0);
		this.redis.kill(dying);
		TestFactories.awaitReadsFrom(this.factory, 1);
		assertThatExceptionOfType(ReplicationNotConfirmedException.class).isThrownBy(() -> write(WaitForReplicas.ALL))
			.withMessageContaining("confirmed by 1 of 2 replicas");
	}

	private void write(int replicas) {
		WriteRequirement requirement = new WriteRequirement(replicas, Duration.ofSeconds(2), OnShortfall.FAIL);
		try (WriteScope scope = WriteScope.open(requirement)) {
			new StringRedisTemplate(this.factory).opsForValue().set("key", "value");
			scope.confirm();
		}
	}

}
