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

	private static final NodeAddress A = new NodeAddress("a", 6379);

	private static final NodeAddress B = new NodeAddress("b", 6379);

	private static final NodeAddress C = new NodeAddress("c", 6379);

	private static final NodeAddress D = new NodeAddress("d", 6379);

	private static final NodeAddress E = new NodeAddress("e", 6379);

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
