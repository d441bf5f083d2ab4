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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.lagwise.history.Operation.Kind;
import io.lagwise.history.Operation.Outcome;
import io.lagwise.replication.WriteFate;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each anomaly is found in a history that has it, and not in one that comes close.
 */
class HistoryCheckerTests {

	private final List<Operation> operations = new ArrayList<>();

	private final List<Announcement> announcements = new ArrayList<>();

	private final List<Announcement> doubts = new ArrayList<>();

	private final Map<String, Map<String, List<String>>> nodes = new HashMap<>(Map.of("p", new HashMap<>()));

	private long lossesFrom = History.NEVER;

	private void append(String session, String value, long from, long to) {
		write(session, Kind.APPEND, "list", value, List.of(), from, to, Outcome.OK, false);
	}

	private void set(String session, String value, String previous, long from, long to) {
		write(session, Kind.SET, "register", value, (previous != null) ? List.of(previous) : List.of(), from, to,
				Outcome.OK, false);
	}

	private void write(String session, Kind kind, String key, String value, List<String> observed, long from, long to,
			Outcome outcome, boolean confirmed) {
		write("application", session, kind, key, value, observed, from, to, outcome, confirmed);
	}

	private void write(String client, String session, Kind kind, String key, String value, List<String> observed,
			long from, long to, Outcome outcome, boolean confirmed) {
		this.operations.add(new Operation(client, session, kind, null, key, value, observed, nanos(from), nanos(to),
				nanos(to), outcome, confirmed, ""));
		if (kind == Kind.SET) {
			ends(key, value);
		}
		else {
			List<String> elements = new ArrayList<>(this.nodes.get("p").getOrDefault(key, List.of()));
			elements.add(value);
			this.nodes.get("p").put(key, elements);
		}
	}

	private void list(String session, Level level, long from, long to, String... answer) {
		read(session, Kind.LIST, "list", level, from, to, answer);
	}

	private void get(String session, Level level, long from, long to, String... answer) {
		read(session, Kind.GET, "register", level, from, to, answer);
	}

	private void read(String session, Kind kind, String key, Level level, long from, long to, String... answer) {
		this.operations.add(new Operation("application", session, kind, level, key, null, List.of(answer), nanos(from),
				nanos(to), nanos(to), Outcome.OK, false, "replica"));
	}

	private void lost(String session, long from, long to) {
		this.operations.add(new Operation("application", session, Kind.LIST, Level.CONSISTENT, "list", null, List.of(),
				nanos(from), nanos(to), nanos(to), Outcome.FAILED, false, "SessionLostException"));
	}

	private void announce(WriteFate fate, long atRisk, long at) {
		this.announcements.add(new Announcement("application", nanos(at), fate, atRisk, ""));
	}

	private void lossesFrom(long at) {
		this.lossesFrom = nanos(at);
	}

	private void ends(String key, String... values) {
		this.nodes.get("p").put(key, List.of(values));
	}

	private History history() {
		return new History(this.operations, this.announcements, this.doubts, this.nodes, "p", this.lossesFrom,
				Duration.ofMillis(1));
	}

	private List<Anomaly> check() {
		return HistoryChecker.check(history());
	}

	private void assertThatFound(Guarantee guarantee) {
		assertThat(check()).anySatisfy((anomaly) -> {
			assertThat(anomaly.guarantee()).isEqualTo(guarantee);
			assertThat(anomaly.isViolation()).isTrue();
		});
	}

	private void assertThatNothingIsFound() {
		assertThat(check()).isEmpty();
	}

	private static long nanos(long millis) {
		return TimeUnit.MILLISECONDS.toNanos(millis);
	}

	@Nested
	class ReadYourWrites {

		@Test
		void missingWriteOfTheSessionIsFound() {
			append("s", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4);
			assertThatFound(Guarantee.READ_YOUR_WRITES);
		}

		@Test
		void writeThatIsThereIsFine() {
			append("s", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			assertThatNothingIsFound();
		}

		@Test
		void writeThatEndsAfterTheReadBeganMayBeMissing() {
			append("s", "a", 1, 4);
			list("s", Level.CONSISTENT, 3, 5);
			assertThatNothingIsFound();
		}

		@Test
		void writeOfAnotherSessionMayBeMissing() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4);
			assertThatNothingIsFound();
		}

		@Test
		void sessionOfTheApplicationKnowsTheWritesOfAllItsSessions() {
			append("s", "a", 1, 2);
			list(null, Level.CONSISTENT, 3, 4);
			assertThatFound(Guarantee.READ_YOUR_WRITES);
		}

		@Test
		void writeWithUnknownOutcomeMayBeMissing() {
			write("s", Kind.APPEND, "list", "a", List.of(), 1, 2, Outcome.UNKNOWN, false);
			list("s", Level.CONSISTENT, 3, 4);
			ends("list");
			assertThatNothingIsFound();
		}

		@Test
		void primaryIsHeldToItToo() {
			append("s", "a", 1, 2);
			list("s", Level.PRIMARY, 3, 4);
			assertThatFound(Guarantee.READ_YOUR_WRITES);
		}

		@Test
		void nobodyPromisedItToAnyReplica() {
			append("s", "a", 1, 2);
			list("s", Level.ANY_REPLICA, 3, 4);
			assertThat(check()).singleElement()
				.satisfies((anomaly) -> assertThat(anomaly.guarantee()).isEqualTo(Guarantee.READ_YOUR_WRITES))
				.satisfies((anomaly) -> assertThat(anomaly.isViolation()).isFalse());
		}

		@Test
		void olderValueOfARegisterIsFound() {
			set("s", "1", null, 1, 2);
			set("s", "2", "1", 3, 4);
			get("other", Level.CONSISTENT, 5, 6, "1");
			get("s", Level.CONSISTENT, 5, 6, "1");
			assertThatFound(Guarantee.READ_YOUR_WRITES);
		}

		@Test
		void newerValueOfARegisterIsFine() {
			set("s", "1", null, 1, 2);
			set("other", "2", "1", 3, 4);
			get("s", Level.CONSISTENT, 5, 6, "2");
			assertThatNothingIsFound();
		}

		@Test
		void valueOfARegisterWithUnknownOutcomeIsFine() {
			set("s", "1", null, 1, 2);
			write("s", Kind.SET, "register", "2", List.of(), 3, 4, Outcome.UNKNOWN, false);
			get("s", Level.CONSISTENT, 5, 6, "2");
			ends("register", "2");
			assertThatNothingIsFound();
		}

	}

	@Nested
	class MonotonicReads {

		@Test
		void olderStateAfterANewerOneIsFound() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			list("s", Level.CONSISTENT, 5, 6);
			assertThatFound(Guarantee.MONOTONIC_READS);
		}

		@Test
		void concurrentReadsMaySeeDifferentStates() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 6, "a");
			list("s", Level.CONSISTENT, 5, 7);
			assertThatNothingIsFound();
		}

		@Test
		void sessionsMaySeeDifferentStates() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			list("t", Level.CONSISTENT, 5, 6);
			assertThatNothingIsFound();
		}

		@Test
		void threadsOfTheApplicationShareOneSession() {
			write("other application", null, Kind.APPEND, "list", "a", List.of(), 1, 2, Outcome.OK, false);
			list(null, Level.CONSISTENT, 3, 4, "a");
			list(null, Level.CONSISTENT, 5, 6);
			assertThatFound(Guarantee.MONOTONIC_READS);
		}

		@Test
		void answerOfThePrimaryCountsAsSeen() {
			append("other", "a", 1, 2);
			list("s", Level.PRIMARY, 3, 4, "a");
			list("s", Level.CONSISTENT, 5, 6);
			assertThatFound(Guarantee.MONOTONIC_READS);
		}

		@Test
		void answerOfAnyReplicaCommitsToNothing() {
			append("other", "a", 1, 2);
			list("s", Level.ANY_REPLICA, 3, 4, "a");
			list("s", Level.CONSISTENT, 5, 6);
			assertThatNothingIsFound();
		}

		@Test
		void registerThatGoesBackIsFound() {
			set("other", "1", null, 1, 2);
			set("other", "2", "1", 3, 4);
			get("s", Level.CONSISTENT, 5, 6, "2");
			get("s", Level.CONSISTENT, 7, 8, "1");
			assertThatFound(Guarantee.MONOTONIC_READS);
		}

		@Test
		void writeThatWasLostAndComesBackIsFound() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			lossesFrom(5);
			announce(WriteFate.LOST, 1, 6);
			lost("s", 6, 7);
			list("s", Level.CONSISTENT, 8, 9);
			list("s", Level.CONSISTENT, 10, 11, "a");
			ends("list");
			assertThatFound(Guarantee.MONOTONIC_READS);
		}

	}

	@Nested
	class MonotonicWritesAndWritesFollowReads {

		@Test
		void laterWriteWithoutTheEarlierOneIsFound() {
			append("s", "a", 1, 2);
			append("s", "b", 3, 4);
			list("other", Level.ANY_REPLICA, 5, 6, "b");
			assertThatFound(Guarantee.MONOTONIC_WRITES);
		}

		@Test
		void writesInTheWrongOrderAreFound() {
			append("s", "a", 1, 2);
			append("s", "b", 3, 4);
			ends("list", "b", "a");
			assertThatFound(Guarantee.MONOTONIC_WRITES);
		}

		@Test
		void concurrentWritesMayComeInAnyOrder() {
			append("s", "a", 1, 4);
			append("s", "b", 2, 3);
			list("other", Level.ANY_REPLICA, 5, 6, "b");
			ends("list", "b", "a");
			assertThatNothingIsFound();
		}

		@Test
		void writeWithoutWhatItsSessionHadReadIsFound() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			append("s", "b", 5, 6);
			list("third", Level.ANY_REPLICA, 7, 8, "b");
			assertThatFound(Guarantee.WRITES_FOLLOW_READS);
		}

		@Test
		void writeThatFollowsWhatItsSessionHadReadIsFine() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			append("s", "b", 5, 6);
			list("third", Level.ANY_REPLICA, 7, 8, "a", "b");
			assertThatNothingIsFound();
		}

	}

	@Nested
	class BoundedStaleness {

		@Test
		void answerBeyondItsBoundIsFound() {
			append("other", "a", 1, 2);
			list("s", Level.WITHIN_300_MS, 303, 304);
			assertThatFound(Guarantee.BOUNDED_STALENESS);
		}

		@Test
		void answerWithinItsBoundIsFine() {
			append("other", "a", 1, 2);
			list("s", Level.WITHIN_300_MS, 290, 301);
			assertThatNothingIsFound();
		}

		@Test
		void answerThatWasLongOnItsWayIsFound() {
			append("other", "a", 1, 2);
			list("s", Level.WITHIN_300_MS, 200, 400);
			assertThatFound(Guarantee.BOUNDED_STALENESS);
		}

		@Test
		void callerThatIsLateIsNoProof() {
			append("other", "a", 1, 2);
			HistoryCheckerTests.this.operations.add(new Operation("application", "s", Kind.LIST, Level.WITHIN_300_MS,
					"list", null, List.of(), nanos(200), nanos(301), nanos(400), Outcome.OK, false, "replica"));
			assertThatNothingIsFound();
		}

		@Test
		void stalenessIsTheAgeOfTheOldestMissingWrite() {
			append("other", "a", 1, 2);
			append("other", "b", 3, 4);
			append("other", "c", 5, 6);
			list("s", Level.ANY_REPLICA, 7, 8, "a");
			ends("list", "a", "b", "c");
			assertThat(HistoryChecker.staleness(history()).values()).containsExactly(Duration.ofMillis(4));
		}

	}

	@Nested
	class OneHistory {

		@Test
		void stateThatNeverWasIsFound() {
			append("s", "a", 1, 2);
			append("t", "b", 1, 2);
			list("other", Level.ANY_REPLICA, 3, 4, "b");
			ends("list", "a", "b");
			assertThatFound(Guarantee.ONE_HISTORY);
		}

		@Test
		void earlierStateIsFine() {
			append("s", "a", 1, 2);
			append("t", "b", 1, 2);
			list("other", Level.ANY_REPLICA, 3, 4, "a");
			ends("list", "a", "b");
			assertThatNothingIsFound();
		}

		@Test
		void writeThatWasExecutedTwiceIsFound() {
			append("s", "a", 1, 2);
			ends("list", "a", "a");
			assertThatFound(Guarantee.ONE_HISTORY);
		}

		@Test
		void valueThatNobodyHasWrittenIsFound() {
			append("s", "a", 1, 2);
			list("s", Level.ANY_REPLICA, 3, 4, "a", "x");
			assertThatFound(Guarantee.ONE_HISTORY);
		}

		@Test
		void confirmedWriteThatIsMissingSomewhereIsFound() {
			write("s", Kind.APPEND, "list", "a", List.of(), 1, 2, Outcome.OK, true);
			list("other", Level.ANY_REPLICA, 3, 4);
			assertThatFound(Guarantee.CONFIRMED_WRITES);
		}

		@Test
		void nodeThatHoldsSomethingElseInTheEndIsFound() {
			append("s", "a", 1, 2);
			HistoryCheckerTests.this.nodes.put("r", Map.of("list", List.of()));
			assertThatFound(Guarantee.CONVERGENCE);
		}

	}

	@Nested
	class Losses {

		@Test
		void lossThatNobodyAnnouncedIsFound() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			ends("list");
			assertThatFound(Guarantee.ANNOUNCED_LOSS);
		}

		@Test
		void lossThatWasAnnouncedAsKeptIsFound() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.KEPT, 0, 4);
			ends("list");
			assertThatFound(Guarantee.ANNOUNCED_LOSS);
		}

		@Test
		void lossThatWasAnnouncedBeforeTheWriteIsFound() {
			lossesFrom(1);
			announce(WriteFate.POSSIBLY_LOST, 1, 2);
			append("s", "a", 3, 4);
			ends("list");
			assertThatFound(Guarantee.ANNOUNCED_LOSS);
		}

		@Test
		void announcementOfFewerThanAreLostIsFound() {
			append("s", "a", 1, 2);
			append("s", "b", 1, 2);
			lossesFrom(3);
			announce(WriteFate.LOST, 1, 4);
			ends("list");
			assertThatFound(Guarantee.ANNOUNCED_LOSS);
		}

		@Test
		void announcementOfALossThatIsNoneIsFound() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.LOST, 1, 4);
			assertThatFound(Guarantee.ANNOUNCED_LOSS);
		}

		@Test
		void possibleLossThatIsNoneIsFine() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.POSSIBLY_LOST, 1, 4);
			assertThatNothingIsFound();
		}

		@Test
		void announcedLossIsFine() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.LOST, 1, 4);
			lost("s", 5, 6);
			list("s", Level.CONSISTENT, 7, 8);
			ends("list");
			assertThatNothingIsFound();
		}

		@Test
		void overwrittenLossOfARegisterMustBeAnnouncedToo() {
			set("s", "1", null, 1, 2);
			set("s", "2", "1", 3, 4);
			lossesFrom(5);
			set("s", "3", "1", 6, 7);
			ends("register", "3");
			assertThatFound(Guarantee.ANNOUNCED_LOSS);
		}

		@Test
		void lossDoesNotExcuseWhatWasReadBeforeIt() {
			append("s", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4);
			lossesFrom(5);
			announce(WriteFate.LOST, 1, 6);
			ends("list");
			assertThatFound(Guarantee.READ_YOUR_WRITES);
		}

		@Test
		void lossDoesNotExcuseWhatIsNotLost() {
			append("s", "a", 1, 2);
			append("s", "b", 3, 4);
			lossesFrom(5);
			announce(WriteFate.LOST, 1, 6);
			lost("s", 6, 7);
			list("s", Level.CONSISTENT, 8, 9);
			ends("list", "a");
			assertThatFound(Guarantee.READ_YOUR_WRITES);
		}

		@Test
		void sessionThatIsNotToldOfItsLostWriteIsFound() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.LOST, 1, 4);
			list("s", Level.CONSISTENT, 7, 8);
			ends("list");
			assertThatFound(Guarantee.ANNOUNCED_TO_SESSION);
		}

		@Test
		void sessionThatIsNotToldOfTheLossOfWhatItHasReadIsFound() {
			append("other", "a", 1, 2);
			list("s", Level.CONSISTENT, 3, 4, "a");
			lossesFrom(5);
			announce(WriteFate.LOST, 1, 6);
			list("s", Level.CONSISTENT, 7, 8);
			ends("list");
			assertThatFound(Guarantee.ANNOUNCED_TO_SESSION);
		}

		@Test
		void sessionWhoseLossCannotBeToldForCertainIsFineIfTheDoubtIsAnnounced() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.POSSIBLY_LOST, 1, 4);
			HistoryCheckerTests.this.doubts
				.add(new Announcement("application", nanos(5), WriteFate.POSSIBLY_LOST, 0, ""));
			list("s", Level.CONSISTENT, 6, 8);
			ends("list");
			assertThatNothingIsFound();
		}

		@Test
		void answerOfThePrimaryIsNotHeldBackFromASessionThatHasLostSomething() {
			append("s", "a", 1, 2);
			lossesFrom(3);
			announce(WriteFate.LOST, 1, 4);
			list("s", Level.PRIMARY, 7, 8);
			ends("list");
			assertThatNothingIsFound();
		}

		@Test
		void sessionThatHasLostNothingNeedNotBeTold() {
			append("other", "a", 1, 2);
			lossesFrom(5);
			announce(WriteFate.LOST, 1, 6);
			list("s", Level.CONSISTENT, 7, 8);
			ends("list");
			assertThatNothingIsFound();
		}

	}

}
