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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SentinelElection}.
 */
class SentinelElectionTests {

	private static final int UNKNOWN = (int) SentinelVote.UNKNOWN_EPOCH;

	private static final long PATIENCE = PrimaryElection.PATIENCE.toNanos();

	private static final NodeAddress A = new NodeAddress("a", 6379);

	private static final NodeAddress B = new NodeAddress("b", 6379);

	private static final NodeAddress C = new NodeAddress("c", 6379);

	private static final NodeAddress FOREIGN = new NodeAddress("z", 6379);

	private static final NodeAddress DEAD = new NodeAddress("zz", 6379);

	private final Map<NodeAddress, NodeObservation> observations = new HashMap<>();

	private SentinelElection election = new SentinelElection(3);

	private Set<NodeAddress> members = Set.of();

	private boolean complete = true;

	private long now;

	static Stream<Arguments> votes() {
		return Stream.of(Arguments.of("no vote", ballots(), null, null),
				Arguments.of("no vote, though one is known", ballots(), A, A),
				Arguments.of("unanimous", ballots(A, 1, A, 1, A, 1), null, A),
				Arguments.of("unanimous for another", ballots(B, 2, B, 2, B, 2), A, B),
				Arguments.of("majority against the current", ballots(A, 1, B, 1, B, 1), A, B),
				Arguments.of("majority for the current", ballots(A, 1, A, 1, B, 1), A, A),
				Arguments.of("tie with the current", ballots(B, 1, A, 1), A, A),
				Arguments.of("tie with the current, the other way", ballots(A, 1, B, 1), B, B),
				Arguments.of("tie of others", ballots(A, 1, B, 1), C, B),
				Arguments.of("tie of unknowns", ballots(B, 1, A, 1), null, B),
				Arguments.of("one has heard of a newer one", ballots(A, 1, B, 2, A, 1), A, B),
				Arguments.of("one has heard of a newer one, and speaks first", ballots(B, 2, A, 1, A, 1), A, B),
				Arguments.of("one has not heard of the current one", ballots(A, 1, B, 2, B, 2), B, B),
				Arguments.of("most have not heard of the current one", ballots(A, 1, A, 1, B, 2), B, B),
				Arguments.of("the current one has been given back its place", ballots(A, 3, B, 2, B, 2), B, A),
				Arguments.of("majority among the newest", ballots(A, 1, A, 1, A, 1, B, 2, C, 2, C, 2), A, C),
				Arguments.of("tie among the newest", ballots(A, 1, A, 1, B, 2, C, 2), A, C),
				Arguments.of("tie among the newest with the current", ballots(A, 1, A, 1, B, 2, C, 2), B, B),
				Arguments.of("the first configuration", ballots(A, 0, A, 0, B, 0), B, A),
				Arguments.of("nobody tells", ballots(A, UNKNOWN, B, UNKNOWN, B, UNKNOWN), A, B),
				Arguments.of("not all tell", ballots(A, 1, B, 2, A, UNKNOWN), B, A),
				Arguments.of("not all tell, and the silent ones are outvoted", ballots(A, UNKNOWN, B, 2, B, 2), A, B));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("votes")
	void nodesThatAllClaimToBeThePrimaryAreElectedByVotes(String description, List<SentinelVote> votes,
			@Nullable NodeAddress current, @Nullable NodeAddress expected) {
		this.election = new SentinelElection(Math.max(votes.size(), 1));
		Stream.of(A, B, C).forEach((node) -> observe(node, primary("id")));
		if (current != null) {
			assertThat(elect(current, 0)).isEqualTo(current);
		}
		assertThat(this.election.elect(votes, true, Set.of(), this.observations, this.now)).isEqualTo(expected);
	}

	@Test
	void theMajorityIsFollowedAtOnce() {
		this.complete = false;
		observe(A, primary("id"));
		assertThat(elect(A, 1, A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void aSingleVoiceWaitsForTheOthersButNotForEver() {
		this.complete = false;
		observe(A, primary("id"));
		assertThat(elect(A, 1)).isNull();
		this.now += SentinelElection.FIRST_VOTES.toNanos();
		assertThat(elect(A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void aSingleVoiceIsFollowedOnceTheOthersHaveFailed() {
		observe(A, primary("id"));
		assertThat(elect(A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void nobodyLeadsWhoDoesNotSayThatItIsAPrimary() {
		observe(A, replica("id", B));
		assertThat(elect(A, 1, A, 1, A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isNull();
	}

	@Test
	void theNewestCandidateIsHeardBeforeAnOlderOneIsFollowed() {
		observe(A, primary("old"));
		assertThat(elect(B, 2, A, 1, A, 1)).isNull();
		observe(B, primary("new", "old"));
		assertThat(elect(B, 2, A, 1, A, 1)).isEqualTo(B);
		assertThat(this.election.leader()).isEqualTo(B);
	}

	@Test
	void aDeadCandidateOfOneSentinelDoesNotBlockTheMajority() {
		observe(A, primary("id"));
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		elect(DEAD, 9, A, 1, A, 1);
		assertThat(this.election.leader()).isNull();
		this.now += PATIENCE;
		assertThat(elect(DEAD, 9, A, 1, A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void aDeadCandidateOfTheMajorityIsNotPassedOver() {
		observe(A, primary("id"));
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		elect(DEAD, 2, DEAD, 2, A, 1);
		this.now += PATIENCE;
		assertThat(elect(DEAD, 2, DEAD, 2, A, 1)).isEqualTo(DEAD);
		assertThat(this.election.leader()).isNull();
	}

	@Test
	void aDeadCandidateOfTheMajorityIsNotPassedOverForOneWithFollowersEither() {
		this.members = Set.of(A, C);
		observe(A, primary("id", null, C));
		observe(C, replica("id", A));
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		elect(DEAD, 2, DEAD, 2, A, 1);
		this.now += PATIENCE;
		assertThat(elect(DEAD, 2, DEAD, 2, A, 1)).isEqualTo(DEAD);
		assertThat(this.election.leader()).isNull();
	}

	@Test
	void atOneEpochTheNodeThatSaysItIsThePrimaryAndHasTheFollowersLeads() {
		observe(A, primary("id", null, C));
		observe(B, primary("other"));
		observe(C, replica("id", A));
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		elect(DEAD, 1, B, 1, A, 1);
		assertThat(this.election.leader()).isNull();
		this.now += PATIENCE;
		assertThat(elect(DEAD, 1, B, 1, A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void itLeadsAtOnceIfOneThatNamesAnotherKnowsItsFollowers() {
		observe(A, primary("id", null, C));
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		List<SentinelVote> votes = List.of(new SentinelVote(DEAD, 1, Set.of(C)), new SentinelVote(A, 1));
		assertThat(this.election.elect(votes, true, this.members, this.observations, this.now)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void aForeignPrimaryOfOneSentinelIsNotFollowed() {
		observe(A, primary("id", null, C));
		observe(FOREIGN, primary("foreign"));
		assertThat(elect(FOREIGN, 9, A, 1, A, 1)).isEqualTo(A);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void aForeignPrimaryWithReplicasOfItsOwnIsNotFollowedEither() {
		observe(A, primary("id", null, C));
		observe(FOREIGN, primary("foreign", null, new NodeAddress("z2", 6379)));
		assertThat(elect(FOREIGN, 9, A, 1, A, 1)).isEqualTo(A);
	}

	@Test
	void ofTwoThatNothingIsKnownOfTheOneWithFollowersLeads() {
		observe(A, primary("id", null, C));
		observe(FOREIGN, primary("foreign"));
		assertThat(elect(FOREIGN, 9, A, 1)).isEqualTo(A);
	}

	@Test
	void ofTwoThatNothingIsKnownOfTheOneThatAnswersLeads() {
		observe(FOREIGN, NodeObservation.NONE.failed(Reachability.SILENT));
		observe(A, primary("id"));
		elect(FOREIGN, 1, A, 1);
		this.now += PATIENCE;
		assertThat(elect(FOREIGN, 1, A, 1)).isEqualTo(A);
	}

	@Test
	void aPromotedReplicaIsFollowedOnOneVoice() {
		leadBy(A, "old");
		observe(A, primary("old"));
		observe(B, primary("new", "old"));
		assertThat(elect(B, 2, A, 1, A, 1)).isEqualTo(B);
		assertThat(this.election.leader()).isEqualTo(B);
	}

	@Test
	void aPrimaryWithAnUnrelatedHistoryIsNotFollowedOnOneVoice() {
		leadBy(A, "id");
		observe(FOREIGN, primary("foreign", "its own", DEAD));
		assertThat(elect(FOREIGN, 9, A, 1, A, 1)).isEqualTo(A);
		observe(A, primary("id").failed(Reachability.SILENT));
		this.now += 10 * PATIENCE;
		elect(FOREIGN, 9, A, 1, A, 1);
		elect(FOREIGN, 9);
		assertThat(this.election.leader()).isEqualTo(A);
	}

	@Test
	void aPrimaryWithAnUnrelatedHistoryIsFollowedOnTwoVoices() {
		leadBy(A, "id");
		observe(B, primary("restarted"));
		assertThat(elect(B, 2, B, 2, A, 1)).isEqualTo(B);
	}

	@Test
	void aPrimaryWithAnUnrelatedHistoryIsFollowedOnOneVoiceIfMembersFollowIt() {
		leadBy(A, "id");
		this.members = Set.of(A, B, C);
		observe(B, primary("restarted"));
		observe(C, replica("restarted", B));
		assertThat(elect(B, 2, A, 1, A, 1)).isEqualTo(B);
	}

	@Test
	void theOnlySentinelIsNotBelievedWhileTheNodeInChargeIsThere() {
		this.election = new SentinelElection(1);
		leadBy(A, "id");
		observe(FOREIGN, primary("foreign"));
		assertThat(elect(FOREIGN, 9)).isEqualTo(A);
		observe(A, primary("id").failed(Reachability.SILENT));
		assertThat(elect(FOREIGN, 9)).isEqualTo(A);
		this.now += PATIENCE;
		assertThat(elect(FOREIGN, 9)).isEqualTo(FOREIGN);
	}

	@Test
	void aDeadCandidateChangesNothing() {
		leadBy(A, "id");
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		elect(DEAD, 9, A, 1, A, 1);
		assertThat(this.election.leader()).isEqualTo(A);
		this.now += PATIENCE;
		observe(A, primary("id"));
		assertThat(elect(DEAD, 9, A, 1, A, 1)).isEqualTo(A);
	}

	@Test
	void aFailoverIsFollowedBesideADeadCandidate() {
		leadBy(A, "old");
		observe(DEAD, NodeObservation.NONE.failed(Reachability.SILENT));
		elect(DEAD, 9, A, 1, A, 1);
		this.now += PATIENCE;
		observe(A, primary("old").failed(Reachability.SILENT));
		observe(B, primary("new", "old"));
		assertThat(elect(DEAD, 9, B, 2, B, 2)).isEqualTo(B);
	}

	@Test
	void aPrimaryThatWasReplacedNeverComesBackBecauseItsSuccessorIsSilent() {
		leadBy(A, "old");
		observe(A, primary("old", null, C));
		observe(B, primary("new", "old"));
		observe(C, replica("old", A));
		assertThat(elect(B, 2, A, 1, A, 1)).isEqualTo(B);
		observe(B, primary("new", "old").failed(Reachability.SILENT));
		elect(B, 2, A, 1, A, 1);
		this.now += 10 * PATIENCE;
		elect(B, 2, A, 1, A, 1);
		assertThat(this.election.leader()).isEqualTo(B);
	}

	@Test
	void norDoesAnyOfAnOlderEpochHoweverManyNameItAndWhateverItHolds() {
		leadBy(B, "id");
		assertThat(elect(B, 2, B, 2, B, 2)).isEqualTo(B);
		observe(A, primary("unknown", null, C));
		observe(B, primary("id").failed(Reachability.SILENT));
		elect(B, 2, A, 1, A, 1);
		this.now += 10 * PATIENCE;
		assertThat(elect(B, 2, A, 1, A, 1)).isEqualTo(B);
		assertThat(this.election.leader()).isEqualTo(B);
	}

	@Test
	void norDoesItWhereNoEpochTellsWhichIsTheNewer() {
		leadBy(B, "new", "old");
		observe(A, primary("old", null, C));
		observe(C, replica("old", A));
		observe(B, primary("new", "old").failed(Reachability.SILENT));
		elect(B, UNKNOWN, A, UNKNOWN);
		this.now += 10 * PATIENCE;
		elect(B, UNKNOWN, A, UNKNOWN);
		assertThat(this.election.leader()).isEqualTo(B);
	}

	@Test
	void aPrimaryThatIsRestartedEmptyStaysInCharge() {
		leadBy(A, "id");
		observe(A, primary("another"));
		assertThat(elect(A, 1, A, 1, A, 1)).isEqualTo(A);
	}

	@Test
	void aPrimaryThatIsGivenItsPlaceBackIsFollowed() {
		leadBy(A, "first");
		observe(B, primary("second", "first"));
		assertThat(elect(B, 2, B, 2, B, 2)).isEqualTo(B);
		observe(B, replica("third", A));
		observe(A, primary("third", "second"));
		assertThat(elect(A, 3, B, 2, B, 2)).isEqualTo(A);
	}

	@Test
	void epochsThatBeginAnewAreAccepted() {
		leadBy(B, "new", "old");
		observe(A, primary("newer", "new"));
		assertThat(elect(A, 0, A, 0, A, 0)).isEqualTo(A);
	}

	private void leadBy(NodeAddress node, String history) {
		leadBy(node, history, null);
	}

	private void leadBy(NodeAddress node, String history, @Nullable String former) {
		observe(node, primary(history, former));
		assertThat(elect(node, 1, node, 1, node, 1)).isEqualTo(node);
		assertThat(this.election.leader()).isEqualTo(node);
	}

	private @Nullable NodeAddress elect(Object... addressesAndEpochs) {
		return this.election.elect(ballots(addressesAndEpochs), this.complete, this.members, this.observations,
				this.now);
	}

	private void observe(NodeAddress node, NodeObservation observation) {
		this.observations.put(node, observation);
	}

	private NodeObservation primary(String history) {
		return primary(history, null);
	}

	private NodeObservation primary(String history, @Nullable String former, NodeAddress... followers) {
		return NodeObservation.NONE.answered(
				new ReplicationStatus(NodeRole.PRIMARY, history, 0, LinkStatus.UP, null, List.of(followers), former, 1),
				this.now, this.now);
	}

	private NodeObservation replica(String history, NodeAddress upstream) {
		return NodeObservation.NONE.answered(
				new ReplicationStatus(NodeRole.REPLICA, history, 0, LinkStatus.UP, upstream, List.of()), this.now,
				this.now);
	}

	private static List<SentinelVote> ballots(Object... addressesAndEpochs) {
		List<SentinelVote> votes = new ArrayList<>();
		for (int i = 0; i < addressesAndEpochs.length; i += 2) {
			votes.add(new SentinelVote((NodeAddress) addressesAndEpochs[i], (int) addressesAndEpochs[i + 1]));
		}
		return votes;
	}

}
