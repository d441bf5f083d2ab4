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
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The nodes of a replicated Redis at one instant.
 *
 * @param primary the node that takes the writes, or {@code null} while none is known
 * @param replicas every other node, in the order of their addresses
 */
public record ReplicationTopology(@Nullable TopologyNode primary, List<TopologyNode> replicas) {

	/**
	 * The topology before anything is known.
	 */
	public static final ReplicationTopology UNKNOWN = new ReplicationTopology(null, List.of());

	public ReplicationTopology {
		replicas = List.copyOf(replicas);
	}

	/**
	 * Return the replicas that may answer reads.
	 * @return the replicas
	 */
	public List<TopologyNode> onlineReplicas() {
		return this.replicas.stream().filter((node) -> node.state() == NodeState.ONLINE).toList();
	}

	/**
	 * Return the replicas that count where all are meant: neither those that are hidden
	 * from clients nor those that are not there.
	 * @return the replicas
	 */
	public List<TopologyNode> presentReplicas() {
		return this.replicas.stream().filter((node) -> node.state().isPresent()).toList();
	}

	/**
	 * Return whether the primary is known and every node has been heard of, if only by
	 * its silence.
	 * @return whether no node's state is unknown
	 */
	public boolean isJudged() {
		return this.primary != null && this.primary.state() != NodeState.UNKNOWN
				&& this.replicas.stream().noneMatch((node) -> node.state() == NodeState.UNKNOWN);
	}

	/**
	 * Return whether there is a replica that could become the primary.
	 * @return whether the primary and at least one replica are known
	 */
	public boolean isReplicated() {
		return this.primary != null && !this.replicas.isEmpty();
	}

	/**
	 * Return the address of the primary.
	 * @return the address, empty while no primary is known
	 */
	public Optional<NodeAddress> primaryAddress() {
		return Optional.ofNullable(this.primary).map(TopologyNode::address);
	}

	/**
	 * Describe every node, and why a replica that may answer reads does not get any.
	 * @param obstacles returns that reason as a phrase, or {@code null} where there is
	 * none
	 * @return the description
	 */
	public String describe(Function<NodeAddress, @Nullable String> obstacles) {
		StringBuilder text = new StringBuilder();
		text.append((this.primary != null) ? this.primary : "primary not known");
		for (TopologyNode replica : this.replicas) {
			String obstacle = (replica.state() == NodeState.ONLINE) ? obstacles.apply(replica.address()) : null;
			text.append(", ")
				.append((obstacle != null) ? replica.role().label() + " " + replica.address() + " " + obstacle
						: replica);
		}
		return text.toString();
	}

	@Override
	public String toString() {
		return describe((node) -> null);
	}

}
