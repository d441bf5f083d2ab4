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

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lagwise.replication.NodeState;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisSentinelConnection;
import org.springframework.data.redis.connection.RedisServer;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Follows what happens to nodes that Sentinels watch.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class SentinelTopologyIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	SentinelTopologyIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.resetStatistics();
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aDeadSentinelIsToldOnceAndSoIsItsReturn(CapturedOutput output) {
		RedisNode sentinel = this.redis.sentinels().get(0);
		this.redis.kill(sentinel);
		String address = sentinel.address();
		await().atMost(Duration.ofSeconds(30)).until(() -> output.toString().contains("WARN"));
		assertThat(output).containsOnlyOnce("WARN")
			.containsPattern("WARN .* Sentinel " + address + " of 'lagwise' has no vote \\(.*[Cc]onnection .*\\): .*"
					+ this.redis.sentinels().get(1).address() + ", " + this.redis.sentinels().get(2).address()
					+ " decide without it");
		assertThat(this.factory.report().sentinels()).filteredOn((it) -> it.trouble() != null)
			.extracting((it) -> it.address().toString())
			.containsExactly(address);
		this.template.opsForValue().set("key", "still");
		this.redis.start(sentinel);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(output).containsOnlyOnce("WARN")
				.containsOnlyOnce("Sentinel " + address + " of 'lagwise' has its vote again"));
	}

	@Test
	void sentinelCommandsReachASentinel() throws IOException {
		try (RedisSentinelConnection sentinel = this.factory.getSentinelConnection()) {
			assertThat(sentinel.masters()).extracting(RedisServer::getName).containsExactly(this.redis.masterName());
		}
	}

	@Test
	void aFailoverIsFollowedByReadsWritesAndConnections() {
		RedisNode old = this.redis.primary();
		RedisSentinelConnection sentinel = this.factory.getSentinelConnection();
		Set<String> atSentinel = Clients.ids(this.redis, this.redis.sentinels().get(0));
		this.redis.failover();
		RedisNode primary = this.redis.primary();
		assertThat(primary).isNotEqualTo(old);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(primaryOf(this.factory)).isEqualTo(primary.address()));
		await().atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.untilAsserted(() -> this.template.opsForValue().set("key", "newer"));
		this.redis.awaitInSync();
		TestFactories.awaitReadsFrom(this.factory, 2);
		this.redis.resetStatistics();
		for (int i = 0; i < 400; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("newer");
			this.template.opsForValue().set("other", "value");
		}
		assertThat(this.redis.commandsServed(primary, "get")).isZero();
		assertThat(this.redis.replicas()).contains(old)
			.allSatisfy((replica) -> assertThat(this.redis.commandsServed(replica, "get")).isBetween(100L, 300L));
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(Clients.ids(this.redis, old)).as("a probe and reads").hasSize(2));
		assertThat(sentinel.isOpen()).isTrue();
		assertThat(Clients.ids(this.redis, this.redis.sentinels().get(0))).containsAll(atSentinel);
	}

	@Test
	void readsGoOnFromReplicasWhileThePrimaryIsDead() {
		RedisNode primary = this.redis.primary();
		this.redis.sentinels().forEach(this.redis::freeze);
		this.redis.kill(primary);
		awaitState(primary, NodeState.UNREACHABLE);
		for (RedisNode replica : this.redis.replicas()) {
			await().atMost(Duration.ofSeconds(20))
				.until(() -> this.redis.execute(replica, "INFO", "replication").contains("master_link_status:down"));
		}
		for (int i = 0; i < 200; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(this.factory.getReadableReplicas()).hasSize(2);
	}

	@Test
	void aReplicaThatDoesNotHearFromItsPrimaryIsNotAskedUntilItDoesAgain() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.disconnectReplication(replica);
		awaitState(replica, NodeState.LINK_DOWN);
		assertThatNoReadReaches(replica);
		this.redis.healReplication(replica);
		assertThatReadsReach(replica);
	}

	@Test
	void aReplicaWhoseLinkDiesSilentlyIsNotAskedOnceItKnows() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.cutReplication(replica);
		awaitState(replica, NodeState.LINK_DOWN);
		assertThatNoReadReaches(replica);
	}

	@Test
	void aFrozenReplicaIsNotAskedUntilItAnswersAgain() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.freeze(replica);
		// before its connection is given up
		await().atMost(Duration.ofSeconds(2)).until(() -> stateOf(replica) == NodeState.UNREACHABLE);
		for (int i = 0; i < 100; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		this.redis.thaw(replica);
		assertThatReadsReach(replica);
	}

	@Test
	void aReplicaThatClientsCannotReachIsNotAskedUntilTheyCan() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.blackholeClients(replica);
		awaitState(replica, NodeState.UNREACHABLE);
		assertThatNoReadReaches(replica);
		this.redis.healClients(replica);
		assertThatReadsReach(replica);
	}

	@Test
	void aReplicaThatIsKilledAndRestartedComesBack() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.kill(replica);
		awaitState(replica, NodeState.UNREACHABLE);
		for (int i = 0; i < 100; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		this.redis.start(replica);
		assertThatReadsReach(replica);
	}

	@Test
	void aReplicaThatBeginsEmptyNeverHidesAKey() {
		RedisNode replica = this.redis.replicas().get(0);
		Reader reader = Reader.start(this.template, "key");
		this.redis.delayReplication(replica, Duration.ofMillis(500));
		this.redis.restartEmpty(replica);
		this.redis.healReplication(replica);
		this.redis.awaitInSync();
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(reader.stop()).contains("value").isSubsetOf("value", "(failed)");
		assertThatReadsReach(replica);
	}

	@Test
	void oneDeadSentinelChangesNothing() {
		this.redis.kill(this.redis.sentinels().get(0));
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.disconnectReplication(replica);
		awaitState(replica, NodeState.LINK_DOWN);
		this.redis.healReplication(replica);
		assertThatReadsReach(replica);
		this.template.opsForValue().set("key", "newer");
	}

	@Test
	void readsAndWritesGoOnWithoutAnySentinel(CapturedOutput output) {
		this.redis.sentinels().forEach(this.redis::kill);
		await().atMost(Duration.ofSeconds(30)).until(() -> output.toString().contains("stay in use"));
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.disconnectReplication(replica);
		awaitState(replica, NodeState.LINK_DOWN);
		assertThatNoReadReaches(replica);
		this.template.opsForValue().set("key", "newer");
		this.redis.healReplication(replica);
		this.redis.awaitInSync();
		assertThatReadsReach(replica);
		assertThat(this.template.opsForValue().get("key")).isEqualTo("newer");
	}

	@Test
	void readsThatTheirCallersGiveUpDoNotStayInFlight() {
		List<ReadCandidate> candidates = new CopyOnWriteArrayList<>();
		ReplicaAwareConnectionFactory counting = TestFactories.started(
				new ReplicaAwareConnectionFactory(TestFactories.sentinelConfiguration(this.redis),
						TestFactories.clientConfiguration()),
				this.redis, (it) -> it.setReadOptions(ReplicaReadOptions.DEFAULTS.withLoadBalancer((replicas) -> {
					candidates.addAll(replicas);
					return candidates.size() % replicas.size();
				})));
		try (RedisConnection connection = counting.getConnection()) {
			this.redis.replicas().forEach(this.redis::freeze);
			List<RedisFuture<byte[]>> reads = new ArrayList<>();
			for (int i = 0; i < 2000 && counting.getReadableReplicas().size() == 2; i++) {
				reads.add(nativeCommands(connection).get(new byte[] { 'k' }));
			}
			assertThat(inFlight(candidates)).isPositive();
			reads.forEach((read) -> read.cancel(true));
			this.redis.replicas().forEach(this.redis::thaw);
			await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(inFlight(candidates)).isZero());
		}
		finally {
			counting.destroy();
		}
	}

	@SuppressWarnings({ "unchecked", "deprecation" })
	private static RedisAsyncCommands<byte[], byte[]> nativeCommands(RedisConnection connection) {
		return (RedisAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	private static int inFlight(List<ReadCandidate> candidates) {
		return Set.copyOf(candidates).stream().mapToInt(ReadCandidate::readsInFlight).sum();
	}

	private void awaitState(RedisNode node, NodeState state) {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(
					() -> assertThat(stateOf(node)).as(() -> this.factory.getTopology().toString()).isEqualTo(state));
	}

	private NodeState stateOf(RedisNode node) {
		TopologyNode primary = this.factory.getTopology().primary();
		if (primary != null && primary.address().toString().equals(node.address())) {
			return primary.state();
		}
		return this.factory.getTopology()
			.replicas()
			.stream()
			.filter((it) -> it.address().toString().equals(node.address()))
			.map(TopologyNode::state)
			.findFirst()
			.orElse(NodeState.UNKNOWN);
	}

	private void assertThatNoReadReaches(RedisNode replica) {
		this.redis.resetStatistics();
		for (int i = 0; i < 100; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(this.redis.commandsServed(replica, "get")).isZero();
		assertThat(this.redis.commandsServed(this.redis.primary(), "get")).isZero();
	}

	private void assertThatReadsReach(RedisNode replica) {
		TestFactories.awaitReadsFrom(this.factory, 2);
		this.redis.resetStatistics();
		for (int i = 0; i < 100; i++) {
			assertThat(this.template.opsForValue().get("key")).isNotNull();
		}
		assertThat(this.redis.commandsServed(replica, "get")).isBetween(20L, 80L);
	}

	private static String primaryOf(ReplicaAwareConnectionFactory factory) {
		return factory.getTopology().primaryAddress().map(Object::toString).orElse("none");
	}

}
