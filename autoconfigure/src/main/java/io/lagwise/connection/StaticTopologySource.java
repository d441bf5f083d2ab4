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
import java.util.function.LongSupplier;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.UnsupervisedNodes;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A fixed list of nodes. The primary is the node that says so.
 */
final class StaticTopologySource implements TopologySource {

	private static final Log logger = LogFactory.getLog(StaticTopologySource.class);

	private final List<NodeAddress> addresses;

	private final LongSupplier clock;

	private final UnsupervisedNodes nodes = new UnsupervisedNodes();

	StaticTopologySource(List<NodeAddress> addresses, LongSupplier clock) {
		this.addresses = List.copyOf(addresses);
		this.clock = clock;
	}

	@Override
	public Membership membership(Map<NodeAddress, NodeObservation> observations) {
		NodeAddress primary = this.nodes.elect(this.addresses, observations, this.clock.getAsLong());
		this.nodes.takePretenders(this.addresses, observations)
			.forEach((node) -> logger.warn(node + " says that it is a primary but lacks what primary " + primary
					+ " held: it is not followed. If it is to take over, restart without " + primary
					+ " in the list of nodes"));
		return new Membership(primary, Set.copyOf(this.addresses));
	}

	@Override
	public List<NodeAddress> configured() {
		return this.addresses;
	}

	@Override
	public String describe() {
		return "the nodes " + this.addresses;
	}

}
