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

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;

/**
 * Tells nodes that are away from those that exist by name only.
 * <p>
 * A node is there while it answers, in whatever way, or is attached to the primary, and
 * for {@link #LATELY} after that. One that was never there is not waited for: Sentinels
 * list nodes that have died for good, and addresses in a list may lead nowhere. Nothing
 * is held against anybody while the primary does not answer: then it may be this
 * application that is cut off.
 */
public final class Attendance {

	/**
	 * How long a node that has left counts as there.
	 */
	public static final Duration LATELY = Duration.ofMinutes(1);

	private final Set<NodeAddress> known = new HashSet<>();

	private final Map<NodeAddress, Long> missingSince = new HashMap<>();

	private final Set<NodeAddress> absent = new HashSet<>();

	/**
	 * Take the roll, and mark who is not there.
	 * @param topology the nodes
	 * @param observations what is known of each
	 * @param now the time in nanoseconds of the process's monotonic clock
	 * @return the nodes, with those that are not there marked
	 */
	public ReplicationTopology take(ReplicationTopology topology, Map<NodeAddress, NodeObservation> observations,
			long now) {
		NodeObservation primary = (topology.primary() != null) ? observations.get(topology.primary().address()) : null;
		Set<NodeAddress> listed = new HashSet<>();
		for (TopologyNode replica : topology.replicas()) {
			NodeAddress node = replica.address();
			listed.add(node);
			take(node, observations.getOrDefault(node, NodeObservation.NONE), primary, now);
		}
		this.known.retainAll(listed);
		this.missingSince.keySet().retainAll(listed);
		this.absent.retainAll(listed);
		return new ReplicationTopology(topology.primary(),
				topology.replicas()
					.stream()
					.map((replica) -> this.absent.contains(replica.address())
							? new TopologyNode(replica.address(), replica.role(), NodeState.ABSENT) : replica)
					.toList());
	}

	private void take(NodeAddress node, NodeObservation observation, @Nullable NodeObservation primary, long now) {
		boolean speaks = primary != null && primary.claimsPrimary();
		boolean attached = primary != null && speaks && primary.mentions().contains(node);
		boolean silent = observation.reachability() == Reachability.SILENT;
		if (attached || (!silent && observation.reachability() != Reachability.UNKNOWN)) {
			this.known.add(node);
			this.missingSince.remove(node);
			this.absent.remove(node);
		}
		else if (!speaks) {
			this.missingSince.remove(node);
		}
		else if (silent) {
			long since = this.missingSince.computeIfAbsent(node, (it) -> now);
			if (!this.known.contains(node) || now - since >= LATELY.toNanos()) {
				this.known.remove(node);
				this.absent.add(node);
			}
		}
	}

}
