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

import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeerProofs}. The first replica has answered on connection 1, which is
 * closed at instant 100.
 */
class PeerProofsTests {

	private static final int FIRST = 1;

	private static final int SECOND = 2;

	private final PeerProofs peers = new PeerProofs(true);

	@BeforeEach
	void open() {
		this.peers.opened(FIRST, "a");
		this.peers.opened(SECOND, "b");
		this.peers.answered("a", 10, replica("id", 500, LinkStatus.UP));
		this.peers.answered("b", 10, replica("id", 500, LinkStatus.UP));
	}

	@Test
	void aReplicaTakesOverFromOneThatWasPromotedIfItHasWhatBothShare() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, promoted("next", 560, "id", 521));
		assertThat(holdsAll()).isFalse();
		this.peers.answered("b", 120, replica("id", 519, LinkStatus.DOWN));
		assertThat(holdsAll()).isFalse();
		this.peers.answered("b", 130, replica("id", 520, LinkStatus.DOWN));
		assertThat(holdsAll()).isTrue();
		assertThat(this.peers.holdsAllOf(FIRST, SECOND)).isFalse();
	}

	@Test
	void whatItHadBeforeIsEnough() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, promoted("next", 500, "id", 501));
		assertThat(holdsAll()).isTrue();
	}

	@Test
	void aReplicaTakesOverFromOneThatStillFollowsTheSameHistory() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, replica("id", 510, LinkStatus.UP));
		this.peers.answered("b", 120, replica("id", 510, LinkStatus.UP));
		assertThat(holdsAll()).isTrue();
	}

	@Test
	void nothingIsProvenOfAConnectionThatIsOpenOrByAQuestionThatWasSentBeforeItWasClosed() {
		this.peers.answered("a", 50, replica("id", 500, LinkStatus.UP));
		assertThat(holdsAll()).isFalse();
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 100, replica("id", 500, LinkStatus.UP));
		assertThat(holdsAll()).isFalse();
		this.peers.answered("a", 101, replica("id", 500, LinkStatus.UP));
		assertThat(holdsAll()).isTrue();
	}

	@Test
	void anotherProcessSaysNothingOfWhatTheFormerHasAnswered() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("c", 110, promoted("next", 400, "id", 401));
		assertThat(holdsAll()).isFalse();
	}

	@Test
	void positionsOfTwoHistoriesAreNotCompared() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, replica("other", 400, LinkStatus.UP));
		this.peers.answered("b", 110, replica("id", 600, LinkStatus.UP));
		assertThat(holdsAll()).isFalse();
	}

	@Test
	void aReplicaWithoutLinkMayHaveForgottenItsPosition() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, replica("id", 1, LinkStatus.DOWN));
		assertThat(holdsAll()).isFalse();
	}

	@Test
	void whereAReplicaHasLeftAHistoryIsNoLimitForOneThatHasFollowedAnother() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110,
				new ReplicationStatus(NodeRole.REPLICA, "next", 700, LinkStatus.UP, null, List.of(), "id", 501));
		assertThat(holdsAll()).isFalse();
	}

	@Test
	void whereClientsAreNotDisconnectedNothingMayHaveBeenWrittenSinceThePromotion() {
		for (long written : new long[] { 0, 1 }) {
			PeerProofs byHand = new PeerProofs(false);
			byHand.opened(FIRST, "a");
			byHand.opened(SECOND, "b");
			byHand.closed(FIRST, 100);
			byHand.answered("a", 110, promoted("next", 500 + written, "id", 501));
			byHand.answered("b", 120, replica("id", 500, LinkStatus.DOWN));
			assertThat(byHand.holdsAllOf(SECOND, FIRST)).isEqualTo(written == 0);
		}
	}

	@Test
	void aProofEndsWithTheConnectionAndWhenTheReplicaGoesElsewhere() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, promoted("next", 500, "id", 501));
		assertThat(holdsAll()).isTrue();
		this.peers.answered("b", 120, replica("id", 499, LinkStatus.UP));
		assertThat(holdsAll()).isFalse();
		this.peers.answered("b", 130, replica("id", 500, LinkStatus.UP));
		assertThat(holdsAll()).isTrue();
		this.peers.answered("b", 140, replica("other", 600, LinkStatus.UP));
		assertThat(holdsAll()).isFalse();
		this.peers.answered("b", 150, replica("id", 600, LinkStatus.UP));
		assertThat(holdsAll()).isTrue();
		this.peers.closed(SECOND, 160);
		assertThat(holdsAll()).isFalse();
	}

	@Test
	void connectionsOfLongAgoAreForgotten() {
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, promoted("next", 500, "id", 501));
		for (int i = 0; i < 64; i++) {
			assertThat(holdsAll()).isTrue();
			this.peers.opened(10 + i, "a");
			this.peers.closed(10 + i, 200);
		}
		assertThat(holdsAll()).isFalse();
	}

	@Test
	void aSessionLetsAReplicaTakeOver() {
		SessionHistory session = SessionHistory.ofSession(0, this.peers);
		session.readFromReplica(0, FIRST, 50, 5_000_000);
		assertThat(session.admits(0, SECOND, 50)).isFalse();
		this.peers.closed(FIRST, 100);
		this.peers.answered("a", 110, promoted("next", 500, "id", 501));
		assertThat(session.admits(0, SECOND, 50)).isTrue();
		assertThat(session.admits(0, SECOND, FreshnessWatermark.UNPROVEN)).isFalse();
		session.readFromReplica(0, SECOND, 50, 6_000_000);
		assertThat(session.admits(0, SECOND, 50)).as("goes on").isTrue();
		session.wrote(0, 7_000_000);
		assertThat(session.admits(0, SECOND, 50)).as("what was written is not proven").isFalse();
	}

	private boolean holdsAll() {
		return this.peers.holdsAllOf(SECOND, FIRST);
	}

	private static ReplicationStatus replica(String id, long offset, LinkStatus link) {
		return new ReplicationStatus(NodeRole.REPLICA, id, offset, link, null, List.of());
	}

	private static ReplicationStatus promoted(String id, long offset, @Nullable String former, long switchOffset) {
		return new ReplicationStatus(NodeRole.PRIMARY, id, offset, LinkStatus.UP, null, List.of(), former,
				switchOffset);
	}

}
