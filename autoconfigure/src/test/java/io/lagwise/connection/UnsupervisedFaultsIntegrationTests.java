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

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What people do to nodes that no Sentinel watches harms no read.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class UnsupervisedFaultsIntegrationTests {

	private final ReplicatedRedis redis;

	private final RedisNode primary;

	private final RedisNode replica;

	private final RedisNode otherReplica;

	private SteadyReaders readers;

	UnsupervisedFaultsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.primary = redis.primary();
		this.replica = redis.replicas().get(0);
		this.otherReplica = redis.replicas().get(1);
	}

	@BeforeEach
	void read() {
		this.readers = SteadyReaders.fixed(this.redis);
	}

	@AfterEach
	void stop() throws Exception {
		this.readers.close();
	}

	@Test
	void aPrimaryThatIsDemotedByHandHarmsNoRead() {
		this.redis.promote(this.replica);
		this.redis.demote(this.otherReplica, this.replica);
		this.redis.demote(this.primary, this.replica);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.readers.factories())
				.allSatisfy((factory) -> assertThat(factory.getTopology().primaryAddress()).map(Object::toString)
					.contains(this.replica.address())));
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@Test
	void aReplicaThatFollowsAnotherReplicaHarmsNoRead() {
		this.redis.demote(this.replica, this.otherReplica);
		this.readers.awaitMoreReads();
		this.readers.awaitReplicas(2);
		this.redis.disconnectReplication(this.otherReplica);
		this.readers.awaitReplicas(0);
		this.readers.awaitMoreReads();
		this.redis.healReplication(this.otherReplica);
		this.readers.awaitReplicas(2);
		this.readers.assertUnharmed();
	}

	@Test
	void aReplicaThatIsPromotedByMistakeGivesNoAnswerOfItsOwn() {
		this.redis.promote(this.replica);
		this.readers.awaitReplicas(1);
		// so that no read is under way that was sent before
		this.readers.awaitMoreReads();
		this.redis.execute(this.replica, "FLUSHALL");
		this.readers.awaitMoreReads();
		this.redis.demote(this.replica, this.primary);
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@Test
	void aPrimaryThatIsLostWithoutSuccessorHarmsNoReadFromReplicas() {
		this.redis.kill(this.primary);
		this.readers.awaitMoreReads();
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

}
