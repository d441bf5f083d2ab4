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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.HistoryPosition;
import io.lagwise.consistency.Lineage;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.consistency.PrimaryHistory;
import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.SessionLostException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.invocation.InvocationOnMock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.spy;

/**
 * Two threads of one session: the second one comes in the middle of the first one's
 * finding out what the session has lost, and must not pass before that is known.
 */
class ConcurrentReviewTests {

	private final AtomicLong clock = new AtomicLong();

	private final Lineage lineage = new Lineage();

	private final PrimaryHistory history = new PrimaryHistory(new AcknowledgedWrites(), this.lineage, this.clock::get);

	private final PrimaryAnswers answers = new PrimaryAnswers(this.clock::get, Duration.ofSeconds(1), Runnable::run);

	private final PrimaryWatch watch = new PrimaryWatch(this.answers, this.history);

	private final DefaultConsistencySessions sessions = spy(new DefaultConsistencySessions(null, this.history,
			this.lineage, this.answers, this.watch, false, (event) -> {
			}, () -> ReplicationTopology.UNKNOWN, Duration.ofSeconds(1), PeerProofs.NONE, this.clock::get));

	private final CompletableFuture<@Nullable SessionLostException> second = new CompletableFuture<>();

	private @Nullable DefaultConsistencySession session;

	@Test
	void nobodyPassesAFailoverThatIsStillLookedAt() {
		answer(1, "a", 100, null, -1);
		DefaultConsistencySession session = open(null);
		session.wrote(session.reviewed(), tick());
		answer(1, "a", 200, null, -1);
		answer(2, "b", 160, "a", 151);
		willAnswer(this::readOnAnotherThread).given(this.sessions).review(anyInt(), anyLong());
		assertThat(session.obstacle()).isNull();
		assertThatTheSecondIsTold();
	}

	@Test
	void nobodyPassesATokenThatIsStillLookedAt() {
		answer(1, "b", 200, "a", 151);
		DefaultConsistencySession session = open(new HistoryPosition("a", 160));
		willAnswer(this::readOnAnotherThread).given(this.sessions).missing(any(), anyBoolean());
		assertThat(session.obstacle()).isNull();
		assertThatTheSecondIsTold();
	}

	private DefaultConsistencySession open(@Nullable HistoryPosition position) {
		DefaultConsistencySession session = new DefaultConsistencySession(this.sessions, 1, this.sessions.successions(),
				position, tick());
		this.session = session;
		return session;
	}

	private @Nullable Object readOnAnotherThread(InvocationOnMock invocation) throws Throwable {
		DefaultConsistencySession session = this.session;
		assertThat(session).isNotNull();
		Thread thread = new Thread(() -> {
			assertThat(session.obstacle()).isNull();
			this.second.complete(session.takeLoss());
		});
		thread.start();
		await().atMost(Duration.ofSeconds(30))
			.until(() -> thread.getState() == Thread.State.BLOCKED || this.second.isDone());
		return invocation.callRealMethod();
	}

	private void assertThatTheSecondIsTold() {
		assertThat(this.second).succeedsWithin(Duration.ofSeconds(30)).isNotNull();
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
