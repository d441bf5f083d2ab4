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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.SentinelVote;

/**
 * The nodes that belong to one primary: those that Sentinels list. A Sentinel forgets all
 * of them with {@code SENTINEL RESET} and needs seconds to learn them again, and one that
 * refuses the question never tells them. Used by one thread.
 */
final class SentinelMembers {

	/**
	 * How long a node stays that Sentinels do not list any more: they ask the primary for
	 * its replicas every ten seconds.
	 */
	static final Duration GRACE = Duration.ofSeconds(30);

	private final Map<NodeAddress, Long> unlistedSince = new HashMap<>();

	private Set<NodeAddress> nodes = Set.of();

	/**
	 * Return the nodes as they were last told.
	 */
	Set<NodeAddress> nodes() {
		return this.nodes;
	}

	/**
	 * Find the nodes.
	 * @param primary the node whose replicas they are
	 * @param votes the votes for that node
	 * @param observation what that node says of itself
	 * @param now the time in nanoseconds of the monotonic clock
	 * @return the nodes
	 */
	Set<NodeAddress> find(NodeAddress primary, Collection<SentinelVote> votes, NodeObservation observation, long now) {
		List<Set<NodeAddress>> lists = votes.stream().map(SentinelVote::replicas).filter(Objects::nonNull).toList();
		ReplicationStatus status = observation.status();
		Set<NodeAddress> attached = (status != null) ? Set.copyOf(status.attachedReplicas()) : Set.of();
		Set<NodeAddress> listed = new HashSet<>(lists.isEmpty() ? attached : Set.of());
		lists.forEach(listed::addAll);
		listed.add(primary);
		Set<NodeAddress> found = new HashSet<>(listed);
		for (NodeAddress former : this.nodes) {
			boolean mayStay = lists.isEmpty() || attached.contains(former);
			if (!listed.contains(former) && mayStay
					&& now - this.unlistedSince.computeIfAbsent(former, (node) -> now) < GRACE.toNanos()) {
				found.add(former);
			}
		}
		this.unlistedSince.keySet().removeIf((node) -> listed.contains(node) || !found.contains(node));
		this.nodes = Set.copyOf(found);
		return this.nodes;
	}

}
