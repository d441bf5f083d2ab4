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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;

/**
 * Judges from what the nodes say which of them may answer reads.
 * <p>
 * A replica is online when it follows the history of the primary in charge and its link
 * is up. When the primary does not answer, a replica whose link went down together with
 * it stays online: it has everything that could be had. So does one that has just lost
 * its link until the primary has answered a question that was asked later. A replica that
 * had lost its link before stays out, and so does one that was restarted meanwhile. A
 * replica of a replica is online only when that one is: its own link says nothing of what
 * comes in there.
 */
public final class TopologyAssessment {

	/**
	 * How much earlier than the last answer of a lost primary a replica may have reported
	 * its link as down to be taken for a victim of the same event.
	 */
	static final Duration SAME_EVENT = Duration.ofSeconds(1);

	private TopologyAssessment() {
	}

	/**
	 * Judge every member.
	 * @param membership which nodes belong together
	 * @param observations what is known of each
	 * @return the topology
	 */
	public static ReplicationTopology assess(Membership membership, Map<NodeAddress, NodeObservation> observations) {
		NodeAddress primary = membership.primary();
		NodeObservation primaryObservation = (primary != null)
				? observations.getOrDefault(primary, NodeObservation.NONE) : null;
		Map<NodeAddress, NodeState> states = new LinkedHashMap<>();
		for (NodeAddress node : membership.nodes()) {
			if (!node.equals(primary)) {
				NodeObservation observation = observations.getOrDefault(node, NodeObservation.NONE);
				states.put(node, replicaState(observation, primary, primaryObservation));
			}
		}
		List<TopologyNode> replicas = new ArrayList<>();
		states.forEach((node,
				state) -> replicas.add(new TopologyNode(node, NodeRole.REPLICA, visible(
						(state != NodeState.ONLINE || isFed(node, states, observations)) ? state : NodeState.LINK_DOWN,
						observations.get(node)))));
		return new ReplicationTopology(
				(primary != null && primaryObservation != null)
						? new TopologyNode(primary, NodeRole.PRIMARY, primaryState(primaryObservation)) : null,
				replicas);
	}

	/**
	 * Walk up from a replica through the replicas that it follows: all must be online,
	 * and they must not follow each other in a circle.
	 */
	private static boolean isFed(NodeAddress node, Map<NodeAddress, NodeState> states,
			Map<NodeAddress, NodeObservation> observations) {
		NodeAddress current = node;
		for (int i = 0; i < states.size(); i++) {
			NodeObservation observation = observations.get(current);
			ReplicationStatus status = (observation != null) ? observation.status() : null;
			NodeAddress upstream = (status != null) ? status.upstream() : null;
			NodeState state = (upstream != null) ? states.get(upstream) : null;
			if (upstream == null || state == null) {
				return true;
			}
			if (state != NodeState.ONLINE) {
				return false;
			}
			current = upstream;
		}
		return false;
	}

	private static NodeState visible(NodeState state, @Nullable NodeObservation observation) {
		ReplicationStatus status = (observation != null) ? observation.status() : null;
		boolean hidden = state == NodeState.ONLINE && status != null && !status.announced();
		return hidden ? NodeState.HIDDEN : state;
	}

	private static NodeState primaryState(NodeObservation observation) {
		NodeState silence = silence(observation);
		if (silence != null) {
			return silence;
		}
		ReplicationStatus status = observation.status();
		return (status != null && status.role() == NodeRole.PRIMARY) ? NodeState.ONLINE : NodeState.FOREIGN;
	}

	private static NodeState replicaState(NodeObservation observation, @Nullable NodeAddress primaryAddress,
			@Nullable NodeObservation primary) {
		NodeState silence = silence(observation);
		if (silence != null) {
			return silence;
		}
		ReplicationStatus status = observation.status();
		if (status == null || primary == null || primary.status() == null) {
			return NodeState.UNKNOWN;
		}
		if (status.role() == NodeRole.PRIMARY) {
			return NodeState.DEPOSED;
		}
		if (status.link() == LinkStatus.SYNCHRONIZING) {
			return NodeState.SYNCHRONIZING;
		}
		if (!status.replicationId().equals(primary.status().replicationId())) {
			boolean onItsWay = status.link() == LinkStatus.DOWN && Objects.equals(status.upstream(), primaryAddress);
			return onItsWay ? NodeState.LINK_DOWN : NodeState.FOREIGN;
		}
		boolean hasAll = status.link() == LinkStatus.UP
				|| (observation.linkSeenUp() && (lostTogether(observation, primary) || isOpen(observation, primary)));
		return hasAll ? NodeState.ONLINE : NodeState.LINK_DOWN;
	}

	/**
	 * Return whether it cannot be told yet if the replica or the primary is the one that
	 * is lost: reads must not go from a replica to a primary that is about to turn out
	 * dead.
	 */
	private static boolean isOpen(NodeObservation replica, NodeObservation primary) {
		return primary.reachability() == Reachability.ANSWERS && primary.askedAt() - replica.linkLostAt() < 0;
	}

	private static boolean lostTogether(NodeObservation replica, NodeObservation primary) {
		return primary.reachability() == Reachability.SILENT
				&& replica.linkLostAt() - primary.answeredAt() >= -SAME_EVENT.toNanos();
	}

	private static @Nullable NodeState silence(NodeObservation observation) {
		return switch (observation.reachability()) {
			case UNKNOWN -> NodeState.UNKNOWN;
			case REFUSES -> NodeState.CONCEALED;
			case LOCKED -> NodeState.LOCKED;
			case SILENT -> NodeState.UNREACHABLE;
			case ANSWERS -> null;
		};
	}

}
