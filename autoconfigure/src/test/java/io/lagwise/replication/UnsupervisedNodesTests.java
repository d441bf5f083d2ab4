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

package io.lagwise.replication;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnsupervisedNodes} and {@link KnownHistory}.
 */
class UnsupervisedNodesTests {

	private static final NodeAddress SEED = new NodeAddress("seed", 6379);

	private static final NodeAddress OTHER = new NodeAddress("other", 6379);

	private static final NodeAddress THIRD = new NodeAddress("third", 6379);

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final UnsupervisedNodes nodes = new UnsupervisedNodes();

	private final Map<NodeAddress, NodeObservation> observations = new LinkedHashMap<>();

	private final List<NodeAddress> named = List.of(SEED);

	private long now = SECOND;

	@Test
	void somebodyElsesServerAtTheAddressOfAReplicaIsNotFollowed() {
		replicated();
		silence(SEED);
		primary(OTHER, "foreign", 900_000, null, -1, "a stranger");
		assertThat(electAfter(Duration.ofMinutes(5))).isEqualTo(SEED);
		assertThat(this.nodes.takePretenders(this.named, this.observations)).containsExactly(OTHER);
		assertThat(this.nodes.takePretenders(this.named, this.observations)).isEmpty();
	}

	@Test
	void aReplicaThatHasStartedWithoutItsDataIsNotFollowed() {
		replicated();
		silence(SEED);
		primary(OTHER, "new", 0, null, -1, "other, restarted");
		assertThat(electAfter(Duration.ofMinutes(5))).isEqualTo(SEED);
	}

	@Test
	void aCopyThatWasDetachedBeforeIsNotFollowed() {
		primary(SEED, "history", 1000, null, -1, "seed");
		primary(OTHER, "copy", 700, "history", 601, "other");
		elect();
		silence(SEED);
		assertThat(electAfter(Duration.ofMinutes(5))).isEqualTo(SEED);
	}

	@Test
	void aReplicaThatWasDetachedUnderOurEyesLongAgoIsNotFollowed() {
		replicated();
		primary(OTHER, "copy", 700, "history", 601, "other");
		elect();
		this.now += Attendance.LATELY.toNanos() + SECOND;
		elect();
		silence(SEED);
		assertThat(electAfter(Duration.ofMinutes(5))).isEqualTo(SEED);
	}

	@Test
	void aReplicaThatIsPromotedAfterThePrimaryHasDiedIsFollowedThoughItLacksSomething() {
		replicated();
		silence(SEED);
		primary(OTHER, "next", 990, "history", 981, "other");
		assertThat(elect()).isEqualTo(SEED);
		assertThat(electAfter(Duration.ofSeconds(4))).isEqualTo(OTHER);
	}

	@Test
	void aNodeThatWasNeverSeenBeforeIsFollowedIfItHasEverything() {
		primary(SEED, "history", 1000, null, -1, "seed");
		elect();
		silence(SEED);
		primary(OTHER, "next", 1200, "history", 1001, "other");
		assertThat(electAfter(Duration.ofSeconds(4))).isEqualTo(OTHER);
	}

	@Test
	void aNodeThatLacksTheLastWriteIsNotFollowedIfItWasNeverSeen() {
		primary(SEED, "history", 1000, null, -1, "seed");
		elect();
		silence(SEED);
		primary(OTHER, "next", 1200, "history", 1000, "other");
		assertThat(electAfter(Duration.ofSeconds(4))).isEqualTo(SEED);
	}

	@Test
	void aNodeThatTheFormerPrimaryFollowsIsFollowedAtOnce() {
		replicated();
		this.observations.put(SEED, replica("next", 1100, OTHER, LinkStatus.UP, "seed"));
		primary(OTHER, "next", 1100, "history", 901, "other, restarted");
		assertThat(elect()).isEqualTo(OTHER);
	}

	@Test
	void thatStrangersFollowANodeIsNoReason() {
		replicated();
		silence(SEED);
		primary(OTHER, "foreign", 5000, null, -1, "a stranger");
		this.observations.put(THIRD, replica("foreign", 5000, OTHER, LinkStatus.UP, "another stranger"));
		assertThat(electAfter(Duration.ofMinutes(5))).isEqualTo(SEED);
	}

	@Test
	void theSeedStaysWhateverItHoldsAfterARestart() {
		replicated();
		primary(SEED, "empty", 0, null, -1, "seed, restarted");
		assertThat(elect()).isEqualTo(SEED);
	}

	@Test
	void theSeedThatComesBackWithWhatWasKnownWins() {
		replicated();
		silence(SEED);
		primary(OTHER, "foreign", 5000, null, -1, "a stranger");
		electAfter(Duration.ofMinutes(5));
		primary(SEED, "restarted", 1000, "history", 1001, "seed, restarted");
		assertThat(elect()).isEqualTo(SEED);
	}

	@Test
	void theSeedThatComesBackWithAnOldHistoryDoesNotReplaceItsHeir() {
		replicated();
		silence(SEED);
		primary(OTHER, "next", 1200, "history", 1001, "other");
		assertThat(electAfter(Duration.ofSeconds(4))).isEqualTo(OTHER);
		primary(SEED, "history", 1010, null, -1, "seed");
		assertThat(elect()).isEqualTo(OTHER);
		silence(OTHER);
		assertThat(electAfter(Duration.ofMinutes(5))).isEqualTo(OTHER);
	}

	@Test
	void theAddressOfAnHeirThatLeadsToSomebodyElseIsLeft() {
		replicated();
		silence(SEED);
		primary(OTHER, "next", 1200, "history", 1001, "other");
		assertThat(electAfter(Duration.ofSeconds(4))).isEqualTo(OTHER);
		primary(OTHER, "foreign", 3, null, -1, "a stranger");
		assertThat(this.nodes.disowns(OTHER, this.named, this.observations)).isTrue();
		assertThat(elect()).isEqualTo(SEED);
	}

	@Test
	void anHeirThatRestartsAndIsStillFollowedStays() {
		replicated();
		this.observations.put(THIRD, replica("history", 1000, SEED, LinkStatus.UP, "third"));
		elect();
		silence(SEED);
		primary(OTHER, "next", 1200, "history", 1001, "other");
		this.observations.put(THIRD, replica("next", 1200, OTHER, LinkStatus.UP, "third"));
		assertThat(electAfter(Duration.ofSeconds(4))).isEqualTo(OTHER);
		primary(OTHER, "restarted", 1200, null, -1, "other, restarted");
		this.observations.put(THIRD, replica("next", 1200, OTHER, LinkStatus.SYNCHRONIZING, "third"));
		assertThat(elect()).isEqualTo(OTHER);
	}

	@Test
	void thatTheConfigurationOfAReplicaNamesANodeIsNoReason() {
		replicated();
		this.observations.put(THIRD, replica("history", 1000, SEED, LinkStatus.UP, "third"));
		elect();
		silence(SEED);
		primary(OTHER, "foreign", 5000, null, -1, "a stranger");
		this.observations.put(THIRD, replica("history", 1000, OTHER, LinkStatus.DOWN, "third"));
		assertThat(electAfter(Duration.ofSeconds(30))).isEqualTo(SEED);
		this.observations.put(THIRD, replica("history", 1000, OTHER, LinkStatus.SYNCHRONIZING, "third"));
		assertThat(elect()).isEqualTo(OTHER);
	}

	@Test
	void aSeedThatIsAReplicaLeadsToItsPrimaryOnly() {
		this.observations.put(SEED, replica("history", 1000, OTHER, LinkStatus.DOWN, "seed"));
		primary(OTHER, "foreign", 3, null, -1, "a stranger");
		assertThat(elect()).isNull();
		primary(OTHER, "history", 1000, null, -1, "other");
		assertThat(elect()).isEqualTo(OTHER);
	}

	@Test
	void onlyThoseOfOneHistorySpeakForOthers() {
		replicated();
		assertThat(this.nodes.isRelated(OTHER, this.observations.get(OTHER))).isTrue();
		primary(OTHER, "foreign", 3, null, -1, "a stranger");
		assertThat(this.nodes.isRelated(OTHER, this.observations.get(OTHER))).isFalse();
	}

	private void replicated() {
		primary(SEED, "history", 1000, null, -1, "seed");
		this.observations.put(OTHER, replica("history", 1000, SEED, LinkStatus.UP, "other"));
		assertThat(elect()).isEqualTo(SEED);
	}

	private @Nullable NodeAddress elect() {
		this.observations.replaceAll((node, observation) -> (observation.reachability() == Reachability.ANSWERS)
				? observation.answered(observation.status(), this.now, this.now) : observation);
		return this.nodes.elect(this.named, this.observations, this.now);
	}

	private @Nullable NodeAddress electAfter(Duration time) {
		this.now += time.toNanos();
		return elect();
	}

	private void silence(NodeAddress node) {
		this.observations.computeIfPresent(node, (it, observation) -> observation.failed(Reachability.SILENT));
	}

	private void primary(NodeAddress node, String id, long offset, @Nullable String former, long switchOffset,
			String runId) {
		this.observations.put(node,
				NodeObservation.NONE
					.answered(new ReplicationStatus(NodeRole.PRIMARY, id, offset, LinkStatus.UP, null, List.of(),
							former, switchOffset), this.now, this.now)
					.identified(runId));
	}

	private NodeObservation replica(String id, long offset, NodeAddress upstream, LinkStatus link, String runId) {
		return NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.REPLICA, id, offset, link, upstream, List.of()), this.now,
					this.now)
			.identified(runId);
	}

}
