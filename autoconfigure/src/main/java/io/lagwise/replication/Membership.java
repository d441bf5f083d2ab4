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

import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Which nodes belong together, and which of them is the primary.
 *
 * @param primary the node in charge, or {@code null} while none is known
 * @param nodes every node, the primary included
 * @param candidates nodes of which it is not known whether they belong here, to be asked
 * and nothing else
 */
public record Membership(@Nullable NodeAddress primary, Set<NodeAddress> nodes, Set<NodeAddress> candidates) {

	public Membership {
		Set<NodeAddress> all = new TreeSet<>(NodeAddress.ORDER);
		all.addAll(nodes);
		if (primary != null) {
			all.add(primary);
		}
		nodes = Collections.unmodifiableSet(all);
		candidates = candidates.stream()
			.filter((candidate) -> !all.contains(candidate))
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Create a membership without candidates.
	 * @param primary the node in charge, or {@code null} while none is known
	 * @param nodes every other node
	 */
	public Membership(@Nullable NodeAddress primary, Set<NodeAddress> nodes) {
		this(primary, nodes, Set.of());
	}

	/**
	 * Return the nodes to ask: members and candidates.
	 * @return all of them
	 */
	public Set<NodeAddress> watched() {
		if (this.candidates.isEmpty()) {
			return this.nodes;
		}
		Set<NodeAddress> watched = new TreeSet<>(NodeAddress.ORDER);
		watched.addAll(this.nodes);
		watched.addAll(this.candidates);
		return Collections.unmodifiableSet(watched);
	}

	/**
	 * Create a membership in which nobody is known to be in charge.
	 * @param nodes the nodes
	 * @return the membership
	 */
	public static Membership withoutPrimary(Collection<NodeAddress> nodes) {
		return new Membership(null, Set.copyOf(nodes));
	}

}
