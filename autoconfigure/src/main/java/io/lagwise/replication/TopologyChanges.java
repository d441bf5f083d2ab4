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
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Tells what has changed from one topology to the next.
 */
public final class TopologyChanges {

	private TopologyChanges() {
	}

	/**
	 * Return what has changed, the refreshed topology last. From a topology without a
	 * primary nothing can be told but that it is refreshed.
	 * @param before the nodes as they were
	 * @param after the nodes as they are
	 * @return the events, none when nothing has changed
	 */
	public static List<ReplicationEvent> between(ReplicationTopology before, ReplicationTopology after) {
		List<ReplicationEvent> events = new ArrayList<>();
		if (before.equals(after)) {
			return events;
		}
		if (before.primary() != null) {
			addPrimary(before.primary(), after, events);
			addReplicas(before, after, events);
		}
		events.add(new TopologyRefreshedEvent(after));
		return events;
	}

	private static void addPrimary(TopologyNode before, ReplicationTopology after, List<ReplicationEvent> events) {
		TopologyNode primary = after.primary();
		if (primary != null && !primary.address().equals(before.address())) {
			events.add(new PrimarySwitchedEvent(before.address(), primary.address(), after));
		}
	}

	private static void addReplicas(ReplicationTopology before, ReplicationTopology after,
			List<ReplicationEvent> events) {
		List<NodeAddress> were = online(before);
		List<NodeAddress> are = online(after);
		were.stream()
			.filter((replica) -> !are.contains(replica) && !isPrimary(replica, after))
			.forEach((replica) -> events.add(new ReplicaLostEvent(replica, state(replica, after), after)));
		are.stream()
			.filter((replica) -> !were.contains(replica))
			.forEach((replica) -> events.add(new ReplicaReturnedEvent(replica, after)));
	}

	private static boolean isPrimary(NodeAddress node, ReplicationTopology topology) {
		return topology.primary() != null && topology.primary().address().equals(node);
	}

	private static List<NodeAddress> online(ReplicationTopology topology) {
		return topology.onlineReplicas().stream().map(TopologyNode::address).toList();
	}

	private static @Nullable NodeState state(NodeAddress replica, ReplicationTopology topology) {
		return topology.replicas()
			.stream()
			.filter((node) -> node.address().equals(replica))
			.map(TopologyNode::state)
			.findFirst()
			.orElse(null);
	}

}
