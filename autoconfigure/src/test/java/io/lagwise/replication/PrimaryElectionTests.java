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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryElection}.
 */
class PrimaryElectionTests {

	private static final int UNKNOWN = (int) SentinelVote.UNKNOWN_EPOCH;

	private static final NodeAddress A = new NodeAddress("a", 6379);

	private static final NodeAddress B = new NodeAddress("b", 6379);

	private static final NodeAddress C = new NodeAddress("c", 6379);

	private static final NodeAddress D = new NodeAddress("d", 6379);

	private static final NodeAddress E = new NodeAddress("e", 6379);

	static Stream<Arguments> votes() {
		return Stream.of(Arguments.of("no vote", ballots(), null, null),
				Arguments.of("no vote, though one is known", ballots(), A, null),
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
	void sentinelsElect(String description, List<SentinelVote> votes, @Nullable NodeAddress current,
			@Nullable NodeAddress expected) {
		assertThat(PrimaryElection.byVotes(votes, current)).isEqualTo(expected);
	}

	static Stream<Arguments> roles() {
		return Stream.of(Arguments.of("nobody answers", null, of(A, NodeObservation.NONE), null),
				Arguments.of("nobody says so", null, of(A, follows(B), B, follows(A)), null),
				Arguments.of("one says so", null, of(A, follows(B), B, primary()), B),
				Arguments.of("the current one says so", A, of(A, primary(), B, follows(A)), A),
				Arguments.of("the current one says so, though others follow another", A,
						of(A, primary(), B, primary(), C, follows(B)), A),
				Arguments.of("another says so and the current one has stopped", A, of(A, follows(B), B, primary()), B),
				Arguments.of("another says so and the current one is silent", A, of(A, silentPrimary(), B, primary()),
						B),
				Arguments.of("nobody else says so while the current one is silent", A,
						of(A, silentPrimary(), B, follows(A)), A),
				Arguments.of("the current one has stopped and nobody else says so", A, of(A, follows(B), B, follows(A)),
						A),
				Arguments.of("one that says so is silent", null, of(A, silentPrimary(), B, primary()), B),
				Arguments.of("all that say so are silent", null, of(A, silentPrimary()), null),
				Arguments.of("one is followed by more", null,
						of(A, primary(), B, primary(), C, follows(B), D, follows(B)), B),
				Arguments.of("the one that is followed stands first", null,
						of(A, primary(), B, primary(), C, follows(A)), A),
				Arguments.of("followers that are silent do not count", null,
						of(A, primary(), B, primary(), C, follows(A).failed(Reachability.SILENT), D, follows(B)), B),
				Arguments.of("the current one is silent but replicas are connected to it", A,
						of(A, silentPrimary(), B, primary(), C, follows(A)), A),
				Arguments.of("the current one is silent and as many are connected to another", A,
						of(A, silentPrimary(), B, primary(), C, follows(A), D, follows(B)), A),
				Arguments.of("the current one is silent and more are connected to another", A,
						of(A, silentPrimary(), B, primary(), C, follows(B), D, follows(B), E, follows(A)), B),
				Arguments.of("the current one is silent and no replica is connected to it", A,
						of(A, silentPrimary(), B, primary(), C, lost(A)), B),
				Arguments.of("the current one was forgotten", A, of(B, primary(), C, lost(A)), B),
				Arguments.of("the current one has stopped but is still followed", A,
						of(A, follows(B), B, primary(), C, follows(A), D, follows(A)), B),
				Arguments.of("a tie is decided by the address", null, of(B, primary(), A, primary()), A));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("roles")
	void nodesElect(String description, @Nullable NodeAddress current, Map<NodeAddress, NodeObservation> observations,
			@Nullable NodeAddress expected) {
		long now = PrimaryElection.PATIENCE.toNanos();
		assertThat(PrimaryElection.byRoles(current, observations, now)).isEqualTo(expected);
	}

	@Test
	void aPauseIsNoPromotion() {
		Map<NodeAddress, NodeObservation> observations = of(A, silentPrimary(), B, primary());
		long now = PrimaryElection.PATIENCE.toNanos();
		assertThat(PrimaryElection.byRoles(A, observations, now - 1)).isEqualTo(A);
		assertThat(PrimaryElection.byRoles(A, observations, now)).isEqualTo(B);
	}

	private static List<SentinelVote> ballots(Object... addressesAndEpochs) {
		List<SentinelVote> votes = new ArrayList<>();
		for (int i = 0; i < addressesAndEpochs.length; i += 2) {
			votes.add(new SentinelVote((NodeAddress) addressesAndEpochs[i], (int) addressesAndEpochs[i + 1]));
		}
		return votes;
	}

	private static Map<NodeAddress, NodeObservation> of(Object... addressesAndObservations) {
		Map<NodeAddress, NodeObservation> observations = new LinkedHashMap<>();
		for (int i = 0; i < addressesAndObservations.length; i += 2) {
			observations.put((NodeAddress) addressesAndObservations[i],
					(NodeObservation) addressesAndObservations[i + 1]);
		}
		return observations;
	}

	private static NodeObservation silentPrimary() {
		return primary().failed(Reachability.SILENT);
	}

	private static NodeObservation primary() {
		return NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.PRIMARY, "id", 0, LinkStatus.UP, null, List.of()), 0, 0);
	}

	private static NodeObservation follows(NodeAddress upstream) {
		return replica(upstream, LinkStatus.UP);
	}

	private static NodeObservation lost(NodeAddress upstream) {
		return replica(upstream, LinkStatus.DOWN);
	}

	private static NodeObservation replica(NodeAddress upstream, LinkStatus link) {
		return NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.REPLICA, "id", 0, link, upstream, List.of()), 0, 0);
	}

}
