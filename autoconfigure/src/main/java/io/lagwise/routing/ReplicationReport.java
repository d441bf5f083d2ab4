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

package io.lagwise.routing;

import java.util.List;

import io.lagwise.replication.NodeRole;
import org.jspecify.annotations.Nullable;

/**
 * What a connection factory knows of its nodes at one instant, for people.
 *
 * @param source where the nodes come from, as a phrase
 * @param nodes the primary first where one is known, then the replicas
 * @param sentinels the Sentinels that the nodes come from, none where there are none
 */
public record ReplicationReport(String source, List<NodeReport> nodes, List<SentinelReport> sentinels) {

	public ReplicationReport {
		nodes = List.copyOf(nodes);
		sentinels = List.copyOf(sentinels);
	}

	/**
	 * Create a report of nodes that no Sentinel watches.
	 * @param source where the nodes come from, as a phrase
	 * @param nodes the primary first where one is known, then the replicas
	 */
	public ReplicationReport(String source, List<NodeReport> nodes) {
		this(source, nodes, List.of());
	}

	/**
	 * Return the primary.
	 * @return the primary, or {@code null} while none is known
	 */
	public @Nullable NodeReport primary() {
		return this.nodes.stream().filter((node) -> node.role() == NodeRole.PRIMARY).findFirst().orElse(null);
	}

	/**
	 * Return every other node.
	 * @return the replicas
	 */
	public List<NodeReport> replicas() {
		return this.nodes.stream().filter((node) -> node.role() == NodeRole.REPLICA).toList();
	}

}
