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

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TopologyChanges}.
 */
class TopologyChangesTests {

	private static final NodeAddress A = new NodeAddress("localhost", 1);

	private static final NodeAddress B = new NodeAddress("localhost", 2);

	private static final NodeAddress C = new NodeAddress("localhost", 3);

	private static final ReplicationTopology BEFORE = topology(A, online(B), online(C));

	@Test
	void nothingHasChangedBetweenEqualTopologies() {
		assertThat(TopologyChanges.between(BEFORE, topology(A, online(B), online(C)))).isEmpty();
	}

	@Test
	void theFirstTopologyIsARefreshAndNothingMore() {
		assertThat(TopologyChanges.between(ReplicationTopology.UNKNOWN, BEFORE))
			.containsExactly(new TopologyRefreshedEvent(BEFORE));
	}

	@Test
	void aReplicaThatIsNoLongerOnlineIsLost() {
		ReplicationTopology after = topology(A, online(B), replica(C, NodeState.LINK_DOWN));
		assertThat(TopologyChanges.between(BEFORE, after))
			.containsExactly(new ReplicaLostEvent(C, NodeState.LINK_DOWN, after), new TopologyRefreshedEvent(after));
	}

	@Test
	void aReplicaThatIsGoneIsLostWithoutState() {
		ReplicationTopology after = topology(A, online(B));
		assertThat(TopologyChanges.between(BEFORE, after)).containsExactly(new ReplicaLostEvent(C, null, after),
				new TopologyRefreshedEvent(after));
	}

	@Test
	void aReplicaThatIsOnlineAgainHasReturned() {
		ReplicationTopology before = topology(A, online(B), replica(C, NodeState.UNREACHABLE));
		assertThat(TopologyChanges.between(before, BEFORE)).containsExactly(new ReplicaReturnedEvent(C, BEFORE),
				new TopologyRefreshedEvent(BEFORE));
	}

	@Test
	void aChangeOfStateOfAReplicaThatWasLostAlreadyIsARefresh() {
		ReplicationTopology before = topology(A, replica(B, NodeState.UNREACHABLE));
		ReplicationTopology after = topology(A, replica(B, NodeState.SYNCHRONIZING));
		assertThat(TopologyChanges.between(before, after)).containsExactly(new TopologyRefreshedEvent(after));
	}

	@Test
	void aPromotedReplicaIsNotLost() {
		ReplicationTopology after = topology(B, replica(A, NodeState.DEPOSED), online(C));
		assertThat(TopologyChanges.between(BEFORE, after)).containsExactly(new PrimarySwitchedEvent(A, B, after),
				new TopologyRefreshedEvent(after));
	}

	private static ReplicationTopology topology(NodeAddress primary, TopologyNode... replicas) {
		return new ReplicationTopology(new TopologyNode(primary, NodeRole.PRIMARY, NodeState.ONLINE),
				List.of(replicas));
	}

	private static TopologyNode online(NodeAddress address) {
		return replica(address, NodeState.ONLINE);
	}

	private static TopologyNode replica(NodeAddress address, NodeState state) {
		return new TopologyNode(address, NodeRole.REPLICA, state);
	}

}
