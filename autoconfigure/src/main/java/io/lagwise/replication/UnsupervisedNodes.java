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

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Who is in charge of nodes that no Sentinel watches. Used by one thread.
 */
public final class UnsupervisedNodes {

	private final KnownHistory history = new KnownHistory();

	private final Set<NodeAddress> reported = new HashSet<>();

	private @Nullable NodeAddress primary;

	/**
	 * Find the primary. The one in charge stays where a user has named it, whatever it
	 * holds after a restart; any other node has to go on with what the last one held.
	 * @param named the nodes that the user has named
	 * @param observations what is known of each node
	 * @param now the time in nanoseconds of the process's monotonic clock
	 * @return the primary, or {@code null} while none is known
	 */
	public @Nullable NodeAddress elect(List<NodeAddress> named, Map<NodeAddress, NodeObservation> observations,
			long now) {
		NodeAddress current = this.primary;
		if (current == null && named.size() == 1) {
			NodeObservation seed = observations.getOrDefault(named.get(0), NodeObservation.NONE);
			if (seed.answers() && seed.status() != null && !seed.claimsPrimary()) {
				this.history.begin(seed.status());
			}
		}
		NodeAddress elected = PrimaryElection.byRoles(current, observations, now,
				(claimant) -> isCredible(claimant, named, observations));
		if (elected != null && elected.equals(current) && disowns(elected, named, observations)) {
			elected = named.get(0);
		}
		this.primary = elected;
		if (elected != null && observations.getOrDefault(elected, NodeObservation.NONE).claimsPrimary()
				&& isCredible(elected, named, observations)) {
			this.history.follow(elected, observations, now);
			this.reported.clear();
		}
		return elected;
	}

	/**
	 * Return whether an address that was the primary's leads to somebody else now.
	 * @param node the address
	 * @param named the nodes that the user has named
	 * @param observations what is known of each node
	 * @return whether it does
	 */
	public boolean disowns(NodeAddress node, List<NodeAddress> named, Map<NodeAddress, NodeObservation> observations) {
		return !named.contains(node) && observations.getOrDefault(node, NodeObservation.NONE).claimsPrimary()
				&& !this.history.isContinuedBy(node, observations);
	}

	/**
	 * Return whether a node belongs to those of the primary, so that what it says of
	 * others counts.
	 * @param node the node
	 * @param observation what is known of it
	 * @return whether it does
	 */
	public boolean isRelated(NodeAddress node, NodeObservation observation) {
		return node.equals(this.primary) || this.history.isRelated(node, observation);
	}

	/**
	 * Return the nodes that say they are a primary and are not believed while there is
	 * none, each once.
	 * @param named the nodes that the user has named
	 * @param observations what is known of each node
	 * @return the nodes
	 */
	public List<NodeAddress> takePretenders(List<NodeAddress> named, Map<NodeAddress, NodeObservation> observations) {
		NodeObservation ofPrimary = (this.primary != null) ? observations.get(this.primary) : null;
		if (ofPrimary != null && ofPrimary.answers()) {
			return List.of();
		}
		return observations.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().claimsPrimary())
			.map(Map.Entry::getKey)
			.filter((node) -> !isCredible(node, named, observations))
			.filter(this.reported::add)
			.sorted(NodeAddress.ORDER)
			.toList();
	}

	private boolean isCredible(NodeAddress claimant, List<NodeAddress> named,
			Map<NodeAddress, NodeObservation> observations) {
		boolean inCharge = this.primary == null || claimant.equals(this.primary);
		return (inCharge && named.contains(claimant)) || this.history.isContinuedBy(claimant, observations);
	}

}
