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
import java.util.Map;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeReport;
import org.jspecify.annotations.Nullable;

/**
 * Puts together what is known of each node.
 */
final class NodeReports {

	private final Map<NodeAddress, NodeProbe> probes;

	private final Map<NodeAddress, ReplicaReads> reads;

	private final Watermarks watermarks;

	private final @Nullable ReplicationStatus primary;

	NodeReports(ReplicationTopology topology, Map<NodeAddress, NodeProbe> probes, Map<NodeAddress, ReplicaReads> reads,
			Watermarks watermarks) {
		this.watermarks = watermarks;
		this.probes = probes;
		this.reads = reads;
		this.primary = (topology.primary() != null) ? status(topology.primary().address()) : null;
	}

	NodeReport of(TopologyNode node) {
		NodeProbe probe = this.probes.get(node.address());
		ReplicaReads reads = (node.role() == NodeRole.REPLICA) ? this.reads.get(node.address()) : null;
		ReplicationStatus status = status(node.address());
		long latency = (probe != null) ? probe.latencyNanos() : 0;
		return new NodeReport(node.address(), node.role(), node.state(), reads != null && reads.isRouted(),
				(status != null) ? status.link() : null, (status != null) ? status.replicationId() : null,
				(status != null) ? status.offset() : 0, lagBytes(status), lag(node),
				(reads != null) ? reads.guardState() : GuardState.DISABLED, (reads != null) ? reads.readsInFlight() : 0,
				(latency > 0) ? Duration.ofNanos(latency) : null);
	}

	private @Nullable ReplicationStatus status(NodeAddress node) {
		NodeProbe probe = this.probes.get(node);
		return (probe != null) ? probe.observation().status() : null;
	}

	private @Nullable Duration lag(TopologyNode node) {
		if (node.role() == NodeRole.PRIMARY) {
			return (node.state() == NodeState.ONLINE) ? Duration.ZERO : null;
		}
		return this.watermarks.lag(node.address(), System.nanoTime());
	}

	private @Nullable Long lagBytes(@Nullable ReplicationStatus status) {
		if (status == null || this.primary == null || !status.replicationId().equals(this.primary.replicationId())) {
			return null;
		}
		return Math.max(0, this.primary.offset() - status.offset());
	}

}
