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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link TopologyAssessment}.
 */
class TopologyAssessmentTests {

	private static final NodeAddress PRIMARY = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress REPLICA = new NodeAddress("10.0.0.2", 6379);

	private static final NodeAddress SUB_REPLICA = new NodeAddress("10.0.0.3", 6379);

	private static final long SECOND = TopologyAssessment.SAME_EVENT.toNanos();

	private static final long NOW = Long.MAX_VALUE - SECOND;

	static Stream<Arguments> replicas() {
		NodeObservation primary = answers(primary("id"));
		NodeObservation lostPrimary = primary.failed(Reachability.SILENT);
		NodeObservation linkDown = linkDown(NOW);
		return Stream.of(Arguments.of("in step", answers(replica("id", LinkStatus.UP)), primary, NodeState.ONLINE),
				Arguments.of("in step while the primary does not answer", answers(replica("id", LinkStatus.UP)),
						lostPrimary, NodeState.ONLINE),
				Arguments.of("in step while the primary refuses to say", answers(replica("id", LinkStatus.UP)),
						primary.failed(Reachability.REFUSES), NodeState.ONLINE),
				Arguments.of("not asked", NodeObservation.NONE, primary, NodeState.UNKNOWN),
				Arguments.of("not observed", null, primary, NodeState.UNKNOWN),
				Arguments.of("silent from the beginning", NodeObservation.NONE.failed(Reachability.SILENT), primary,
						NodeState.UNREACHABLE),
				Arguments.of("silent after it was in step",
						answers(replica("id", LinkStatus.UP)).failed(Reachability.SILENT), primary,
						NodeState.UNREACHABLE),
				Arguments.of("refuses to say", NodeObservation.NONE.failed(Reachability.REFUSES), primary,
						NodeState.CONCEALED),
				Arguments.of("refuses the login", NodeObservation.NONE.failed(Reachability.LOCKED), primary,
						NodeState.LOCKED),
				Arguments.of("in step with a primary that never answered", answers(replica("id", LinkStatus.UP)),
						NodeObservation.NONE.failed(Reachability.SILENT), NodeState.UNKNOWN),
				Arguments.of("in step with a primary that was not asked", answers(replica("id", LinkStatus.UP)), null,
						NodeState.UNKNOWN),
				Arguments.of("a primary itself", answers(primary("id")), primary, NodeState.DEPOSED),
				Arguments.of("loading a copy", answers(replica("other", LinkStatus.SYNCHRONIZING)), primary,
						NodeState.SYNCHRONIZING),
				Arguments.of("loading a copy of the same history", answers(replica("id", LinkStatus.SYNCHRONIZING)),
						lostPrimary, NodeState.SYNCHRONIZING),
				Arguments.of("on another history", answers(replica("other", LinkStatus.UP)), primary,
						NodeState.FOREIGN),
				Arguments.of("on another history, about to join", answers(replica("other", LinkStatus.DOWN)), primary,
						NodeState.LINK_DOWN),
				Arguments.of("on another history, about to join a lost primary",
						answers(replica("other", LinkStatus.DOWN)), lostPrimary, NodeState.LINK_DOWN),
				Arguments.of("on another history and cut off from another primary",
						answers(replica("other", LinkStatus.DOWN, SUB_REPLICA)), primary, NodeState.FOREIGN),
				Arguments.of("cut off", linkDown, primary, NodeState.LINK_DOWN),
				Arguments.of("cut off since the primary was asked", linkDown(NOW + 1), primary, NodeState.ONLINE),
				Arguments.of("cut off since the primary was asked, and restarted",
						linkDown(NOW).disconnected(Reachability.SILENT)
							.answered(replica("id", LinkStatus.DOWN), NOW + 1, NOW + 1),
						primary, NodeState.LINK_DOWN),
				Arguments.of("on another history, cut off since the primary was asked",
						NodeObservation.NONE.answered(replica("other", LinkStatus.UP), NOW, NOW)
							.answered(replica("other", LinkStatus.DOWN), NOW + 1, NOW + 1),
						primary, NodeState.LINK_DOWN),
				Arguments.of("cut off after the primary was lost, and restarted",
						linkDown(NOW).disconnected(Reachability.SILENT)
							.answered(replica("id", LinkStatus.DOWN), NOW + 1, NOW + 1),
						lostPrimary, NodeState.LINK_DOWN),
				Arguments.of("cut off after the primary was lost", linkDown(NOW + SECOND), lostPrimary,
						NodeState.ONLINE),
				Arguments.of("cut off together with the primary", linkDown, lostPrimary, NodeState.ONLINE),
				Arguments.of("cut off just before the primary was lost", linkDown(NOW - SECOND), lostPrimary,
						NodeState.ONLINE),
				Arguments.of("cut off before the primary was lost", linkDown(NOW - SECOND - 1), lostPrimary,
						NodeState.LINK_DOWN),
				Arguments.of("cut off from a primary that refuses to say", linkDown,
						primary.failed(Reachability.REFUSES), NodeState.LINK_DOWN));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("replicas")
	void aReplicaIsJudged(String description, @Nullable NodeObservation replica, @Nullable NodeObservation primary,
			NodeState expected) {
		ReplicationTopology topology = assess(PRIMARY, observations(primary, replica));
		assertThat(topology.replicas()).containsExactly(new TopologyNode(REPLICA, NodeRole.REPLICA, expected));
	}

	@Test
	void lossesAreComparedAcrossTheOverflowOfTheClock() {
		NodeObservation primary = NodeObservation.NONE.answered(primary("id"), Long.MAX_VALUE, Long.MAX_VALUE)
			.failed(Reachability.SILENT);
		NodeObservation replica = NodeObservation.NONE
			.answered(replica("id", LinkStatus.UP), Long.MAX_VALUE, Long.MAX_VALUE)
			.answered(replica("id", LinkStatus.DOWN), Long.MIN_VALUE, Long.MIN_VALUE);
		assertThat(assess(PRIMARY, observations(primary, replica)).onlineReplicas()).hasSize(1);
	}

	@Test
	void noReplicaIsOnlineWhileNoPrimaryIsKnown() {
		ReplicationTopology topology = assess(null, observations(null, answers(replica("id", LinkStatus.UP))));
		assertThat(topology.primary()).isNull();
		assertThat(topology.replicas()).containsExactly(new TopologyNode(REPLICA, NodeRole.REPLICA, NodeState.UNKNOWN));
	}

	@ParameterizedTest
	@EnumSource
	void aReplicaOfAReplicaIsOnlineOnlyWithIt(Middle middle) {
		ReplicationTopology topology = assessChain(answers(primary("id")), middle.observation,
				answers(replica("id", LinkStatus.UP, REPLICA)));
		assertThat(topology.replicas())
			.contains(new TopologyNode(SUB_REPLICA, NodeRole.REPLICA, middle.stateOfSubReplica));
	}

	@Test
	void aReplicaOfAReplicaStaysOnlineWhenThePrimaryIsLost() {
		ReplicationTopology topology = assessChain(answers(primary("id")).failed(Reachability.SILENT),
				linkDown(NOW + 1), answers(replica("id", LinkStatus.UP, REPLICA)));
		assertThat(topology.onlineReplicas()).hasSize(2);
	}

	@Test
	void replicasThatFollowEachOtherAreNotOnline() {
		ReplicationTopology topology = assessChain(answers(primary("id")),
				answers(replica("id", LinkStatus.UP, SUB_REPLICA)), answers(replica("id", LinkStatus.UP, REPLICA)));
		assertThat(topology.onlineReplicas()).isEmpty();
	}

	private static ReplicationTopology assessChain(NodeObservation primary, NodeObservation replica,
			NodeObservation subReplica) {
		return TopologyAssessment.assess(new Membership(PRIMARY, Set.of(REPLICA, SUB_REPLICA)),
				Map.of(PRIMARY, primary, REPLICA, replica, SUB_REPLICA, subReplica));
	}

	static Stream<Arguments> primaries() {
		return Stream.of(Arguments.of("in charge", answers(primary("id")), NodeState.ONLINE),
				Arguments.of("not asked", null, NodeState.UNKNOWN),
				Arguments.of("silent", answers(primary("id")).failed(Reachability.SILENT), NodeState.UNREACHABLE),
				Arguments.of("refuses to say", NodeObservation.NONE.failed(Reachability.REFUSES), NodeState.CONCEALED),
				Arguments.of("refuses the login", NodeObservation.NONE.failed(Reachability.LOCKED), NodeState.LOCKED),
				Arguments.of("a replica by now", answers(replica("id", LinkStatus.UP)), NodeState.FOREIGN));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("primaries")
	void thePrimaryIsJudged(String description, @Nullable NodeObservation primary, NodeState expected) {
		ReplicationTopology topology = assess(PRIMARY, observations(primary, null));
		assertThat(topology.primary()).isEqualTo(new TopologyNode(PRIMARY, NodeRole.PRIMARY, expected));
	}

	private static ReplicationTopology assess(@Nullable NodeAddress primary,
			Map<NodeAddress, NodeObservation> observations) {
		return TopologyAssessment.assess(new Membership(primary, Set.of(REPLICA)), observations);
	}

	private static Map<NodeAddress, NodeObservation> observations(@Nullable NodeObservation primary,
			@Nullable NodeObservation replica) {
		Map<NodeAddress, NodeObservation> observations = new HashMap<>();
		if (primary != null) {
			observations.put(PRIMARY, primary);
		}
		if (replica != null) {
			observations.put(REPLICA, replica);
		}
		return observations;
	}

	@Test
	void aReplicaThatIsHiddenIsShownAsSuchAndFeedsOthers() {
		ReplicationStatus hidden = new ReplicationStatus(NodeRole.REPLICA, "id", 90, LinkStatus.UP, PRIMARY, List.of(),
				null, -1, false);
		ReplicationTopology topology = TopologyAssessment.assess(new Membership(PRIMARY, Set.of(REPLICA, SUB_REPLICA)),
				Map.of(PRIMARY, NodeObservation.NONE.answered(primary("id"), NOW, NOW), REPLICA,
						NodeObservation.NONE.answered(hidden, NOW, NOW), SUB_REPLICA,
						NodeObservation.NONE.answered(
								new ReplicationStatus(NodeRole.REPLICA, "id", 90, LinkStatus.UP, REPLICA, List.of()),
								NOW, NOW)));
		assertThat(topology.replicas()).extracting(TopologyNode::address, TopologyNode::state)
			.containsExactlyInAnyOrder(tuple(REPLICA, NodeState.HIDDEN), tuple(SUB_REPLICA, NodeState.ONLINE));
		assertThat(topology.presentReplicas()).extracting(TopologyNode::address).containsExactly(SUB_REPLICA);
	}

	private static NodeObservation answers(ReplicationStatus status) {
		return NodeObservation.NONE.answered(status, NOW, NOW);
	}

	private static NodeObservation linkDown(long lostAt) {
		return NodeObservation.NONE.answered(replica("id", LinkStatus.UP), lostAt - 1, lostAt - 1)
			.answered(replica("id", LinkStatus.DOWN), lostAt, lostAt);
	}

	private static ReplicationStatus primary(String replicationId) {
		return new ReplicationStatus(NodeRole.PRIMARY, replicationId, 100, LinkStatus.UP, null, List.of());
	}

	private static ReplicationStatus replica(String replicationId, LinkStatus link) {
		return replica(replicationId, link, PRIMARY);
	}

	private static ReplicationStatus replica(String replicationId, LinkStatus link, NodeAddress upstream) {
		return new ReplicationStatus(NodeRole.REPLICA, replicationId, 90, link, upstream, List.of());
	}

	/**
	 * How the replica in the middle of a chain is doing.
	 */
	enum Middle {

		IN_STEP(answers(replica("id", LinkStatus.UP)), NodeState.ONLINE),

		CUT_OFF(answers(replica("id", LinkStatus.DOWN)), NodeState.LINK_DOWN),

		LOADING(answers(replica("id", LinkStatus.SYNCHRONIZING)), NodeState.LINK_DOWN),

		SILENT(answers(replica("id", LinkStatus.UP)).failed(Reachability.SILENT), NodeState.LINK_DOWN),

		PROMOTED(answers(primary("id")), NodeState.LINK_DOWN);

		private final NodeObservation observation;

		private final NodeState stateOfSubReplica;

		Middle(NodeObservation observation, NodeState stateOfSubReplica) {
			this.observation = observation;
			this.stateOfSubReplica = stateOfSubReplica;
		}

	}

}
