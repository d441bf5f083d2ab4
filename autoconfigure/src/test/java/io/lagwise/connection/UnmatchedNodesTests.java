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

import java.util.List;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.LoadBalancer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnmatchedNodes}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnmatchedNodesTests {

	private static final NodeAddress PRIMARY = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress REPLICA = new NodeAddress("10.0.0.2", 6379);

	private static final NodeAddress NOBODY = new NodeAddress("redis-2", 6379);

	private static final ReplicationTopology TOPOLOGY = new ReplicationTopology(
			new TopologyNode(PRIMARY, NodeRole.PRIMARY, NodeState.ONLINE),
			List.of(new TopologyNode(REPLICA, NodeRole.REPLICA, NodeState.ONLINE)));

	@Test
	void addressesOfNobodyAreNamedOnceWhenTheNodesAreKnown(CapturedOutput output) {
		UnmatchedNodes unmatched = UnmatchedNodes.of(ReplicaReadOptions.DEFAULTS
			.withNodeCredentials(NodeCredentials.NONE.with(REPLICA, "user", "secret").with(NOBODY, "user", "secret"))
			.withLoadBalancer(LoadBalancer.ordered(List.of(NOBODY, REPLICA))));
		unmatched.report(ReplicationTopology.UNKNOWN, 0);
		unmatched.report(TOPOLOGY, 10);
		unmatched.report(TOPOLOGY, 9 + UnmatchedNodes.PATIENCE.toNanos());
		assertThat(output).doesNotContain("has no effect");
		unmatched.report(TOPOLOGY, 10 + UnmatchedNodes.PATIENCE.toNanos());
		unmatched.report(TOPOLOGY, 20 + UnmatchedNodes.PATIENCE.toNanos());
		assertThat(output.toString().split("has no effect", -1)).hasSize(3);
		assertThat(output).contains("lagwise.nodes holds redis-2:6379, which is")
			.contains("lagwise.reads.preferred-nodes holds redis-2:6379, which is")
			.contains("replica 10.0.0.2:6379 online")
			.doesNotContain("secret");
	}

	@Test
	void addressesOfNodesAreNotMentioned(CapturedOutput output) {
		UnmatchedNodes unmatched = UnmatchedNodes
			.of(ReplicaReadOptions.DEFAULTS.withNodeCredentials(NodeCredentials.NONE.with(PRIMARY, "user", "secret"))
				.withLoadBalancer(LoadBalancer.ordered(List.of(REPLICA))));
		unmatched.report(TOPOLOGY, 0);
		unmatched.report(TOPOLOGY, 2 * UnmatchedNodes.PATIENCE.toNanos());
		assertThat(output).doesNotContain("has no effect");
	}

}
