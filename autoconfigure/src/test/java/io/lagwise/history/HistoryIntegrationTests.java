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

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.lagwise.connection.MachinePauses;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every promise is kept on real servers whatever is done to them.
 */
class HistoryIntegrationTests {

	private static final SessionTokens TOKENS = SessionTokens.hmacSha256("a secret that both instances know",
			Duration.ofMinutes(10), Clock.systemUTC());

	private static final HistoryTable TABLE = new HistoryTable("history");

	@AfterAll
	static void print() {
		TABLE.print();
	}

	private static void assertThatPromisesAreKept(ReplicatedRedis redis, Nemesis nemesis) throws Exception {
		Map<String, ReadTally> tallies = new TreeMap<>();
		try (HistoryRun run = new HistoryRun(redis).delayed(); MachinePauses pauses = MachinePauses.measure()) {
			for (ConsistencyEnforcement enforcement : ConsistencyEnforcement.values()) {
				ReadTally tally = new ReadTally();
				String name = enforcement.name().toLowerCase(Locale.ROOT);
				tallies.put(name, tally);
				ReplicaAwareConnectionFactory factory = Servers.connect(redis,
						ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(enforcement)
							.withSessionTokens(TOKENS)
							.withReadListener(tally)
							.withReplicationListener(run.recorder().announcementsTo(name)));
				run.add(new HistoryClient(name, factory, factory.getConsistencySessions(), Level::requirement,
						run.recorder(), 1));
			}
			run.handOverSessions();
			run.start();
			nemesis.strike(run);
			History history = run.end(List.of(), Duration.ofMillis(10).plus(pauses.longest()));
			List<Anomaly> anomalies = HistoryChecker.check(history);
			TABLE.add(nemesis.label(), history, anomalies, tallies);
			assertThat(anomalies.stream().filter(Anomaly::isViolation).toList())
				.withFailMessage(() -> describe(history, anomalies))
				.isEmpty();
			assertThat(history.operations().stream().filter(Operation::isOk)).hasSizeGreaterThan(1000);
			assertThat(history.operations().stream().filter(isConsistentReadOfAReplica())).hasSizeGreaterThan(100);
		}
	}

	private static Predicate<Operation> isConsistentReadOfAReplica() {
		return (operation) -> operation.level() == Level.CONSISTENT && operation.isOk()
				&& operation.isAnsweredByReplica();
	}

	private static String describe(History history, List<Anomaly> anomalies) {
		Map<Guarantee, List<Anomaly>> violations = anomalies.stream()
			.filter(Anomaly::isViolation)
			.collect(Collectors.groupingBy(Anomaly::guarantee, TreeMap::new, Collectors.toList()));
		StringBuilder text = new StringBuilder("Promises are broken");
		violations.forEach((guarantee, examples) -> {
			text.append("\n").append(guarantee).append(": ").append(examples.size()).append(" times, such as");
			examples.stream().limit(3).forEach((example) -> text.append("\n  ").append(example));
		});
		return text.append("\nLosses possible from %.3f ms, told: %s".formatted(history.lossesFrom() / 1e6,
				history.announcements()))
			.toString();
	}

	@Nested
	@WithReplicatedRedis(replicas = 2, sentinels = 3, downAfterMillis = 2000)
	class WithSentinels {

		private final ReplicatedRedis redis;

		WithSentinels(ReplicatedRedis redis) {
			this.redis = redis;
		}

		@ParameterizedTest
		@EnumSource(names = { "NONE", "CHANGING_DELAY", "FROZEN_REPLICA", "REPLICA_RESTARTED_EMPTY",
				"REPLICA_RESTARTED_WITH_SNAPSHOT", "CUT_LINK", "DISCONNECTED_LINK", "FULL_RESYNCHRONIZATION",
				"FAILOVER", "DOUBLE_FAILOVER", "FAILOVER_THAT_LOSES_WRITES", "PAUSED_PRIMARY" })
		void promisesAreKept(Nemesis nemesis) throws Exception {
			assertThatPromisesAreKept(this.redis, nemesis);
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
	class WithoutSentinels {

		private final ReplicatedRedis redis;

		WithoutSentinels(ReplicatedRedis redis) {
			this.redis = redis;
		}

		@ParameterizedTest
		@EnumSource(names = { "PROMOTION_BY_HAND", "PRIMARY_RESTARTED_EMPTY", "PRIMARY_RESTARTED_WITH_SNAPSHOT" })
		void promisesAreKept(Nemesis nemesis) throws Exception {
			assertThatPromisesAreKept(this.redis, nemesis);
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC, config = "appendonly yes")
	class WithAppendOnlyFiles {

		private final ReplicatedRedis redis;

		WithAppendOnlyFiles(ReplicatedRedis redis) {
			this.redis = redis;
		}

		@ParameterizedTest
		@EnumSource(names = "REPLICA_RESTARTED_WITH_LOG")
		void promisesAreKept(Nemesis nemesis) throws Exception {
			assertThatPromisesAreKept(this.redis, nemesis);
		}

	}

}
