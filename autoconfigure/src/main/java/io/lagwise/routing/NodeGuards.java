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

import java.time.Duration;
import java.util.Collection;
import java.util.Map;

import io.lagwise.replication.NodeAddress;

/**
 * The guards of the replicas that one connection factory reads from.
 */
@FunctionalInterface
public interface NodeGuards {

	/**
	 * Guards that let every read through.
	 */
	NodeGuards NONE = (node) -> NodeGuard.NONE;

	/**
	 * Return the guard of a replica, the same one as long as the replica is known.
	 * @param node the address of the replica
	 * @return its guard
	 */
	NodeGuard guard(NodeAddress node);

	/**
	 * Compare the replicas that are in use with each other. Called by the monitor once
	 * per interval.
	 * @param latencies for each replica the shortest time in which it has answered, or
	 * has failed to, during the last interval
	 */
	default void compare(Map<NodeAddress, Duration> latencies) {
	}

	/**
	 * Forget the guards of all nodes but some.
	 * @param nodes the nodes that are still known
	 */
	default void retain(Collection<NodeAddress> nodes) {
	}

}
