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
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.SessionLostEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sessions that are resumed from a token of a history that the primary in charge does not
 * know.
 */
class UnknownHistoryTests {

	private static final long PATIENCE = Duration.ofMillis(500).toNanos();

	private final AtomicLong clock = new AtomicLong();

	private final Lineage lineage = new Lineage();

	private final PrimaryHistory history = new PrimaryHistory(new AcknowledgedWrites(), this.lineage, this.clock::get);

	private final PrimaryAnswers answers = new PrimaryAnswers(this.clock::get, Duration.ofSeconds(1), Runnable::run);

	private final PrimaryWatch watch = new PrimaryWatch(this.answers, this.history);

	private final List<ReplicationEvent> events = new ArrayList<>();

	private final List<CompletableFuture<Void>> searches = new ArrayList<>();

	private final DefaultConsistencySessions sessions = new DefaultConsistencySessions(null, this.history, this.lineage,
			this.answers, this.watch, false, this.events::add, () -> ReplicationTopology.UNKNOWN, Duration.ofSeconds(1),
			PeerProofs.NONE, this.clock::get);

	@BeforeEach
	void search() {
		this.watch.searchWith(() -> {
			CompletableFuture<Void> search = new CompletableFuture<>();
			this.searches.add(search);
			return search;
		});
		answer(1, "a", 200, null, -1);
	}

	@Test
	void allAreAskedForThePrimaryAtOnceAndTheSessionWaits() {
		DefaultConsistencySession session = resume("b", 150);
		CompletableFuture<?> obstacle = session.obstacle();
		assertThat(obstacle).isNotNull().isNotDone();
		assertThat(this.searches).hasSize(1);
		this.searches.get(0).complete(null);
		assertThat(obstacle).isDone();
		assertThat(session.obstacle()).as("until it is found").isNotNull();
		assertThat(this.searches).hasSize(2);
		assertThat(this.events).isEmpty();
		assertThat(admits(session, this.clock.get() + 1000)).isFalse();
	}

	@Test
	void manySessionsShareASearch() {
		for (int i = 0; i < 100; i++) {
			assertThat(resume("b", 150).obstacle()).isNotNull();
		}
		assertThat(this.searches).hasSize(1);
	}

	@Test
	void theSessionGoesOnWhenThePrimaryOfThatHistoryIsFound() {
		DefaultConsistencySession session = resume("b", 250);
		assertThat(session.obstacle()).isNotNull();
		this.watch.handedOver(tick());
		answer(2, "b", 300, "a", 201);
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
		assertThat(this.events).isEmpty();
		long floor = session.history().floor(0);
		assertThat(admits(session, floor - 1)).isFalse();
		assertThat(admits(session, floor)).isTrue();
	}

	@Test
	void aHistoryThatIsNotFoundInTimeIsReportedOnceAndLeavesThePrimaryAlone() {
		DefaultConsistencySession session = resume("b", 150);
		assertThat(session.obstacle()).isNotNull();
		this.clock.addAndGet(PATIENCE);
		assertThat(session.obstacle()).isNull();
		assertThat(session.obstacle()).isNull();
		assertThat(session.takeLoss()).isNull();
		assertThat(this.events).singleElement().returns(false, (event) -> ((SessionLostEvent) event).certain());
		assertThat(admits(session, this.clock.get() + 1000)).as("no replica").isFalse();
	}

	@Test
	void aHistoryThatWasNotFoundIsNotWaitedForAgainUnderThatPrimary() {
		DefaultConsistencySession first = resume("b", 150);
		assertThat(first.obstacle()).isNotNull();
		this.clock.addAndGet(PATIENCE);
		assertThat(first.obstacle()).isNull();
		assertThat(resume("b", 170).obstacle()).isNull();
		assertThat(resume("c", 170).obstacle()).isNotNull();
		this.watch.handedOver(tick());
		answer(2, "d", 300, "a", 201);
		DefaultConsistencySession later = resume("b", 150);
		assertThat(later.obstacle()).isNotNull();
		assertThat(this.events).hasSize(2);
	}

	@Test
	void aSessionThatGaveUpUsesReplicasOnceItsHistoryIsFoundAfterAll() {
		DefaultConsistencySession session = resume("b", 250);
		assertThat(session.obstacle()).isNotNull();
		this.clock.addAndGet(PATIENCE);
		assertThat(session.obstacle()).isNull();
		this.watch.handedOver(tick());
		answer(2, "b", 300, "a", 201);
		assertThat(session.obstacle()).isNull();
		assertThat(admits(session, session.history().floor(0))).isTrue();
	}

	@Test
	void theSearchEndsInTimeThoughNobodyAnswers() {
		DefaultConsistencySession session = resume("b", 150);
		assertThat(session.obstacle()).succeedsWithin(Duration.ofSeconds(30));
	}

	private DefaultConsistencySession resume(String history, long offset) {
		DefaultConsistencySession session = new DefaultConsistencySession(this.sessions, 1, this.sessions.successions(),
				new HistoryPosition(history, offset), tick());
		answer(1, (this.answers.last() != null) ? this.answers.last().status() : null);
		return session;
	}

	private boolean admits(DefaultConsistencySession session, long freshAsOf) {
		return new ReadDemand(ReadRequirement.consistent(), session, null, CommandKeys.ONE, Duration.ZERO).admits(1,
				freshAsOf, this.clock.get());
	}

	private void answer(int process, @Nullable ReplicationStatus again) {
		assertThat(again).isNotNull();
		answer(process, again.replicationId(), again.offset(), again.formerReplicationId(), again.switchOffset());
	}

	private long tick() {
		return this.clock.addAndGet(10);
	}

	private void answer(int process, String id, long offset, @Nullable String former, long switchOffset) {
		long sentAt = tick();
		this.watch.answered(process, sentAt, tick(), new ReplicationStatus(NodeRole.PRIMARY, id, offset, LinkStatus.UP,
				null, List.of(), former, switchOffset));
	}

}
