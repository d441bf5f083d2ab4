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

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.PrimaryElection;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * One node that leads to the others: a primary names its replicas, a replica its primary.
 * Nodes that were found are remembered, so that a promotion by hand can be followed.
 */
final class StandaloneTopologySource implements TopologySource {

	private final NodeAddress seed;

	private final Set<NodeAddress> nodes = new LinkedHashSet<>();

	private @Nullable NodeAddress primary;

	StandaloneTopologySource(NodeAddress seed) {
		this.seed = seed;
		this.nodes.add(seed);
	}

	@Override
	public Membership membership(Map<NodeAddress, NodeObservation> observations) {
		for (NodeAddress known : Set.copyOf(this.nodes)) {
			NodeObservation observation = observations.get(known);
			if (observation != null && observation.status() != null) {
				add(observation.status());
			}
		}
		this.primary = PrimaryElection.byRoles(this.primary, observations, System.nanoTime());
		return new Membership(this.primary, this.nodes);
	}

	@Override
	public String describe() {
		return "the node " + this.seed;
	}

	private void add(ReplicationStatus status) {
		this.nodes.addAll(status.attachedReplicas());
		if (status.upstream() != null) {
			this.nodes.add(status.upstream());
		}
	}

}
