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

package io.lagwise.testkit;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ReplicatedRedis} without Sentinels.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
class PrimaryAndReplicaIntegrationTests {

	private ReplicatedRedis redis;

	private RedisNode first;

	private RedisNode second;

	@BeforeEach
	void setUp(ReplicatedRedis redis) {
		this.redis = redis;
		this.first = redis.nodes().get(0);
		this.second = redis.nodes().get(1);
	}

	@Test
	void firstNodeIsThePrimary() {
		assertThat(this.redis.primary()).isEqualTo(this.first);
		assertThat(this.redis.replicas()).containsExactly(this.second);
		assertThat(this.redis.sentinels()).isEmpty();
	}

	@Test
	void allNodesAreGivenToSpring() {
		assertThat(this.redis.springProperties()).containsExactlyEntriesOf(
				Map.of("spring.data.redis.masterreplica.nodes", this.first.address() + "," + this.second.address()));
	}

	@Test
	void rolesAreExchangedByHand() {
		this.redis.execute(this.first, "SET", "key", "value");
		this.redis.awaitInSync();
		this.redis.promote(this.second);
		assertThat(this.redis.primary()).isEqualTo(this.second);
		this.redis.demote(this.first, this.second);
		this.redis.awaitInSync();
		this.redis.execute(this.second, "SET", "key", "changed");
		this.redis.awaitInSync();
		assertThat(this.redis.execute(this.first, "GET", "key")).isEqualTo("changed");
		this.redis.restart(this.first);
		assertThat(this.redis.execute(this.first, "ROLE")).startsWith("slave");
	}

	@Test
	void resetMakesTheFirstNodeThePrimaryAgain() {
		this.redis.promote(this.second);
		this.redis.demote(this.first, this.second);
		this.redis.reset();
		firstNodeIsThePrimary();
	}

	@Test
	void restartedPrimaryHasItsDataAndItsReplicaToo() {
		this.redis.execute(this.first, "SET", "key", "value");
		this.redis.awaitInSync();
		this.redis.restart(this.first);
		assertThat(this.redis.execute(this.first, "GET", "key")).isEqualTo("value");
		this.redis.awaitInSync();
		assertThat(this.redis.execute(this.second, "GET", "key")).isEqualTo("value");
	}

	@Test
	void primaryRestartedEmptyEmptiesItsReplica() {
		this.redis.execute(this.first, "SET", "key", "value");
		this.redis.awaitInSync();
		this.redis.restartEmpty(this.first);
		assertThat(this.redis.execute(this.first, "DBSIZE")).isEqualTo("0");
		this.redis.awaitInSync();
		assertThat(this.redis.execute(this.second, "DBSIZE")).isEqualTo("0");
	}

	@Test
	void replicaRestartedEmptyGetsTheDataAgain() {
		this.redis.execute(this.first, "SET", "key", "value");
		this.redis.awaitInSync();
		this.redis.delayReplication(this.second, Duration.ofMillis(300));
		this.redis.restartEmpty(this.second);
		assertThat(this.redis.execute(this.second, "DBSIZE")).isEqualTo("0");
		this.redis.awaitInSync();
		assertThat(this.redis.execute(this.second, "GET", "key")).isEqualTo("value");
	}

	@Test
	void killedPrimaryHasLostItsData() {
		this.redis.execute(this.first, "SET", "key", "value");
		this.redis.restart(this.first);
		this.redis.kill(this.first);
		assertThat(this.redis.primary()).isEqualTo(this.first);
		this.redis.start(this.first);
		assertThat(this.redis.execute(this.first, "GET", "key")).isNull();
	}

	@Test
	void stoppedNodeIsNotRepairedByAnybody() {
		this.redis.stop(this.second);
		await().during(Duration.ofMillis(500)).until(() -> this.redis.primary() == this.first);
		this.redis.awaitInSync();
		this.redis.start(this.second);
		this.redis.awaitInSync();
		assertThat(this.redis.offset(this.second)).isPositive();
	}

	@Test
	void startOfARunningNodeAndStopOfAStoppedOneChangeNothing() {
		this.redis.start(this.first);
		this.redis.stop(this.second);
		this.redis.stop(this.second);
		this.redis.kill(this.second);
		this.redis.start(this.second);
		this.redis.awaitInSync();
	}

	@Test
	void failoverNeedsASentinel() {
		assertThatIllegalStateException().isThrownBy(this.redis::failover)
			.withMessage("No Sentinel runs that could fail over; use promote and demote");
	}

}
