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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.HistoryPosition;
import io.lagwise.consistency.Lineage;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.consistency.PrimaryHistory;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.consistency.Succession;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.SessionLostEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link DefaultConsistencySession}, {@link DefaultConsistencySessions},
 * {@link PrimaryAnswers} and {@link PrimaryWatch}.
 */
class DefaultConsistencySessionTests {

	private static final int PROCESS = 1;

	private static final int OTHER_PROCESS = 2;

	private final AtomicLong clock = new AtomicLong();

	private final AcknowledgedWrites acknowledged = new AcknowledgedWrites();

	private final Lineage lineage = new Lineage();

	private final PrimaryHistory history = new PrimaryHistory(this.acknowledged, this.lineage, this.clock::get);

	private final PrimaryAnswers answers = new PrimaryAnswers(this.clock::get, Duration.ofSeconds(5), Runnable::run);

	private final PrimaryWatch watch = new PrimaryWatch(this.answers, this.history);

	private final List<ReplicationEvent> events = new ArrayList<>();

	private final DefaultConsistencySessions sessions = sessions(new PlainTokens());

	@Test
	void aSessionIsFoundWhereItIsBoundAndNowhereElse() {
		DefaultConsistencySession session = open();
		try (RoutingContext.Scope scope = session.bind()) {
			assertThat(this.sessions.current()).isSameAs(session);
			assertThat(sessions(null).current()).isNull();
		}
		assertThat(this.sessions.current()).isNull();
	}

	@Test
	void aSessionWaitsUntilThePrimaryHasBeenHeardOf() {
		DefaultConsistencySession session = open();
		CompletableFuture<?> obstacle = session.obstacle();
		assertThat(obstacle).isNotNull().isNotDone();
		answer(status("a", 100));
		assertThat(obstacle).isDone();
		assertThat(session.obstacle()).isNull();
	}

	@Test
	void aLossIsToldOnce() {
		answer(status("a", 100));
		DefaultConsistencySession session = open();
		session.wrote(session.reviewed(), tick());
		answer(status("a", 200));
		answer(OTHER_PROCESS, status("b", 160, "a", 151));
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).hasMessageContaining("may have destroyed, a part");
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
		assertThat(this.events).singleElement().returns(false, (event) -> ((SessionLostEvent) event).certain());
	}

	@Test
	void aWriteThatAFailoverHasOvertakenIsTakenForPossiblyLost() {
		answer(status("a", 200));
		DefaultConsistencySession session = open();
		int reviewed = session.reviewed();
		answer(OTHER_PROCESS, status("b", 160, "a", 151));
		session.reviewSuccessions();
		session.wrote(reviewed, tick());
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNotNull();
	}

	@Test
	void nothingIsLostOfWhatWasSeenBeforeTheHistoriesParted() {
		answer(status("a", 100));
		DefaultConsistencySession session = open();
		session.wrote(session.reviewed(), tick());
		answer(status("a", 150));
		answer(status("a", 200));
		answer(OTHER_PROCESS, status("b", 160, "a", 151));
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
		assertThat(this.events).isEmpty();
	}

	@Test
	void aSessionThatHasSeenNothingLosesNothing() {
		answer(status("a", 200));
		DefaultConsistencySession session = open();
		answer(OTHER_PROCESS, status("b", 160, "a", 151));
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
	}

	@Test
	void whatIsWrittenAfterAFailoverIsNotTakenForLost() {
		answer(status("a", 200));
		DefaultConsistencySession session = open();
		answer(OTHER_PROCESS, status("b", 160, "a", 151));
		session.reviewSuccessions();
		session.wrote(session.reviewed(), tick());
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
	}

	@Test
	void aHistoryOfUnknownOriginIsReportedAndNotTakenForALoss() {
		answer(status("a", 200));
		DefaultConsistencySession session = open();
		session.wrote(session.reviewed(), tick());
		answer(OTHER_PROCESS, status("c", 10, "b", 5));
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
		assertThat(this.events).singleElement().returns(false, (event) -> ((SessionLostEvent) event).certain());
	}

	@Test
	void aSessionWaitsWhileTheHistoryOfThePrimaryIsInDoubt() {
		answer(status("a", 100));
		DefaultConsistencySession session = open();
		tick();
		this.watch.doubt();
		CompletableFuture<?> obstacle = session.obstacle();
		assertThat(obstacle).isNotNull();
		long asked = this.clock.get() - 1;
		this.watch.answered(PROCESS, asked, tick(), status("a", 100));
		assertThat(obstacle).as("answered a question that was sent before").isNotDone();
		answer(status("a", 100));
		assertThat(obstacle).isDone();
		assertThat(session.obstacle()).isNull();
	}

	@Test
	void anAnswerOfAPrimaryThatNobodyLooksAfterIsConfirmed() {
		List<String> questions = new ArrayList<>();
		this.watch.connect(() -> false, () -> questions.add("asked"), (succession) -> {
		});
		answer(status("a", 100));
		DefaultConsistencySession session = open();
		CompletableFuture<?> confirmation = session.confirmation(tick());
		assertThat(questions).hasSize(1);
		long asked = this.clock.get() - 1;
		this.watch.answered(PROCESS, asked, tick(), status("a", 100));
		assertThat(confirmation).isNotNull().isNotDone();
		assertThat(questions).as("asked again, for the question was sent before").hasSize(2);
		long answeredAt = this.clock.get() - 5;
		answer(status("a", 100));
		assertThat(confirmation).isDone();
		assertThat(session.confirmation(answeredAt)).isNull();
	}

	@Test
	void nothingIsSaidWhileConnectionsToAFormerPrimaryAreOpen() {
		List<Succession> successions = new ArrayList<>();
		List<Boolean> strays = new ArrayList<>(List.of(true));
		this.watch.connect(() -> strays.remove(0), () -> {
		}, successions::add);
		strays.add(0, false);
		answer(status("a", 100));
		this.watch.doubt();
		answer(OTHER_PROCESS, status("b", 160, "a", 51));
		assertThat(successions).isEmpty();
		assertThat(this.answers.isInDoubt()).isTrue();
		strays.add(false);
		answer(OTHER_PROCESS, status("b", 170, "a", 51));
		assertThat(successions).hasSize(1);
		assertThat(this.answers.isInDoubt()).isFalse();
	}

	private DefaultConsistencySession open() {
		tick();
		return (DefaultConsistencySession) this.sessions.open();
	}

	private DefaultConsistencySession resume(String token) {
		tick();
		return (DefaultConsistencySession) this.sessions.resume(token);
	}

	private long tick() {
		return this.clock.addAndGet(10);
	}

	private void answer(ReplicationStatus status) {
		answer(PROCESS, status);
	}

	private void answer(int process, ReplicationStatus status) {
		long sentAt = tick();
		this.watch.answered(process, sentAt, tick(), status);
	}

	private DefaultConsistencySessions sessions(@Nullable SessionTokens tokens) {
		return new DefaultConsistencySessions(tokens, this.history, this.lineage, this.answers, this.watch, false,
				this.events::add, () -> ReplicationTopology.UNKNOWN, Duration.ofMillis(20), PeerProofs.NONE,
				this.clock::get);
	}

	private static ReplicationStatus status(String id, long offset) {
		return status(id, offset, null, -1);
	}

	private static ReplicationStatus status(String id, long offset, @Nullable String former, long switchOffset) {
		return new ReplicationStatus(NodeRole.PRIMARY, id, offset, LinkStatus.UP, null, List.of(), former,
				switchOffset);
	}

	/**
	 * Sessions that are resumed from a token.
	 */
	@Nested
	class Resumed {

		@Test
		void aTokenCoversWhatTheSessionHasSeen() {
			answer(status("a", 100));
			DefaultConsistencySession session = open();
			session.wrote(session.reviewed(), tick());
			assertThatIllegalStateException().isThrownBy(session::token)
				.withMessageContaining("has not said within 20 ms");
			answer(status("a", 150));
			answer(status("a", 300));
			assertThat(session.token()).isEqualTo("a:150");
		}

		@Test
		void aSessionThatHasSeenNothingGivesAToken() {
			answer(status("a", 100));
			DefaultConsistencySession session = open();
			answer(status("a", 110));
			assertThat(session.token()).isEqualTo("a:110");
		}

		@Test
		void aPositionThatThePrimaryHoldsIsAFloor() {
			answer(status("a", 200));
			DefaultConsistencySession session = resume("a:150");
			assertThat(session.obstacle()).isNull();
			assertThat(session.history().floor(0)).isEqualTo(20);
			assertThat(session.takeLoss()).isNull();
		}

		@Test
		void aPositionThatIsYoungerThanTheLastAnswerWaitsForTheNext() {
			answer(status("a", 100));
			DefaultConsistencySession session = resume("a:150");
			CompletableFuture<?> obstacle = session.obstacle();
			assertThat(obstacle).isNotNull();
			answer(status("a", 150));
			assertThat(obstacle).isDone();
			assertThat(session.obstacle()).isNull();
			assertThat(session.takeLoss()).isNull();
			assertThat(DefaultConsistencySessionTests.this.events).isEmpty();
		}

		@Test
		void aPositionOnALostBranchIsToldOnce() {
			answer(status("b", 200, "a", 151));
			DefaultConsistencySession session = resume("a:160");
			assertThat(session.obstacle()).isNull();
			assertThat(session.takeLoss()).hasMessageContaining("a:160");
			assertThat(session.takeLoss()).isNull();
			assertThat(session.obstacle()).isNull();
		}

		@Test
		void aPositionBeforeTheHistoriesPartedIsHeld() {
			answer(status("b", 200, "a", 151));
			DefaultConsistencySession session = resume("a:150");
			assertThat(session.obstacle()).isNull();
			assertThat(session.takeLoss()).isNull();
			assertThat(DefaultConsistencySessionTests.this.events).isEmpty();
		}

	}

	/**
	 * Tokens that everybody can read.
	 */
	private static final class PlainTokens implements SessionTokens {

		@Override
		public String sign(HistoryPosition position) {
			return position.replicationId() + ":" + position.offset();
		}

		@Override
		public HistoryPosition verify(String token) {
			String[] parts = token.split(":");
			return new HistoryPosition(parts[0], Long.parseLong(parts[1]));
		}

	}

}
