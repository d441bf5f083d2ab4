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
import java.util.Map;
import java.util.Set;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.PrimaryElection;
import org.jspecify.annotations.Nullable;

/**
 * A fixed list of nodes. The primary is the node that says so.
 */
final class StaticTopologySource implements TopologySource {

	private final List<NodeAddress> nodes;

	private @Nullable NodeAddress primary;

	StaticTopologySource(List<NodeAddress> nodes) {
		this.nodes = List.copyOf(nodes);
	}

	@Override
	public Membership membership(Map<NodeAddress, NodeObservation> observations) {
		this.primary = PrimaryElection.byRoles(this.primary, observations, System.nanoTime());
		return new Membership(this.primary, Set.copyOf(this.nodes));
	}

	@Override
	public String describe() {
		return "the nodes " + this.nodes;
	}

}
