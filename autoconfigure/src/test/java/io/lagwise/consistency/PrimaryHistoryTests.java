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

import java.util.ArrayList;
import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.WriteFate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is said of the end of a history. A case is a script: {@code p 10 12 A 100} is a
 * poll of the primary sent at 10 and answered at 12 that found it at offset 100 of
 * history A; {@code from B 91} behind it says that A has left B before offset 91. {@code
 * w 10 12} is a write that has certainly changed something, sent at 10 and acknowledged
 * at 12; {@code n} one that may have changed nothing. {@code lost} is the connection on
 * which the primary is asked, and at {@code new 35} another node is put in charge.
 */
class PrimaryHistoryTests {

	private final List<Succession> successions = new ArrayList<>();

	private final AcknowledgedWrites writes = new AcknowledgedWrites();

	private final PrimaryHistory history = new PrimaryHistory(this.writes, new Lineage(), () -> this.now);

	private long now;

	private int connection = 1;

	@ParameterizedTest(name = "{0}")
	@CsvSource(
			textBlock = """
					the last write was before a poll that is shared,    'p 10 12 A 90, w 20 22, p 30 32 A 100, p 40 42 A 100, p 50 52 B 120 from A 101', KEPT 40 0
					polls until the very end,                           'p 10 12 A 90, w 20 22, p 30 32 A 95, p 40 42 A 100, p 50 52 B 120 from A 101', KEPT 40 0
					nothing was written,                                'p 10 12 A 90, p 50 52 B 120 from A 101', KEPT 10 0
					nothing was written and nothing is known,           'p 10 12 A 90, lost, p 50 52 B 120', KEPT - 0
					a write after the last poll,                        'p 10 12 A 90, p 20 22 A 90, w 30 32, p 50 52 B 120 from A 101', POSSIBLY_LOST 20 1
					a write while a poll was under way,                 'p 10 12 A 90, p 20 24 A 95, w 21 23, p 50 52 B 120 from A 101', POSSIBLY_LOST 20 1
					a write before a poll that was never followed,      'p 10 12 A 90, w 15 16, p 50 52 B 120 from A 101', POSSIBLY_LOST 10 1
					the last poll is behind what is shared,             'p 10 12 A 90, w 20 22, p 30 32 A 101, p 40 42 B 120 from A 101', POSSIBLY_LOST 10 1
					no poll found as little as what is shared,          'p 10 12 A 90, w 20 22, p 30 32 A 100, p 40 42 B 120 from A 81', POSSIBLY_LOST - 1
					only the writes since then are at risk,             'p 10 12 A 50, w 13 14, p 20 22 A 90, p 24 25 A 90, w 27 28, w 28 29, p 50 52 B 120 from A 101', POSSIBLY_LOST 24 2
					written behind the end of what is shared,           'p 10 12 A 100, w 20 22, p 30 32 A 150, p 40 42 A 150, p 50 52 B 120 from A 101', LOST 10 1
					written after a poll that is beyond,                'p 10 12 A 90, p 13 14 A 101, w 20 22, p 30 32 A 150, p 40 42 A 150, p 50 52 B 120 from A 101', LOST 10 1
					sent before the answer had arrived,                 'p 10 22 A 100, w 21 23, p 30 32 A 150, p 40 42 A 150, p 50 52 B 120 from A 101', POSSIBLY_LOST 10 1
					it may have changed nothing,                        'p 10 12 A 100, n 20 22, p 30 32 A 150, p 40 42 A 150, p 50 52 B 120 from A 101', POSSIBLY_LOST 10 1
					nobody has seen the old history since,              'p 10 12 A 100, w 20 22, p 50 52 B 120 from A 101', POSSIBLY_LOST 10 1
					the new one does not say where it comes from,       'p 10 12 A 90, w 20 22, p 30 32 A 100, p 40 42 A 100, lost, p 50 52 B 120', POSSIBLY_LOST - 1
					it comes from one that nobody has seen,             'p 10 12 A 90, w 20 22, p 30 32 A 100, p 40 42 A 100, p 50 52 C 120 from B 111', POSSIBLY_LOST - 1
					the primary goes back,                              'p 10 12 A 90, w 20 22, p 30 32 A 100, p 40 42 A 100, p 50 52 A 99', POSSIBLY_LOST - 1
					nothing was ever replicated and it restarts,        'p 10 12 A 0, w 20 22, lost, p 30 32 B 0', POSSIBLY_LOST - 1
					a poll from before the node was put in charge,      'p 10 12 A 90, new 15, w 20 22, new 35, p 30 36 A 90, p 40 42 B 120 from A 101', POSSIBLY_LOST 10 1
					no end: the first replica attaches,                 'p 10 12 A 0, w 20 22, p 30 32 B 14', none
					no end: the same with another server version,       'p 10 12 A 57, w 20 22, p 30 32 B 71', none
					no end: the connection was lost,                    'p 10 12 A 90, w 20 22, lost, p 30 32 A 100', none
					no end: nothing happens,                            'p 10 12 A 90, p 20 22 A 90', none
					no end: the first thing that is known,              'p 10 12 B 90 from A 51', none
					an answer that was overtaken,                       'p 10 12 A 90, p 30 32 A 100, p 20 33 B 120 from A 101', none
					""")
	void theFateOfAllWrites(String title, String script, String expected) {
		play(script);
		assertThat(this.successions).as(title).hasSize(expected.equals("none") ? 0 : 1);
		assertThat(this.history.successions()).isEqualTo(this.successions.size());
		for (Succession succession : this.successions) {
			String keptAsOf = (succession.keptAsOf() != FreshnessWatermark.UNPROVEN)
					? Long.toString(succession.keptAsOf()) : "-";
			assertThat(succession.fate() + " " + keptAsOf + " " + succession.atRisk()).isEqualTo(expected);
			assertThat(succession.endedAt()).isEqualTo(this.now);
			assertThat(succession.reason()).isNotEmpty();
		}
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(textBlock = """
			seen before the last poll that is shared, 39, KEPT
			seen when it was sent,                    40, KEPT
			seen after that,                          41, POSSIBLY_LOST
			""")
	void theFateOfWhatSomebodyHasSeen(String title, long seenAt, WriteFate fate) {
		play("p 10 12 A 90, p 40 42 A 100, p 43 44 A 110, p 50 52 B 120 from A 101");
		assertThat(this.history.fateOf(0, seenAt)).as(title).isEqualTo(fate);
		assertThat(this.history.fateOf(1, seenAt)).as("seen since").isEqualTo(WriteFate.KEPT);
		assertThat(this.history.fateOf(0, FreshnessWatermark.UNPROVEN)).as("nothing seen").isEqualTo(WriteFate.KEPT);
	}

	@ParameterizedTest(name = "{0}")
	@CsvSource(textBlock = """
			sent after the answer of a poll at the end of what is shared, 43, 44, LOST
			sent while that poll was under way,                           41, 44, POSSIBLY_LOST
			acknowledged when nobody has seen the old history any more,   43, 46, POSSIBLY_LOST
			acknowledged before a poll that is shared,                    35, 39, KEPT
			""")
	void theFateOfAWrite(String title, long sentAt, long acknowledgedAt, WriteFate fate) {
		play("p 10 12 A 90, p 40 42 A 100, p 45 46 A 110, p 50 52 B 120 from A 101");
		assertThat(this.history.fateOf(0, acknowledgedAt, sentAt, acknowledgedAt)).as(title).isEqualTo(fate);
	}

	@Test
	void theWorstOfSeveralSuccessionsCounts() {
		play("p 10 12 A 100, p 20 22 B 120 from A 101, p 30 32 C 140 from B 115, p 40 42 D 150 from C 141");
		assertThat(this.history.successions()).isEqualTo(3);
		assertThat(this.history.fateOf(0, 10)).as("the second is not covered by any poll of B")
			.isEqualTo(WriteFate.POSSIBLY_LOST);
		assertThat(this.history.fateOf(1, 20)).isEqualTo(WriteFate.POSSIBLY_LOST);
		assertThat(this.history.fateOf(2, 30)).isEqualTo(WriteFate.KEPT);
		assertThat(this.history.fateOf(2, 31)).isEqualTo(WriteFate.POSSIBLY_LOST);
		assertThat(this.history.fateOf(3, 41)).isEqualTo(WriteFate.KEPT);
	}

	@Test
	void successionsThatAreForgottenMayHaveLostAnything() {
		play("p 10 12 H0 100");
		for (int i = 1; i <= 100; i++) {
			play("p " + (10 + 10 * i) + " " + (12 + 10 * i) + " H" + i + " 100 from H" + (i - 1) + " 101");
		}
		assertThat(this.history.fateOf(99, 5)).isEqualTo(WriteFate.KEPT);
		assertThat(this.history.fateOf(36, 5)).isEqualTo(WriteFate.KEPT);
		assertThat(this.history.fateOf(35, 5)).isEqualTo(WriteFate.POSSIBLY_LOST);
	}

	@Test
	void itIsKnownWhetherTheOriginIsKnown() {
		play("p 10 12 A 100, lost, p 20 22 B 120, p 30 32 C 140 from B 115");
		assertThat(this.history.isOriginKnown(0)).isFalse();
		assertThat(this.history.isOriginKnown(1)).isTrue();
		assertThat(this.history.isOriginKnown(2)).isTrue();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			5,  A, 90
			10, A, 90
			11, A, 95
			20, A, 95
			30, A, 110
			""")
	void aPositionCoversWhatWasAcknowledgedUntilAnInstant(long instant, String id, long offset) {
		play("p 10 12 A 90, p 20 22 A 95, p 30 32 A 110");
		assertThat(this.history.covering(instant)).isEqualTo(new HistoryPosition(id, offset));
	}

	@Test
	void aPositionIsKnownOnceAPollThatWasSentLaterIsAnswered() {
		assertThat(this.history.covering(5)).isNull();
		play("p 10 12 A 90");
		assertThat(this.history.covering(11)).isNull();
		play("p 20 22 A 90");
		assertThat(this.history.covering(11)).isEqualTo(new HistoryPosition("A", 90));
	}

	@Test
	void aPositionIsOneOfTheNewestHistory() {
		play("p 10 12 A 90, p 20 22 A 95, p 30 32 B 110 from A 101");
		assertThat(this.history.covering(5)).isEqualTo(new HistoryPosition("B", 110));
		assertThat(this.history.covering(31)).isNull();
	}

	@Test
	void whatIsCountedWhileAnAnswerIsHandledDoesNotCoverTheNextPoll() {
		// the next poll was sent before the answer to this one was taken note of
		this.now = 32;
		sampled("p 10 12 A 90", 12);
		play("w 25 26");
		this.now = 32;
		sampled("p 20 22 A 95", 22);
		this.now = 42;
		sampled("p 31 42 A 100", 42);
		sampled("p 50 52 B 120 from A 101", 52);
		assertThat(this.successions.get(0).fate()).isEqualTo(WriteFate.POSSIBLY_LOST);
	}

	@Test
	void aNodeInChargeThatSaysItIsAReplicaEndsNothing() {
		play("p 10 12 A 90");
		ReplicationStatus demoted = new ReplicationStatus(NodeRole.REPLICA, "B", 200, LinkStatus.UP, null, List.of());
		assertThat(this.history.sampled(20, 22, 1, demoted)).isNull();
		assertThat(this.history.covering(5)).isEqualTo(new HistoryPosition("A", 90));
	}

	@ParameterizedTest
	@ValueSource(longs = { Long.MAX_VALUE - 25, -25, Long.MIN_VALUE + 1 })
	void theClockMayBeNegativeAndMayWrapAround(long start) {
		this.now = start;
		assertThat(sampled(start, start + 2, "A", 90, null, -1)).isNull();
		this.now = start + 12;
		this.writes.acknowledged(start + 11, true);
		assertThat(sampled(start + 20, start + 22, "A", 100, null, -1)).isNull();
		this.now = start + 25;
		assertThat(sampled(start + 30, start + 32, "A", 100, null, -1)).isNull();
		assertThat(this.history.covering(start + 5)).isEqualTo(new HistoryPosition("A", 100));
		Succession succession = sampled(start + 40, start + 42, "B", 120, "A", 101);
		assertThat(succession).isNotNull();
		assertThat(succession.keptAsOf()).isEqualTo(start + 30);
		assertThat(this.history.fateOf(0, start + 30)).isEqualTo(WriteFate.KEPT);
		assertThat(this.history.fateOf(0, start + 31)).isEqualTo(WriteFate.POSSIBLY_LOST);
	}

	private void play(String script) {
		for (String step : script.split(", ")) {
			String[] words = step.split(" ");
			switch (words[0]) {
				case "p" -> sampled(step, Long.parseLong(words[2]));
				case "w", "n" -> {
					this.now = Long.parseLong(words[2]);
					this.writes.acknowledged(Long.parseLong(words[1]), words[0].equals("w"));
				}
				case "new" -> this.history.handedOver(Long.parseLong(words[1]));
				default -> this.connection++;
			}
		}
	}

	private void sampled(String step, long takenAt) {
		this.now = Math.max(this.now, takenAt);
		String[] words = step.split(" ");
		boolean related = words.length > 5;
		Succession succession = sampled(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3],
				Long.parseLong(words[4]), related ? words[6] : null, related ? Long.parseLong(words[7]) : -1);
		if (succession != null) {
			this.successions.add(succession);
		}
	}

	private @Nullable Succession sampled(long sentAt, long answeredAt, String id, long offset, @Nullable String former,
			long switchOffset) {
		return this.history.sampled(sentAt, answeredAt, this.connection, new ReplicationStatus(NodeRole.PRIMARY, id,
				offset, LinkStatus.UP, null, List.of(), former, switchOffset));
	}

	@Nested
	class WhenPollsAreMany {

		private static final int POLLS = 1_000_000;

		private final SampleLog log = new SampleLog();

		@Test
		void memoryIsBoundedAndTheLastTwoThousandAreAllThere() {
			for (int i = 1; i <= POLLS; i++) {
				this.log.add(i, i, 10L * i, i);
				assertThat(this.log.size()).isLessThanOrEqualTo(SampleLog.CAPACITY);
			}
			for (int i = POLLS - 2000; i <= POLLS; i++) {
				assertThat(this.log.sentAt(this.log.lastUpTo(10L * i))).isEqualTo(i);
				assertThat(this.log.sentAt(this.log.firstSentSince(i))).isEqualTo(i);
			}
		}

		@Test
		void noStepClaimsTooMuch() {
			for (int i = 1; i <= POLLS; i++) {
				this.log.add(i, i + 5, 10L * i, i);
			}
			for (int i = 1; i <= POLLS; i += 991) {
				int kept = this.log.lastUpTo(10L * i);
				assertThat((kept >= 0) ? this.log.sentAt(kept) : 0).isLessThanOrEqualTo(i);
				assertThat(this.log.offset(this.log.firstSentSince(i))).isGreaterThanOrEqualTo(10L * i);
				assertThat(this.log.answeredAt(this.log.firstAtLeast(10L * i))).isGreaterThanOrEqualTo(i + 5);
			}
		}

		@Test
		void anIdlePrimaryTakesOnePlace() {
			for (int i = 1; i <= 10_000; i++) {
				this.log.add(i, i + 5, 100, i);
			}
			assertThat(this.log.size()).isOne();
			assertThat(this.log.sentAt(this.log.lastUpTo(100))).isEqualTo(10_000);
			assertThat(this.log.answeredAt(this.log.firstAtLeast(100))).isEqualTo(6);
		}

	}

}
