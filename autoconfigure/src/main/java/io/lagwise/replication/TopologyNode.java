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

/**
 * A node of a replicated Redis at one instant.
 *
 * @param address where clients reach it
 * @param role the role that the topology gives it
 * @param state whether it may answer reads
 */
public record TopologyNode(NodeAddress address, NodeRole role, NodeState state) {

	@Override
	public String toString() {
		// what was never heard of has no role
		String label = (this.state == NodeState.ABSENT) ? "node" : this.role.label();
		return label + " " + this.address + " " + this.state.description();
	}

}
