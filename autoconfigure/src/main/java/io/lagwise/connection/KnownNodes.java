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

import java.util.concurrent.CompletableFuture;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import org.jspecify.annotations.Nullable;

/**
 * What the monitor knows of the nodes.
 */
interface KnownNodes {

	/**
	 * Return the newest topology.
	 */
	ReplicationTopology topology();

	/**
	 * Return the address of the primary in charge or, while none is known, of the node to
	 * which the connections for writes lead; {@code null} if there are none.
	 */
	@Nullable NodeAddress primaryAddress();

	/**
	 * Return whether the primary in charge has answered since an instant.
	 */
	boolean isPrimaryAliveSince(long instant);

	/**
	 * Return whether there has never been a replica that could become the primary. A list
	 * of replicas can be empty for a while, as after a {@code SENTINEL RESET}.
	 */
	boolean isAlone();

	/**
	 * Describe every node, and why a replica that is online does not get a read.
	 * @param demand what has to be proven for the read, or {@code null} if nothing
	 */
	String describe(@Nullable ReadDemand demand);

	/**
	 * Return a future that completes when every node has been judged for the first time
	 * and the replicas that are fit are connected, or when that takes too long.
	 */
	CompletableFuture<Void> firstLook();

}
