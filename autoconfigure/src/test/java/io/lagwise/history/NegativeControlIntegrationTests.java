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

package io.lagwise.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.history.Operation.Kind;
import io.lagwise.history.Operation.Outcome;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What looks as if it kept the promises, and does not: the checker must find it on real
 * servers, or its silence elsewhere proves nothing.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class NegativeControlIntegrationTests {

	private static final Duration TOLERANCE = Duration.ofMillis(100);

	private final ReplicatedRedis redis;

	private final HistoryRecorder recorder = new HistoryRecorder();

	private final List<RedisClient> clients = new ArrayList<>();

	NegativeControlIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.clients.forEach((client) -> client.shutdown(Duration.ZERO, Duration.ofSeconds(2)));
	}

	@Test
	void anyReplicaInPlaceOfAConsistentReadIsFound() {
		try (HistoryRun run = unprotectedRun().delayed()) {
			run.goOnFor(3000);
			History history = run.end(TOLERANCE);
			List<Anomaly> anomalies = HistoryChecker.check(history);
			HistoryTable table = new HistoryTable("history-unprotected");
			table.add("any replica, 1 and 30 ms behind", history, anomalies, Map.of());
			table.print();
			assertThat(violations(anomalies, Guarantee.READ_YOUR_WRITES)).isGreaterThan(20);
			assertThat(violations(anomalies, Guarantee.MONOTONIC_READS)).isGreaterThan(5);
		}
	}

	@Test
	void mostReadsRightAfterAWriteAreStaleBehindADelay() {
		Duration delay = Duration.ofMillis(200);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, delay));
		try (HistoryRun run = unprotectedRun()) {
			run.goOnFor(2000);
			History history = run.end(TOLERANCE);
			Set<Operation> found = HistoryChecker.check(history)
				.stream()
				.filter(violationOf(Guarantee.READ_YOUR_WRITES))
				.flatMap((anomaly) -> anomaly.evidence().stream())
				.filter((operation) -> !operation.isWrite())
				.collect(Collectors.toSet());
			List<Operation> stale = history.operations()
				.stream()
				.filter((read) -> read.isAnsweredRead() && read.isAnsweredByReplica() && read.level().isConsistent())
				.filter((read) -> isRightAfterAWrite(read, history, delay))
				.toList();
			assertThat(stale).hasSizeGreaterThan(20);
			assertThat(found).containsAll(stale);
		}
	}

	@Test
	void anyReplicaInPlaceOfABoundedReadIsFoundWhereALinkIsCut() {
		try (HistoryRun run = unprotectedRun()) {
			this.redis.cutReplication(this.redis.replicas().get(0));
			run.goOnFor(2000);
			List<Anomaly> anomalies = HistoryChecker.check(run.end(TOLERANCE));
			assertThat(violations(anomalies, Guarantee.BOUNDED_STALENESS)).isPositive();
		}
	}

	@Test
	void confirmationByAConnectionThatHasNotWrittenIsFound() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.delayReplication(replica, Duration.ofSeconds(2));
		RedisCommands<String, String> writer = connect(this.redis.primary());
		RedisCommands<String, String> waiter = connect(this.redis.primary());
		long invokedAt = System.nanoTime();
		writer.rpush("list", "a");
		boolean confirmed = waiter.waitForReplication(2, 1000) == 2;
		record(Kind.APPEND, null, "a", List.of(), invokedAt, confirmed);
		readList(replica);
		assertThat(confirmed).isTrue();
		assertThat(check(History.NEVER)).anyMatch(violationOf(Guarantee.CONFIRMED_WRITES))
			.anyMatch(violationOf(Guarantee.READ_YOUR_WRITES));
	}

	@Test
	void confirmationByTheConnectionThatHasWrittenIsFine() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.delayReplication(replica, Duration.ofMillis(200));
		RedisCommands<String, String> writer = connect(this.redis.primary());
		long invokedAt = System.nanoTime();
		writer.rpush("list", "a");
		boolean confirmed = writer.waitForReplication(2, 30_000) == 2;
		record(Kind.APPEND, null, "a", List.of(), invokedAt, confirmed);
		readList(replica);
		assertThat(confirmed).isTrue();
		assertThat(check(History.NEVER)).isEmpty();
	}

	@Test
	void tokenThatIsAnOffsetWithoutReplicationIdIsFoundAfterAFailover() {
		RedisNode old = this.redis.primary();
		RedisNode next = this.redis.replicas().get(0);
		RedisNode replica = this.redis.replicas().get(1);
		this.redis.replicas().forEach(this.redis::cutReplication);
		long invokedAt = System.nanoTime();
		connect(old).rpush("list", "a");
		record(Kind.APPEND, null, "a", List.of(), invokedAt, false);
		long token = this.redis.offset(old);
		long lossesFrom = System.nanoTime();
		this.redis.promote(next);
		this.redis.demote(replica, next);
		this.redis.demote(old, next);
		this.redis.nodes().forEach(this.redis::healReplication);
		RedisCommands<String, String> commands = connect(next);
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			commands.set("filler", "x".repeat(100));
			return this.redis.offset(replica) >= token;
		});
		readList(replica);
		assertThat(check(lossesFrom)).anyMatch(violationOf(Guarantee.READ_YOUR_WRITES))
			.anyMatch(violationOf(Guarantee.ANNOUNCED_LOSS))
			.anyMatch(violationOf(Guarantee.ANNOUNCED_TO_SESSION));
	}

	/**
	 * All reads are of any replica, however far it is behind, whatever they are taken
	 * for.
	 */
	private HistoryRun unprotectedRun() {
		HistoryRun run = new HistoryRun(this.redis);
		run.add(new HistoryClient("unprotected",
				Servers.connect(this.redis, ReplicaReadOptions.DEFAULTS.withMaxLag(Duration.ZERO)),
				new UnprotectedSessions(), (level, bound) -> ReadRequirement.anyReplica(), new ReadTally(),
				run.recorder(), 1));
		run.start();
		return run;
	}

	/**
	 * What the primary has just written cannot have reached the replica.
	 */
	private static boolean isRightAfterAWrite(Operation read, History history, Duration delay) {
		return history.operations()
			.stream()
			.anyMatch(
					(write) -> write.isAcknowledgedWrite() && write.key().equals(read.key()) && write.isWrittenFor(read)
							&& write.isBefore(read) && read.completedAt() - write.invokedAt() < delay.toNanos() / 2);
	}

	private RedisCommands<String, String> connect(RedisNode node) {
		RedisClient client = RedisClient.create(RedisURI.create(node.host(), node.port()));
		this.clients.add(client);
		StatefulRedisConnection<String, String> connection = client.connect();
		return connection.sync();
	}

	private void readList(RedisNode node) {
		RedisCommands<String, String> commands = connect(node);
		long invokedAt = System.nanoTime();
		record(Kind.LIST, Level.CONSISTENT, null, commands.lrange("list", 0, -1), invokedAt, false);
	}

	private void record(Kind kind, Level level, String written, List<String> observed, long invokedAt,
			boolean confirmed) {
		long completedAt = System.nanoTime();
		this.recorder.add(new Operation("client", "session", kind, level, "list", written, observed, invokedAt,
				completedAt, completedAt, Outcome.OK, confirmed, ""));
	}

	private List<Anomaly> check(long lossesFrom) {
		this.redis.nodes().forEach(this.redis::healReplication);
		this.redis.awaitInSync();
		List<String> end = connect(this.redis.primary()).lrange("list", 0, -1);
		return HistoryChecker.check(new History(this.recorder.operations(), List.of(), List.of(),
				Map.of("primary", Map.of("list", end)), "primary", lossesFrom, Duration.ZERO));
	}

	private static long violations(List<Anomaly> anomalies, Guarantee guarantee) {
		return anomalies.stream().filter(violationOf(guarantee)).count();
	}

	private static Predicate<Anomaly> violationOf(Guarantee guarantee) {
		return (anomaly) -> anomaly.guarantee() == guarantee && anomaly.isViolation();
	}

}
