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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ReplicatedRedis} with Sentinels.
 */
@WithReplicatedRedis
class ReplicatedRedisIntegrationTests {

	private final ReplicatedRedis redis;

	private final RedisNode primary;

	private final RedisNode replica;

	private final RedisNode otherReplica;

	ReplicatedRedisIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.primary = redis.primary();
		this.replica = redis.replicas().get(0);
		this.otherReplica = redis.replicas().get(1);
	}

	@Test
	void everyReplicaFollowsThePrimary() {
		assertThat(this.redis.nodes()).hasSize(3).contains(this.primary, this.replica, this.otherReplica);
		assertThat(this.redis.sentinels()).hasSize(3);
		assertThat(this.redis.execute(this.primary, "INFO", "replication")).contains("connected_slaves:2");
		set("key", "value");
		this.redis.awaitInSync();
		assertThat(get(this.replica, "key")).isEqualTo("value");
		assertThat(get(this.otherReplica, "key")).isEqualTo("value");
	}

	@Test
	void everySentinelHasAQuorumAndKnowsTheOfficialAddresses() {
		for (RedisNode sentinel : this.redis.sentinels()) {
			assertThat(this.redis.execute(sentinel, "SENTINEL", "CKQUORUM", this.redis.masterName()))
				.startsWith("OK 3 usable Sentinels");
			assertThat(this.redis.execute(sentinel, "SENTINEL", "REPLICAS", this.redis.masterName()))
				.contains(String.valueOf(this.replica.port()), String.valueOf(this.otherReplica.port()));
		}
	}

	@Test
	void delayedReplicaAnswersWithOldData() {
		set("key", "old");
		this.redis.awaitInSync();
		this.redis.delayReplication(this.replica, Duration.ofMillis(400));
		set("key", "new");
		long written = System.nanoTime();
		await().until(() -> "new".equals(get(this.otherReplica, "key")));
		assertThat(get(this.replica, "key")).isEqualTo("old");
		await().pollInterval(Duration.ofMillis(5)).until(() -> "new".equals(get(this.replica, "key")));
		assertThat(Duration.ofNanos(System.nanoTime() - written)).isBetween(Duration.ofMillis(390),
				Duration.ofMillis(1500));
	}

	@Test
	void delayKeepsThroughputAndOrder() {
		this.redis.delayReplication(this.replica, Duration.ofMillis(200));
		long start = System.nanoTime();
		for (int i = 1; i <= 500; i++) {
			this.redis.execute(this.primary, "RPUSH", "list", String.valueOf(i));
		}
		long writing = System.nanoTime() - start;
		this.redis.awaitInSync();
		assertThat(Duration.ofNanos(System.nanoTime() - start - writing)).isLessThan(Duration.ofMillis(1500));
		assertThat(this.redis.execute(this.replica, "LRANGE", "list", "0", "-1"))
			.isEqualTo(this.redis.execute(this.primary, "LRANGE", "list", "0", "-1"));
	}

	@Test
	void healingDeliversWhatADelayHoldsBack() {
		this.redis.delayReplication(this.replica, Duration.ofSeconds(4));
		set("key", "value");
		this.redis.healReplication(this.replica);
		await().atMost(Duration.ofSeconds(2)).until(() -> "value".equals(get(this.replica, "key")));
	}

	@Test
	void delayOfAReplicaHoldsAfterAFailover() {
		this.redis.delayReplication(this.replica, Duration.ofMillis(300));
		this.redis.delayReplication(this.otherReplica, Duration.ofMillis(300));
		this.redis.failover();
		RedisNode newPrimary = this.redis.primary();
		RedisNode follower = newPrimary.equals(this.replica) ? this.otherReplica : this.replica;
		this.redis.execute(newPrimary, "SET", "key", "value");
		assertThat(get(follower, "key")).isNull();
		await().until(() -> "value".equals(get(follower, "key")));
	}

	@Test
	void cutReplicaStandsStillAndFinallyNotices() {
		long before = this.redis.offset(this.replica);
		this.redis.cutReplication(this.replica);
		set("key", "value");
		await().until(() -> "value".equals(get(this.otherReplica, "key")));
		assertThat(this.redis.execute(this.replica, "INFO", "replication")).contains("master_link_status:up");
		await().atMost(Duration.ofSeconds(15)).until(() -> !isLinkUp(this.replica));
		assertThat(this.redis.offset(this.replica)).isLessThanOrEqualTo(before + 200);
		assertThat(get(this.replica, "key")).isNull();
		assertThat(this.redis.execute(this.primary, "INFO", "replication")).contains("connected_slaves:1");
		this.redis.healReplication(this.replica);
		this.redis.awaitInSync();
		assertThat(get(this.replica, "key")).isEqualTo("value");
	}

	@Test
	void healedReplicaHasNoHoleInItsData() {
		set("before", "1");
		this.redis.cutReplication(this.replica);
		set("during", "2");
		this.redis.healReplication(this.replica);
		set("after", "3");
		this.redis.awaitInSync();
		assertThat(this.redis.execute(this.replica, "MGET", "before", "during", "after")).isEqualTo("1\n2\n3");
	}

	@Test
	void disconnectedReplicaReportsItsLinkDown() {
		this.redis.disconnectReplication(this.replica);
		assertThat(isLinkUp(this.replica)).isFalse();
		assertThat(isLinkUp(this.otherReplica)).isTrue();
		this.redis.healReplication(this.replica);
		this.redis.awaitInSync();
		assertThat(isLinkUp(this.replica)).isTrue();
	}

	@Test
	void cutClientsLoseTheirConnectionsWhileReplicationGoesOn() throws IOException {
		try (RespConnection client = connect(this.replica)) {
			assertThat(client.call("GET", "key")).isNull();
			this.redis.cutClients(this.replica);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call("GET", "key"));
		}
		try (RespConnection client = connect(this.replica)) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call("GET", "key"));
		}
		set("key", "value");
		this.redis.awaitInSync();
		this.redis.healClients(this.replica);
		try (RespConnection client = connect(this.replica)) {
			assertThat(client.call("GET", "key")).isEqualTo("value");
		}
	}

	@Test
	void resetClientsLoseTheirConnectionsWhileReplicationGoesOn() throws IOException {
		try (RespConnection client = connect(this.replica)) {
			assertThat(client.call("GET", "key")).isNull();
			this.redis.resetClients(this.replica);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call("GET", "key"));
		}
		set("key", "value");
		this.redis.awaitInSync();
		this.redis.healClients(this.replica);
		try (RespConnection client = connect(this.replica)) {
			assertThat(client.call("GET", "key")).isEqualTo("value");
		}
	}

	@Test
	void refusedConnectionsLeaveTheReplicaInStepWithItsPrimary() throws IOException {
		this.redis.refuseConnections(this.replica);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(this.replica));
		set("key", "value");
		this.redis.awaitInSync();
		this.redis.healClients(this.replica);
		try (RespConnection client = connect(this.replica)) {
			assertThat(client.call("GET", "key")).isEqualTo("value");
		}
	}

	@Test
	void cutClientsOfThePrimaryDoNotWorryReplicasAndSentinels() {
		String runs = this.redis.execute(this.primary, "INFO", "replication");
		this.redis.cutClients(this.primary);
		await().during(Duration.ofSeconds(2))
			.atMost(Duration.ofSeconds(5))
			.until(() -> isLinkUp(this.replica) && this.redis.primary() == this.primary);
		assertThat(runs).contains("connected_slaves:2");
		assertThat(this.redis.execute(this.redis.sentinels().get(0), "SENTINEL", "MASTER", this.redis.masterName()))
			.contains("flags\nmaster\n");
	}

	@Test
	void blackholedClientGetsNoAnswerAndLosesItsConnectionWhenHealed() throws IOException {
		try (RespConnection client = connect(this.primary)) {
			client.call("PING");
			client.call("GET", "key");
			this.redis.blackholeClients(this.primary);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call("SET", "key", "lost"))
				.withMessageContaining("timed out");
			this.redis.healClients(this.primary);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call("GET", "key"));
		}
		assertThat(get(this.primary, "key")).isNull();
	}

	@Test
	void delayedClientGetsItsReplyLater() throws IOException {
		this.redis.delayClients(this.replica, Duration.ofMillis(200));
		try (RespConnection client = connect(this.replica)) {
			long start = System.nanoTime();
			client.call("GET", "key");
			assertThat(System.nanoTime() - start).isGreaterThan(Duration.ofMillis(200).toNanos());
		}
	}

	@Test
	void failoverMakesAnotherNodeThePrimary() {
		set("key", "value");
		this.redis.awaitInSync();
		this.redis.failover();
		assertThat(this.redis.primary()).isNotEqualTo(this.primary);
		assertThat(this.redis.replicas()).hasSize(2).contains(this.primary);
		assertThat(get(this.redis.primary(), "key")).isEqualTo("value");
		assertThat(this.redis.execute(this.redis.primary(), "ROLE")).startsWith("master");
	}

	@Test
	void resetAfterAFailoverDoesNotWaitForSentinel() {
		this.redis.failover();
		RedisNode newPrimary = this.redis.primary();
		this.redis.reset();
		assertThat(this.redis.primary()).isEqualTo(newPrimary);
		assertThat(this.redis.execute(newPrimary, "INFO", "replication")).contains("connected_slaves:2");
	}

	@Test
	void sentinelReplacesAKilledPrimary() {
		set("key", "value");
		this.redis.awaitInSync();
		this.redis.kill(this.primary);
		await().atMost(Duration.ofSeconds(30)).until(() -> this.redis.primary() != this.primary);
		await().atMost(Duration.ofSeconds(10))
			.until(() -> this.redis.execute(this.redis.primary(), "ROLE").startsWith("master"));
		assertThat(get(this.redis.primary(), "key")).isEqualTo("value");
	}

	@Test
	void frozenNodeAnswersNothingAndThawedOneAnswers() throws IOException {
		try (RespConnection client = connect(this.replica)) {
			assertThat(client.call("PING")).isEqualTo("PONG");
			this.redis.freeze(this.replica);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.call("PING"))
				.withMessageContaining("timed out");
		}
		assertThatIllegalStateException().isThrownBy(() -> get(this.replica, "key"))
			.withMessage(this.replica + " is frozen and cannot answer to GET");
		this.redis.thaw(this.replica);
		assertThat(get(this.replica, "key")).isNull();
	}

	@Test
	void killedNodeIsGoneAndComesBackAtTheSameAddress() {
		String run = runId(this.replica);
		set("key", "value");
		this.redis.kill(this.replica);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> connect(this.replica));
		this.redis.start(this.replica);
		assertThat(runId(this.replica)).isNotEqualTo(run);
		this.redis.awaitInSync();
		assertThat(get(this.replica, "key")).isEqualTo("value");
	}

	@Test
	void killedSentinelDoesNotHideThePrimary() {
		this.redis.kill(this.redis.sentinels().get(0));
		this.redis.freeze(this.redis.sentinels().get(1));
		assertThat(this.redis.primary()).isEqualTo(this.primary);
	}

	@Test
	void commandsAreCountedPerNode() {
		this.redis.resetStatistics();
		set("key", "value");
		get(this.replica, "key");
		get(this.replica, "key");
		assertThat(this.redis.commandsServed(this.primary, "SET")).isOne();
		assertThat(this.redis.commandsServed(this.primary, "GET")).isZero();
		assertThat(this.redis.commandsServed(this.replica, "get", "MGET")).isEqualTo(2);
		assertThat(this.redis.commandsServed(this.primary)).isOne();
		this.redis.resetStatistics();
		assertThat(this.redis.commandsServed(this.replica, "GET")).isZero();
	}

	@Test
	void errorOfAServerNamesTheNodeAndTheCommand() {
		assertThatIllegalStateException().isThrownBy(() -> this.redis.execute(this.primary, "NONSENSE", "x"))
			.withMessageStartingWith(this.primary + " answered to NONSENSE x with 'ERR unknown command");
	}

	@Test
	void delayBeyondTheTimeoutOfTheLinkIsRejected() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.redis.delayReplication(this.replica, Duration.ofSeconds(5)))
			.withMessage("'delay' must be at least 0 and less than the repl-timeout of PT5S, but is PT5S");
	}

	@Test
	void foreignNodeIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.redis.kill(new RedisNode("node-9", 1)));
	}

	@Test
	void linksOfSentinelsCannotBeCut() {
		assertThatIllegalStateException().isThrownBy(() -> this.redis.cutClients(this.redis.sentinels().get(0)))
			.withMessage("cutClients is not possible at a Sentinel");
	}

	@Test
	void nothingIsLeftRunningAfterClose() {
		Set<Thread> threads = Thread.getAllStackTraces().keySet();
		List<Long> pids = new ArrayList<>();
		List<Integer> ports = new ArrayList<>();
		try (ReplicatedRedis other = startLocally()) {
			List<RedisNode> all = new ArrayList<>(other.nodes());
			all.addAll(other.sentinels());
			for (RedisNode node : all) {
				pids.add(Long
					.valueOf(other.execute(node, "INFO", "server").replaceAll("(?s).*process_id:(\\d+).*", "$1")));
				ports.add(node.port());
			}
			other.freeze(other.primary());
		}
		assertThat(new HashSet<>(pids)).hasSize(3);
		assertThat(pids)
			.allSatisfy((pid) -> assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty());
		assertThat(ports).allSatisfy((port) -> assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> RespConnection.open(port, Duration.ofSeconds(1), null)));
		assertThat(Thread.getAllStackTraces().keySet())
			.filteredOn((thread) -> thread.getName().startsWith("lagwise-testkit") && !threads.contains(thread))
			.isEmpty();
	}

	private void set(String key, String value) {
		this.redis.execute(this.primary, "SET", key, value);
	}

	private String get(RedisNode node, String key) {
		return this.redis.execute(node, "GET", key);
	}

	private boolean isLinkUp(RedisNode node) {
		return this.redis.execute(node, "INFO", "replication").contains("master_link_status:up");
	}

	private String runId(RedisNode node) {
		return this.redis.execute(node, "INFO", "server").replaceAll("(?s).*run_id:(\\w+).*", "$1");
	}

	private static ReplicatedRedis startLocally() {
		Provider provider = (Settings.provider() == Provider.CONTAINER) ? Provider.EMBEDDED : Settings.provider();
		return ReplicatedRedis.builder().provider(provider).replicas(1).sentinels(1).start();
	}

	private static RespConnection connect(RedisNode node) throws IOException {
		return RespConnection.open(node.port(), Duration.ofSeconds(1), null);
	}

	@Nested
	class Reset {

		@Test
		void repairsWhateverWasBroken() {
			ReplicatedRedis redis = ReplicatedRedisIntegrationTests.this.redis;
			RedisNode primary = ReplicatedRedisIntegrationTests.this.primary;
			redis.execute(primary, "SET", "key", "value");
			redis.execute(primary, "CONFIG", "SET", "min-replicas-to-write", "5");
			redis.cutReplication(redis.nodes().get(1));
			redis.blackholeClients(primary);
			redis.refuseConnections(redis.nodes().get(2));
			redis.promote(redis.nodes().get(1));
			redis.kill(redis.nodes().get(2));
			redis.kill(redis.sentinels().get(0));
			redis.freeze(redis.sentinels().get(2));
			redis.freeze(redis.nodes().get(0));
			redis.reset();
			assertThat(redis.commandsServed(redis.primary())).isZero();
			for (RedisNode node : redis.nodes()) {
				assertThat(redis.execute(node, "CONFIG", "GET", "min-replicas-to-write")).endsWith("\n0");
				assertThat(redis.execute(node, "DBSIZE")).isEqualTo("0");
			}
			assertThat(redis.execute(redis.primary(), "INFO", "replication")).contains("connected_slaves:2");
		}

		@Test
		void survivesAPrimaryThatWasKilledForLong() {
			ReplicatedRedis redis = ReplicatedRedisIntegrationTests.this.redis;
			RedisNode primary = ReplicatedRedisIntegrationTests.this.primary;
			redis.kill(primary);
			await().atMost(Duration.ofSeconds(30)).until(() -> redis.primary() != primary);
			redis.reset();
			assertThat(redis.primary()).isNotEqualTo(primary);
			redis.awaitInSync();
		}

	}

}
