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

package io.lagwise.consistency;

import java.time.Duration;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules of the watermark, one by one. A case is a script: {@code p 10 A 100} is a
 * poll of the primary sent at 10 that found it at offset 100 of history A, {@code r 15 A
 * 90} one of the replica, with {@code down} behind it when the link is not up,
 * {@code void 20} an invalidation at 20, and {@code c 30} that the primary, asked at 30,
 * has found the replica to be where it was itself.
 */
class FreshnessWatermarkTests {

	@ParameterizedTest(name = "{0}")
	@CsvSource(
			textBlock = """
					nothing is known,                                 '',                                              none
					only the primary has answered,                    'p 10 A 100',                                    none
					only the replica has answered,                    'r 10 A 100',                                    none
					the replica is in step,                           'p 10 A 100, r 15 A 100',                        10
					the replica answers before the primary,           'r 15 A 100, p 10 A 100',                        10
					the replica is ahead of the last poll,            'p 10 A 100, r 15 A 180',                        10
					the replica is behind the only poll,              'p 10 A 100, r 15 A 99',                         none
					an older poll proves less,                        'p 10 A 100, p 20 A 200, r 25 A 150',            10
					the newest poll that is covered counts,           'p 10 A 100, p 20 A 200, p 30 A 300, r 35 A 299', 20
					the replica catches up step by step,              'p 10 A 100, p 20 A 200, r 25 A 100, r 35 A 200', 20
					nothing written: each poll proves more,           'p 10 A 100, r 15 A 100, p 20 A 100, p 30 A 100', 30
					a write not yet applied: the proof stays,         'p 10 A 100, r 15 A 100, p 20 A 101',            10
					another history,                                  'p 10 A 100, r 15 B 500',                        none
					the replica goes to another history,              'p 10 A 100, r 15 A 100, r 25 B 100',            none
					the primary goes to another history,              'p 10 A 100, r 15 A 100, p 20 B 100',            none
					the replica follows,                              'p 10 A 100, r 15 A 100, p 20 B 100, r 25 B 100', 20
					the replica was there before,                     'p 10 A 100, r 15 B 100, p 20 B 100',            20
					polls of the former history are worth nothing,    'p 10 A 100, p 20 B 900, r 25 B 100',            none
					link down proves nothing new,                     'p 10 A 100, r 15 A 100 down',                   none
					link down keeps what is proven,                   'p 10 A 100, r 15 A 100, p 20 A 200, r 25 A 200 down', 10
					link down while nothing is written,               'p 10 A 100, r 15 A 100, r 25 A 100 down, p 30 A 100', 10
					link up again,                                    'p 10 A 100, r 15 A 100 down, r 25 A 100',       10
					the replica goes back: another process,           'p 10 A 100, r 15 A 100, p 20 A 200, r 25 A 99', none
					the replica goes back and forward,                'p 10 A 100, r 15 A 100, p 20 A 200, r 25 A 99, r 35 A 200', 20
					the primary goes back: another process,           'p 10 A 100, r 15 A 100, p 20 A 99',             none
					the primary goes back and on,                     'p 10 A 100, r 15 A 100, p 20 A 99, r 25 A 99',  20
					voided,                                           'p 10 A 100, r 15 A 100, void 16',               none
					voided: an older poll of the replica is late,     'p 10 A 100, void 16, p 20 A 100, r 15 A 100',   none
					voided: an older poll of the primary is late,     'void 16, p 10 A 100, r 25 A 100',               none
					voided: what was known before does not count,     'p 10 A 100, r 15 A 100, void 16, r 25 A 100',   none
					voided: nor the replica,                          'p 10 A 100, r 15 A 100, void 16, p 20 A 100',   none
					voided: polls sent at that instant do not count,  'void 16, p 16 A 100, r 16 A 100',               none
					proven again,                                     'p 10 A 100, r 15 A 100, void 16, p 20 A 100, r 25 A 100', 20
					an answer that has been overtaken,                'p 20 A 200, p 10 A 100, r 25 A 150',            none
					a replica's answer that has been overtaken,       'p 10 A 100, r 25 A 90, r 15 A 100',             none
					the primary confirms,                             'p 10 A 100, r 15 A 90, r 25 A 90, c 27',        27
					confirmed: more than polls have proven,           'p 10 A 100, r 15 A 100, r 25 A 100, c 27',      27
					confirmed: late and less than polls have proven,  'p 10 A 100, r 15 A 100, r 25 A 100, p 30 A 100, c 27', 30
					confirmed: an earlier one is late,                'p 10 A 100, r 15 A 100, r 25 A 100, c 28, c 27', 28
					confirmed: a poll that proves less is late,       'p 10 A 100, r 15 A 90, r 25 A 90, c 27, r 35 A 100', 27
					confirmed: a poll proves more later,              'p 10 A 100, r 15 A 90, r 25 A 90, c 27, p 30 A 100, r 35 A 100', 30
					confirmed before anything is known,               'c 5',                                           none
					confirmed of a replica that was found once,       'p 10 A 100, r 15 A 90, c 27',                   none
					confirmed before it was found again,              'p 10 A 100, r 15 A 90, r 25 A 90, c 24',        none
					confirmed when it was found again,                'p 10 A 100, r 15 A 90, r 25 A 90, c 25',        none
					confirmed though only the replica has answered,   'r 15 A 90, r 25 A 90, c 27',                    none
					confirmed though only the primary has answered,   'p 10 A 90, p 20 A 90, c 27',                    none
					confirmed of another history,                     'p 10 A 100, r 15 B 90, r 25 B 90, c 27',        none
					confirmed with the link down,                     'p 10 A 100, r 15 A 90, r 25 A 90 down, c 27',   none
					confirmed and then the link is down,              'p 10 A 100, r 15 A 90, r 25 A 90, c 27, r 35 A 90 down', 27
					confirmed and then voided,                        'p 10 A 100, r 15 A 90, r 25 A 90, c 27, void 28', none
					voided and then confirmed by an older question,   'p 10 A 100, r 15 A 90, r 25 A 90, void 28, p 30 A 90, r 35 A 90, r 45 A 90, c 27', 30
					voided: confirmed by a question of that instant,  'p 10 A 100, r 15 A 90, r 25 A 90, void 28, c 28', none
					voided: confirmed before polls have said so,      'p 10 A 100, r 15 A 90, r 25 A 90, void 28, p 30 A 99, r 35 A 90, c 37', none
					voided: confirmed after polls have said so,       'p 10 A 100, r 15 A 90, r 25 A 90, void 28, p 30 A 99, r 35 A 90, r 45 A 90, c 47', 47
					the replica went back: confirmed before that,     'p 10 A 100, r 15 A 90, r 25 A 90, r 35 A 80, r 45 A 80, c 37', none
					the replica went back: confirmed when that showed, 'p 10 A 100, r 15 A 90, r 25 A 90, r 35 A 80, c 37', none
					the replica went back: confirmed after that,      'p 10 A 100, r 15 A 90, r 25 A 90, r 35 A 80, r 45 A 80, c 47', 47
					the replica left and came back: confirmed before, 'p 10 A 100, r 15 A 90, r 25 B 90, r 35 A 90, r 45 A 90, c 27', none
					the primary went back: confirmed before that,     'p 10 A 100, r 15 A 90, r 25 A 90, p 30 A 80, c 29', none
					the primary left: confirmed before that,          'p 10 A 100, r 15 B 90, r 25 B 90, p 30 B 99, c 29', none
					the primary left: confirmed after that,           'p 10 A 100, r 15 B 90, r 25 B 90, p 30 B 99, c 31', 31
					""")
	void theProofIsWhatTheAnswersAllow(String title, String script, String expected) {
		FreshnessWatermark watermark = new FreshnessWatermark(0);
		for (String step : script.split(", ")) {
			play(watermark, step);
		}
		assertThat(watermark.freshAsOf()).as(title)
			.isEqualTo(expected.equals("none") ? FreshnessWatermark.UNPROVEN : Long.parseLong(expected));
	}

	@Test
	void whatWasSentUntilTheWatermarkBeganDoesNotCount() {
		FreshnessWatermark watermark = new FreshnessWatermark(50);
		play(watermark, "p 50 A 100");
		play(watermark, "r 60 A 100");
		assertThat(watermark.freshAsOf()).isEqualTo(FreshnessWatermark.UNPROVEN);
	}

	@Test
	void aReplicaIsFreshAsOfTheProofAndEverythingBefore() {
		FreshnessWatermark watermark = new FreshnessWatermark(0);
		assertThat(watermark.isFreshAsOf(Long.MIN_VALUE)).isFalse();
		assertThat(watermark.isFreshAsOf(0)).isFalse();
		play(watermark, "p 10 A 100");
		play(watermark, "r 15 A 100");
		assertThat(watermark.isFreshAsOf(9)).isTrue();
		assertThat(watermark.isFreshAsOf(10)).isTrue();
		assertThat(watermark.isFreshAsOf(11)).isFalse();
	}

	@Test
	void lagIsTheTimeSinceTheProof() {
		FreshnessWatermark watermark = new FreshnessWatermark(0);
		assertThat(watermark.lag(20)).isNull();
		play(watermark, "p 10 A 100");
		play(watermark, "r 15 A 100");
		assertThat(watermark.lag(20)).isEqualTo(Duration.ofNanos(10));
		assertThat(watermark.lag(9)).as("a reader whose clock reading is older than the proof").isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MAX_VALUE - 12, -5, Long.MIN_VALUE + 1 })
	void theClockMayBeNegativeAndMayWrapAround(long start) {
		FreshnessWatermark watermark = new FreshnessWatermark(start);
		watermark.primaryAnswered(start + 10, "A", 100);
		watermark.replicaAnswered(start + 15, "A", 100, true);
		watermark.primaryAnswered(start + 20, "A", 200);
		assertThat(watermark.freshAsOf()).isEqualTo(start + 10);
		watermark.replicaAnswered(start + 25, "A", 200, true);
		assertThat(watermark.freshAsOf()).isEqualTo(start + 20);
		assertThat(watermark.isFreshAsOf(start + 20)).isTrue();
		assertThat(watermark.isFreshAsOf(start + 21)).isFalse();
		assertThat(watermark.lag(start + 26)).isEqualTo(Duration.ofNanos(6));
		watermark.confirmed(start + 26);
		watermark.confirmed(start + 24);
		assertThat(watermark.freshAsOf()).isEqualTo(start + 26);
	}

	private static void play(FreshnessWatermark watermark, String step) {
		String[] words = step.split(" ");
		switch (words[0]) {
			case "p" -> watermark.primaryAnswered(Long.parseLong(words[1]), words[2], Long.parseLong(words[3]));
			case "r" -> watermark.replicaAnswered(Long.parseLong(words[1]), words[2], Long.parseLong(words[3]),
					words.length == 4);
			case "c" -> watermark.confirmed(Long.parseLong(words[1]));
			case "void" -> watermark.invalidate(Long.parseLong(words[1]));
			default -> assertThat(step).isEmpty();
		}
	}

	@Nested
	class WhenTheReplicaIsFarBehind {

		private static final int POLLS = 1_000_000;

		private final PendingSamples samples = new PendingSamples();

		@Test
		void memoryIsBoundedAndNoStepClaimsTooMuch() {
			for (int i = 1; i <= POLLS; i++) {
				this.samples.add(i, 10L * i);
				assertThat(this.samples.size()).isLessThanOrEqualTo(PendingSamples.CAPACITY);
			}
			long proven = 0;
			for (int applied = 1; applied < POLLS; applied += 997) {
				long next = this.samples.removeUpTo(10L * applied, proven);
				assertThat(next).isBetween(proven, (long) applied);
				proven = next;
			}
			assertThat(this.samples.removeUpTo(10L * POLLS, proven)).as("all caught up").isEqualTo(POLLS);
		}

		@Test
		void noStepIsCoarserThanAThirtiethOfTheDistance() {
			for (int i = 1; i <= POLLS; i++) {
				this.samples.add(i, 10L * i);
			}
			long proven = 0;
			for (int applied = 1; applied < POLLS; applied++) {
				proven = this.samples.removeUpTo(10L * applied, proven);
				assertThat(applied - proven).isLessThanOrEqualTo(POLLS / 30);
			}
		}

		@ParameterizedTest
		@ValueSource(ints = { 1, 20, 64, 200, 1200, 36_000 })
		void aReplicaThatStaysBehindIsMeasuredWithinAThirtieth(int polls) {
			long proven = 0;
			for (int i = 1; i <= 5 * polls + 1000; i++) {
				this.samples.add(i, 10L * i);
				proven = this.samples.removeUpTo(10L * (i - polls), proven);
				if (i > 2 * polls) {
					assertThat(i - proven).isBetween((long) polls, polls + polls / 30L);
				}
			}
		}

		@Test
		void anIdlePrimaryTakesOnePlace() {
			for (int i = 1; i <= 1000; i++) {
				this.samples.add(i, 100);
			}
			assertThat(this.samples.size()).isOne();
			assertThat(this.samples.removeUpTo(100, 0)).isEqualTo(1000);
		}

	}

}
