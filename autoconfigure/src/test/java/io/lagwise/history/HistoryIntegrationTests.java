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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.convert.DurationStyle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every promise is kept on real servers whatever is done to them.
 */
class HistoryIntegrationTests {

	private static final Duration TIME = DurationStyle.detectAndParse(System.getProperty("lagwise.history.time", "0s"));

	private static final SessionTokens TOKENS = SessionTokens.hmacSha256("a secret that both instances know",
			Duration.ofMinutes(10), Clock.systemUTC());

	private static final Duration TOLERANCE = Duration.ofMillis(5);

	private static final AtomicLong SEEDS = new AtomicLong();

	private static final HistoryTable TABLE = new HistoryTable("history");

	@AfterAll
	static void print() {
		TABLE.print();
	}

	/**
	 * Once, or again and again for the time that the property asks for.
	 */
	private static void assertThatPromisesAreKept(ReplicatedRedis redis, Nemesis nemesis) {
		long end = System.nanoTime() + TIME.toNanos();
		assertThatPromisesAreKeptOnce(redis, nemesis);
		while (System.nanoTime() - end < 0) {
			redis.reset();
			assertThatPromisesAreKeptOnce(redis, nemesis);
		}
	}

	private static void assertThatPromisesAreKeptOnce(ReplicatedRedis redis, Nemesis nemesis) {
		Map<String, ReadTally> tallies = new TreeMap<>();
		try (HistoryRun run = new HistoryRun(redis).delayed()) {
			for (ConsistencyEnforcement enforcement : ConsistencyEnforcement.values()) {
				ReadTally tally = new ReadTally();
				String name = enforcement.name().toLowerCase(Locale.ROOT);
				tallies.put(name, tally);
				ReplicaAwareConnectionFactory factory = Servers.connect(redis,
						options(enforcement, name, tally, run.recorder()));
				run.add(new HistoryClient(name, factory, factory.getConsistencySessions(), Level::requirement, tally,
						run.recorder(), SEEDS.addAndGet(100)));
			}
			run.handOverSessions();
			run.start();
			nemesis.strike(run);
			assertThatPromisesAreKept(nemesis.label(), run.end(TOLERANCE), tallies);
		}
	}

	private static void assertThatPromisesAreKept(String nemesis, History history, Map<String, ReadTally> tallies) {
		List<Anomaly> anomalies = HistoryChecker.check(history);
		TABLE.add(nemesis, history, anomalies, tallies);
		save(nemesis, history, anomalies);
		assertThat(anomalies.stream().filter(Anomaly::isViolation).toList())
			.withFailMessage(() -> describe(history, anomalies))
			.isEmpty();
		assertThat(history.operations().stream().filter(isConsistentReadOfAReplica())).isNotEmpty();
	}

	static ReplicaReadOptions options(ConsistencyEnforcement enforcement, String name, ReadTally tally,
			HistoryRecorder recorder) {
		return ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(enforcement)
			.withSessionTokens(TOKENS)
			.withReadListener(tally)
			.withReplicationListener(recorder.announcementsTo(name));
	}

	private static Predicate<Operation> isConsistentReadOfAReplica() {
		return (operation) -> operation.level() == Level.CONSISTENT && operation.isOk()
				&& operation.isAnsweredByReplica();
	}

	/**
	 * Keep everything that the sessions have seen whose promises are broken.
	 */
	private static void save(String nemesis, History history, List<Anomaly> anomalies) {
		Set<String> sessions = anomalies.stream()
			.filter(Anomaly::isViolation)
			.flatMap((anomaly) -> anomaly.evidence().stream())
			.map(Operation::scope)
			.collect(Collectors.toSet());
		if (!sessions.isEmpty()) {
			try {
				Files.write(Path.of("target", "history-" + nemesis.replace(' ', '-') + ".txt"),
						history.operations()
							.stream()
							.filter((operation) -> sessions.contains(operation.scope()))
							.sorted(Comparator.comparing(Operation::scope).thenComparing(Operation::invokedAt))
							.map(Operation::toString)
							.toList());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
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
		return text
			.append("\nLosses possible from %.3f ms, told: %s".formatted(history.lossesFrom() / 1e6,
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
		@EnumSource(names = { "NONE", "CHANGING_DELAY", "FROZEN_REPLICA", "LATE_ANSWERS", "REPLICA_RESTARTED_EMPTY",
				"REPLICA_RESTARTED_WITH_SNAPSHOT", "CUT_LINK", "DISCONNECTED_LINK", "FULL_RESYNCHRONIZATION",
				"FAILOVER", "DOUBLE_FAILOVER", "FAILOVER_THAT_LOSES_WRITES", "PAUSED_PRIMARY" })
		void promisesAreKept(Nemesis nemesis) {
			assertThatPromisesAreKept(this.redis, nemesis);
		}

	}

	@Nested
	@WithReplicatedRedis(replicas = 2, sentinels = 3, downAfterMillis = 2000)
	class WithAClientThatIsPaused {

		private final ReplicatedRedis redis;

		WithAClientThatIsPaused(ReplicatedRedis redis) {
			this.redis = redis;
		}

		@Test
		void promisesAreKept(@TempDir Path directory) throws Exception {
			Path file = directory.resolve("history");
			try (HistoryRun run = new HistoryRun(this.redis).delayed();
					ClientProcess paused = ClientProcess.start(this.redis, file)) {
				ReadTally tally = new ReadTally();
				ReplicaAwareConnectionFactory factory = Servers.connect(this.redis,
						options(ConsistencyEnforcement.WAIT, "wait", tally, run.recorder()));
				run.add(new HistoryClient("wait", factory, factory.getConsistencySessions(), Level::requirement, tally,
						run.recorder(), 1));
				run.start();
				paused.awaitStart();
				for (int i = 0; i < 6; i++) {
					run.goOn(Duration.ofMillis(500));
					paused.stop();
					// within the bounds of its reads, and beyond
					run.goOn(Duration.ofMillis((i < 3) ? 200 : 700));
					paused.resume();
				}
				run.goOn(Duration.ofMillis(500));
				paused.end();
				run.recorder().load(file);
				assertThatPromisesAreKept("paused client", run.end(TOLERANCE), Map.of("wait", tally));
			}
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
		void promisesAreKept(Nemesis nemesis) {
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
		void promisesAreKept(Nemesis nemesis) {
			assertThatPromisesAreKept(this.redis, nemesis);
		}

	}

}
