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

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.LoadBalancer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once which addresses that the user has configured are those of no node: what is
 * set for them has no effect. Used by the monitor's thread.
 */
final class UnmatchedNodes {

	private static final Log logger = LogFactory.getLog(UnmatchedNodes.class);

	/**
	 * How long nodes may take to become known.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(5);

	private final Map<String, Collection<NodeAddress>> configured;

	private boolean waiting;

	private long since;

	private boolean reported;

	/**
	 * Create a log.
	 * @param configured the addresses by the properties that hold them
	 */
	UnmatchedNodes(Map<String, Collection<NodeAddress>> configured) {
		this.configured = configured;
		this.reported = configured.values().stream().allMatch(Collection::isEmpty);
	}

	static UnmatchedNodes of(ReplicaReadOptions options) {
		LoadBalancer loadBalancer = options.loadBalancer();
		return new UnmatchedNodes(Map.of("lagwise.nodes", options.nodeCredentials().nodes(),
				"lagwise.reads.preferred-nodes", (loadBalancer != null) ? loadBalancer.preference() : List.of()));
	}

	/**
	 * Report once, some time after the nodes are known for the first time.
	 * @param topology the nodes
	 * @param now the time
	 */
	void report(ReplicationTopology topology, long now) {
		if (this.reported || !topology.isJudged()) {
			return;
		}
		if (!this.waiting) {
			this.waiting = true;
			this.since = now;
		}
		if (now - this.since < PATIENCE.toNanos()) {
			return;
		}
		this.reported = true;
		this.configured.forEach((property, nodes) -> {
			List<NodeAddress> unmatched = nodes.stream().filter((node) -> !isKnown(node, topology)).toList();
			if (!unmatched.isEmpty()) {
				logger.warn(property + " holds "
						+ unmatched.stream().map(NodeAddress::toString).collect(Collectors.joining(", "))
						+ ", which is the address of no node and has no effect. Write addresses as they are known: "
						+ topology);
			}
		});
	}

	private static boolean isKnown(NodeAddress node, ReplicationTopology topology) {
		return topology.primaryAddress().filter(node::equals).isPresent()
				|| topology.replicas().stream().map(TopologyNode::address).anyMatch(node::equals);
	}

}
