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
 * Tests for {@link ReplicationTopology}.
 */
class ReplicationTopologyTests {

	private final TopologyNode primary = node(NodeRole.PRIMARY, 1, NodeState.ONLINE);

	@Test
	void theTextNamesEveryNodeWithItsState() {
		ReplicationTopology topology = new ReplicationTopology(this.primary,
				List.of(node(NodeRole.REPLICA, 2, NodeState.LINK_DOWN), node(NodeRole.REPLICA, 3, NodeState.FOREIGN)));
		assertThat(topology).hasToString("primary 10.0.0.1:6379 online, "
				+ "replica 10.0.0.2:6379 is cut off from its primary, replica 10.0.0.3:6379 follows another primary");
	}

	@Test
	void theTextSaysWhenNoPrimaryIsKnown() {
		assertThat(ReplicationTopology.UNKNOWN).hasToString("primary not known");
		assertThat(new ReplicationTopology(null, List.of(node(NodeRole.REPLICA, 2, NodeState.UNKNOWN))))
			.hasToString("primary not known, replica 10.0.0.2:6379 not heard of yet");
	}

	@Test
	void onlyReplicasThatAreOnlineMayAnswerReads() {
		TopologyNode online = node(NodeRole.REPLICA, 9, NodeState.ONLINE);
		for (NodeState state : NodeState.values()) {
			if (state != NodeState.ONLINE) {
				assertThat(new ReplicationTopology(this.primary, List.of(node(NodeRole.REPLICA, 2, state), online))
					.onlineReplicas()).containsExactly(online);
			}
		}
	}

	@Test
	void nodesAreReplicatedOnceAPrimaryAndAReplicaAreKnown() {
		List<TopologyNode> replicas = List.of(node(NodeRole.REPLICA, 2, NodeState.UNREACHABLE));
		assertThat(new ReplicationTopology(this.primary, replicas).isReplicated()).isTrue();
		assertThat(new ReplicationTopology(this.primary, List.of()).isReplicated()).isFalse();
		assertThat(new ReplicationTopology(null, replicas).isReplicated()).isFalse();
		assertThat(ReplicationTopology.UNKNOWN.isReplicated()).isFalse();
	}

	@Test
	void theAddressOfThePrimaryIsEmptyWhileNoneIsKnown() {
		assertThat(ReplicationTopology.UNKNOWN.primaryAddress()).isEmpty();
		assertThat(new ReplicationTopology(this.primary, List.of()).primaryAddress()).contains(this.primary.address());
	}

	private static TopologyNode node(NodeRole role, int number, NodeState state) {
		return new TopologyNode(new NodeAddress("10.0.0." + number, 6379), role, state);
	}

}
