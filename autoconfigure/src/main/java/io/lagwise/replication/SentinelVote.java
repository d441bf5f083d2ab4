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

import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The primary that one Sentinel names.
 *
 * @param primary the node
 * @param epoch the number of the configuration that made it the primary, or
 * {@link #UNKNOWN_EPOCH}
 * @param replicas the replicas that it names, or {@code null} if it does not tell
 */
public record SentinelVote(NodeAddress primary, long epoch, @Nullable Set<NodeAddress> replicas) {

	/**
	 * The epoch of a Sentinel that does not tell it.
	 */
	public static final long UNKNOWN_EPOCH = -1;

	/**
	 * Create the vote of a Sentinel that knows no replicas.
	 * @param primary the node
	 * @param epoch the number of the configuration that made it the primary
	 */
	public SentinelVote(NodeAddress primary, long epoch) {
		this(primary, epoch, Set.of());
	}

	public SentinelVote {
		replicas = (replicas != null) ? Set.copyOf(replicas) : null;
	}

	/**
	 * Return the same vote with other names for the nodes.
	 * @param names returns the name by which a node is known
	 * @return the vote
	 */
	public SentinelVote named(UnaryOperator<NodeAddress> names) {
		return new SentinelVote(names.apply(this.primary), this.epoch,
				(this.replicas != null) ? this.replicas.stream().map(names).collect(Collectors.toSet()) : null);
	}

	/**
	 * Return every node that the Sentinel names, in whatever role.
	 * @return the nodes
	 */
	public Stream<NodeAddress> nodes() {
		return Stream.concat(Stream.of(this.primary), (this.replicas != null) ? this.replicas.stream() : Stream.of());
	}

	boolean hasEpoch() {
		return this.epoch != UNKNOWN_EPOCH;
	}

	/**
	 * Return whether the Sentinel names a node, in whatever role.
	 * @param node the node
	 * @return whether it does
	 */
	boolean names(NodeAddress node) {
		return this.primary.equals(node) || (this.replicas != null && this.replicas.contains(node));
	}

}
