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
import java.util.List;
import java.util.Locale;
import java.util.Random;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is done to the servers while clients work.
 */
enum Nemesis {

	NONE {

		@Override
		void strike(HistoryRun run) {
			run.goOn(Duration.ofSeconds(4));
		}

	},

	CHANGING_DELAY {

		@Override
		void strike(HistoryRun run) {
			Random random = new Random(1);
			for (int i = 0; i < 20; i++) {
				run.redis()
					.replicas()
					.forEach((replica) -> run.redis()
						.delayReplication(replica, Duration.ofMillis(1 + random.nextInt(50))));
				run.goOn(Duration.ofMillis(200));
			}
		}

	},

	FROZEN_REPLICA {

		@Override
		void strike(HistoryRun run) {
			for (int i = 0; i < 4; i++) {
				RedisNode replica = run.redis().replicas().get(i % 2);
				// beyond the attempt timeout, and within
				run.redis().freeze(replica);
				run.goOn(Duration.ofMillis((i < 2) ? 600 : 120));
				run.redis().thaw(replica);
				run.goOn(Duration.ofMillis(400));
			}
		}

	},

	/**
	 * Replicas are far behind already when their answers begin to take long.
	 */
	LATE_ANSWERS {

		@Override
		void strike(HistoryRun run) {
			List<RedisNode> replicas = run.redis().replicas();
			replicas.forEach((replica) -> run.redis().delayReplication(replica, Duration.ofMillis(220)));
			run.goOn(Duration.ofMillis(500));
			for (int i = 0; i < 8; i++) {
				replicas.forEach((replica) -> run.redis().delayClients(replica, Duration.ofMillis(150)));
				run.goOn(Duration.ofMillis(200));
				replicas.forEach((replica) -> run.redis().healClients(replica));
				run.goOn(Duration.ofMillis(400));
			}
		}

	},

	REPLICA_RESTARTED_EMPTY {

		@Override
		void strike(HistoryRun run) {
			run.redis().replicas().forEach((replica) -> {
				run.redis().restartEmpty(replica);
				run.goOn(Duration.ofMillis(1500));
			});
		}

	},

	REPLICA_RESTARTED_WITH_SNAPSHOT {

		@Override
		void strike(HistoryRun run) {
			run.redis().replicas().forEach((replica) -> {
				run.redis().execute(replica, "SAVE");
				run.goOn(Duration.ofMillis(500));
				run.redis().kill(replica);
				run.redis().start(replica);
				run.goOn(Duration.ofMillis(1500));
			});
		}

	},

	REPLICA_RESTARTED_WITH_LOG {

		@Override
		void strike(HistoryRun run) {
			assertThat(run.redis().execute(run.redis().primary(), "CONFIG", "GET", "appendonly")).endsWith("yes");
			run.goOn(Duration.ofMillis(500));
			run.redis().replicas().forEach((replica) -> {
				run.redis().kill(replica);
				run.redis().start(replica);
				run.goOn(Duration.ofMillis(1500));
			});
		}

	},

	CUT_LINK {

		@Override
		void strike(HistoryRun run) {
			List<RedisNode> replicas = run.redis().replicas();
			run.redis().cutReplication(replicas.get(0));
			run.goOn(Duration.ofMillis(1500));
			run.redis().cutReplication(replicas.get(1));
			run.goOn(Duration.ofMillis(1500));
			run.redis().healReplication(replicas.get(0));
			run.goOn(Duration.ofMillis(1500));
			run.redis().healReplication(replicas.get(1));
			run.goOn(Duration.ofMillis(500));
		}

	},

	DISCONNECTED_LINK {

		@Override
		void strike(HistoryRun run) {
			run.redis().replicas().forEach((replica) -> {
				run.redis().disconnectReplication(replica);
				run.goOn(Duration.ofMillis(700));
				run.redis().healReplication(replica);
				run.goOn(Duration.ofMillis(1500));
			});
		}

	},

	FULL_RESYNCHRONIZATION {

		@Override
		void strike(HistoryRun run) {
			RedisNode primary = run.redis().primary();
			long before = fullSynchronizations(run.redis(), primary);
			run.redis().execute(primary, "CONFIG", "SET", "repl-backlog-size", "16384");
			run.redis().replicas().forEach((replica) -> {
				run.redis().disconnectReplication(replica);
				for (int i = 0; i < 40; i++) {
					run.redis().execute(primary, "SET", "filler-" + i, "x".repeat(100_000));
				}
				run.goOn(Duration.ofMillis(200));
				run.redis().healReplication(replica);
				run.goOn(Duration.ofMillis(1500));
			});
			await().atMost(Duration.ofSeconds(30))
				.until(() -> fullSynchronizations(run.redis(), primary) >= before + 2);
		}

	},

	FAILOVER {

		@Override
		void strike(HistoryRun run) {
			run.goOn(Duration.ofMillis(500));
			failOver(run);
			run.goOn(Duration.ofMillis(1500));
		}

	},

	DOUBLE_FAILOVER {

		@Override
		void strike(HistoryRun run) {
			run.goOn(Duration.ofMillis(500));
			failOver(run);
			run.goOn(Duration.ofMillis(500));
			failOver(run);
			run.goOn(Duration.ofMillis(1500));
		}

	},

	FAILOVER_THAT_LOSES_WRITES {

		@Override
		void strike(HistoryRun run) {
			run.goOn(Duration.ofMillis(500));
			run.writesMayBeLostFromNowOn();
			run.redis().replicas().forEach((replica) -> run.redis().delayReplication(replica, Duration.ofSeconds(1)));
			run.goOn(Duration.ofMillis(700));
			RedisNode old = run.redis().primary();
			run.redis().kill(old);
			run.awaitPrimaryOtherThan(old);
			run.redis()
				.nodes()
				.forEach((node) -> run.redis().delayReplication(node, Duration.ofMillis((node == old) ? 30 : 1)));
			run.goOn(Duration.ofMillis(700));
			run.redis().start(old);
			demote(run, old);
			run.goOn(Duration.ofMillis(1500));
		}

	},

	PAUSED_PRIMARY {

		@Override
		void strike(HistoryRun run) {
			run.goOn(Duration.ofMillis(500));
			run.redis().replicas().forEach((replica) -> run.redis().delayReplication(replica, Duration.ofMillis(200)));
			run.goOn(Duration.ofMillis(500));
			RedisNode old = run.redis().primary();
			run.writesMayBeLostFromNowOn();
			run.redis().freeze(old);
			run.awaitPrimaryOtherThan(old);
			run.goOn(Duration.ofMillis(500));
			run.redis().thaw(old);
			run.goOn(Duration.ofMillis(1000));
			demote(run, old);
			run.goOn(Duration.ofMillis(1500));
		}

	},

	PROMOTION_BY_HAND {

		@Override
		void strike(HistoryRun run) {
			for (int i = 0; i < 2; i++) {
				run.goOn(Duration.ofMillis(500));
				RedisNode old = run.redis().primary();
				RedisNode next = run.redis().replicas().get(i);
				run.writesMayBeLostFromNowOn();
				run.redis().demote(old, next);
				run.redis().promote(next);
				run.redis()
					.nodes()
					.stream()
					.filter((node) -> node != old && node != next)
					.forEach((node) -> run.redis().demote(node, next));
				run.awaitPrimaryOtherThan(old);
				run.goOn(Duration.ofMillis(1500));
			}
		}

	},

	PRIMARY_RESTARTED_EMPTY {

		@Override
		void strike(HistoryRun run) {
			run.goOn(Duration.ofMillis(1000));
			run.writesMayBeLostFromNowOn();
			run.redis().restartEmpty(run.redis().primary());
			run.goOn(Duration.ofMillis(2500));
		}

	},

	PRIMARY_RESTARTED_WITH_SNAPSHOT {

		@Override
		void strike(HistoryRun run) {
			RedisNode primary = run.redis().primary();
			run.goOn(Duration.ofMillis(1000));
			run.redis().execute(primary, "SAVE");
			run.goOn(Duration.ofMillis(500));
			run.writesMayBeLostFromNowOn();
			run.redis().kill(primary);
			run.redis().start(primary);
			run.goOn(Duration.ofMillis(2500));
		}

	};

	/**
	 * Do it, while the clients work for a few seconds.
	 */
	abstract void strike(HistoryRun run);

	String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	private static void failOver(HistoryRun run) {
		RedisNode old = run.redis().primary();
		run.writesMayBeLostFromNowOn();
		run.redis().failover();
		run.awaitPrimaryOtherThan(old);
		run.goOn(Duration.ofMillis(1000));
		demote(run, old);
		run.goOn(Duration.ofMillis(500));
	}

	/**
	 * Do what Sentinel would do some ten seconds later.
	 */
	private static void demote(HistoryRun run, RedisNode old) {
		RedisNode primary = run.redis().primary();
		if (primary != old) {
			run.redis().demote(old, primary);
		}
	}

	private static long fullSynchronizations(ReplicatedRedis redis, RedisNode primary) {
		return redis.execute(primary, "INFO", "stats")
			.lines()
			.filter((line) -> line.startsWith("sync_full:"))
			.mapToLong((line) -> Long.parseLong(line.substring(10).strip()))
			.sum();
	}

}
