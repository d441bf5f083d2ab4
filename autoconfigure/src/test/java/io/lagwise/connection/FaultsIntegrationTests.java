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
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * No fault fails, falsifies or holds up a read as long as a node lives that may serve it.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class FaultsIntegrationTests {

	private final ReplicatedRedis redis;

	private final RedisNode primary;

	private final RedisNode replica;

	private SteadyReaders readers;

	FaultsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.primary = redis.primary();
		this.replica = redis.replicas().get(0);
	}

	@BeforeEach
	void read() {
		this.readers = SteadyReaders.sentinel(this.redis);
	}

	@AfterEach
	void stop() throws Exception {
		this.readers.close();
	}

	@ParameterizedTest
	@EnumSource
	void aReplicaThatIsLostAndComesBackHarmsNoRead(Loss loss) {
		loss.begin.accept(this.redis, this.replica);
		this.readers.awaitReplicas(1);
		this.readers.awaitMoreReads();
		loss.end.accept(this.redis, this.replica);
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@ParameterizedTest
	@EnumSource(names = { "FREEZE", "KILL", "CLOSE", "RESET", "REFUSE", "SILENCE" })
	void allReplicasLostAtOnceHarmNoRead(Loss loss) {
		this.redis.replicas().forEach((replica) -> loss.begin.accept(this.redis, replica));
		this.readers.awaitReplicas(0);
		this.readers.awaitMoreReads();
		this.redis.replicas().forEach((replica) -> loss.end.accept(this.redis, replica));
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@Test
	void aRestartOfAReplicaHarmsNoRead() {
		this.redis.restart(this.replica);
		this.readers.awaitMoreReads();
		this.readers.awaitReplicas(2);
		this.readers.assertUnharmed();
	}

	@Test
	void aReplicaThatIsRestartedEmptyGivesNoEmptyAnswer() {
		// so that it stays empty for long
		this.redis.disconnectReplication(this.replica);
		this.readers.awaitReplicas(1);
		this.redis.restartEmpty(this.replica);
		this.readers.awaitMoreReads();
		this.redis.healReplication(this.replica);
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.redis.restartEmpty(this.replica);
		this.readers.awaitMoreReads();
		this.readers.awaitReplicas(2);
		this.readers.assertUnharmed();
	}

	@Test
	void aFullResynchronisationGivesNoEmptyAnswer() {
		long before = fullSynchronisations();
		this.redis.execute(this.primary, "CONFIG", "SET", "repl-backlog-size", "16384");
		this.redis.disconnectReplication(this.replica);
		this.readers.awaitReplicas(1);
		for (int i = 0; i < 40; i++) {
			this.redis.execute(this.primary, "SET", "filler-" + i, "x".repeat(100_000));
		}
		this.redis.healReplication(this.replica);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(fullSynchronisations()).isGreaterThan(before));
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@Test
	void aReplicaFiftyTimesSlowerThanItsPeersHarmsNoRead() {
		this.redis.delayClients(this.replica, Duration.ofMillis(20));
		this.readers.awaitMoreReads();
		this.readers.awaitMoreReads();
		this.redis.healClients(this.replica);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@ParameterizedTest
	@EnumSource(names = { "FREEZE", "KILL", "CLOSE", "RESET", "SILENCE" })
	void theLossOfThePrimaryHarmsNoReadFromReplicas(Loss loss) {
		loss.begin.accept(this.redis, this.primary);
		this.readers.awaitMoreReads();
		if (loss == Loss.FREEZE || loss == Loss.KILL) {
			awaitAnotherPrimary();
		}
		this.readers.awaitMoreReads();
		loss.end.accept(this.redis, this.primary);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@Test
	void aFailoverHarmsNoRead() {
		this.redis.failover();
		awaitAnotherPrimary();
		this.readers.awaitMoreReads();
		this.redis.awaitInSync();
		this.readers.awaitReplicas(2);
		this.readers.awaitMoreReads();
		this.readers.assertUnharmed();
	}

	@Test
	void sentinelsThatDieOneByOneHarmNoReadAndNeitherDoesAFaultWithoutThem() {
		for (RedisNode sentinel : this.redis.sentinels()) {
			this.redis.kill(sentinel);
			this.readers.awaitMoreReads();
		}
		this.readers.awaitReplicas(2);
		this.redis.freeze(this.replica);
		this.readers.awaitReplicas(1);
		this.readers.awaitMoreReads();
		this.redis.thaw(this.replica);
		this.readers.awaitReplicas(2);
		this.readers.assertUnharmed();
	}

	private void awaitAnotherPrimary() {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.readers.factories())
				.allSatisfy((factory) -> assertThat(factory.getTopology().primaryAddress()).map(Object::toString)
					.isPresent()
					.get()
					.isNotEqualTo(this.primary.address())));
	}

	private long fullSynchronisations() {
		return this.redis.execute(this.primary, "INFO", "stats")
			.lines()
			.filter((line) -> line.startsWith("sync_full:"))
			.mapToLong((line) -> Long.parseLong(line.substring(10).strip()))
			.sum();
	}

	/**
	 * The ways to lose a node, and to have it back.
	 */
	enum Loss {

		FREEZE(ReplicatedRedis::freeze, ReplicatedRedis::thaw),

		KILL(ReplicatedRedis::kill, ReplicatedRedis::start),

		STOP(ReplicatedRedis::stop, ReplicatedRedis::start),

		CLOSE(ReplicatedRedis::cutClients, ReplicatedRedis::healClients),

		RESET(ReplicatedRedis::resetClients, ReplicatedRedis::healClients),

		REFUSE(ReplicatedRedis::refuseConnections, ReplicatedRedis::healClients),

		SILENCE(ReplicatedRedis::blackholeClients, ReplicatedRedis::healClients),

		CUT_LINK(ReplicatedRedis::cutReplication, ReplicatedRedis::healReplication),

		DISCONNECT_LINK(ReplicatedRedis::disconnectReplication, ReplicatedRedis::healReplication);

		private final Verb begin;

		private final Verb end;

		Loss(Verb begin, Verb end) {
			this.begin = begin;
			this.end = end;
		}

		void begin(ReplicatedRedis redis, RedisNode node) {
			this.begin.accept(redis, node);
		}

		/**
		 * Something that is done to a node.
		 */
		interface Verb {

			void accept(ReplicatedRedis redis, RedisNode node);

		}

	}

}
