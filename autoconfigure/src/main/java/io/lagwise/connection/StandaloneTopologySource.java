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

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

import io.lagwise.replication.Attendance;
import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeObservation.Reachability;
import io.lagwise.replication.UnsupervisedNodes;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One node that leads to the others: a primary names its replicas, a replica its primary.
 * Nodes that were found are remembered, so that a promotion by hand can be followed, and
 * forgotten when nothing has been heard of them for a while that the primary has
 * answered.
 */
final class StandaloneTopologySource implements TopologySource {

	private static final Log logger = LogFactory.getLog(StandaloneTopologySource.class);

	private final NodeAddress seed;

	private final List<NodeAddress> named;

	private final LongSupplier clock;

	private final UnsupervisedNodes nodes = new UnsupervisedNodes();

	private final Map<NodeAddress, Long> mentionedAt = new HashMap<>();

	private @Nullable NodeAddress primary;

	private @Nullable NodeAddress disowned;

	StandaloneTopologySource(NodeAddress seed, LongSupplier clock) {
		this.seed = seed;
		this.named = List.of(seed);
		this.clock = clock;
	}

	@Override
	public Membership membership(Map<NodeAddress, NodeObservation> observations) {
		long now = this.clock.getAsLong();
		Set<NodeAddress> mentioned = new LinkedHashSet<>();
		observations.forEach((node, observation) -> {
			boolean answers = observation.reachability() == Reachability.ANSWERS;
			if (answers && (node.equals(this.seed) || this.nodes.isRelated(node, observation))) {
				mentioned.add(node);
				mentioned.addAll(observation.mentions());
			}
		});
		mentioned.forEach((node) -> this.mentionedAt.put(node, now));
		NodeAddress former = this.primary;
		boolean disowned = former != null && this.nodes.disowns(former, this.named, observations);
		this.primary = this.nodes.elect(this.named, observations, now);
		if (this.primary != null && this.primary.equals(this.disowned)) {
			this.disowned = null;
		}
		if (disowned && this.seed.equals(this.primary)) {
			this.disowned = former;
			logger.warn(former + " answers, but is not the server any more that was the primary: nothing is sent "
					+ "there. Until a node goes on with what that one held, " + this.seed + " is asked");
		}
		this.nodes.takePretenders(this.named, observations)
			.forEach((node) -> logger.warn(node + " says that it is a primary but lacks what primary " + this.primary
					+ " held: it is not followed. If it is to take over, set spring.data.redis.host and port to it "
					+ "and restart"));
		forget(observations, now);
		return new Membership(this.primary, known());
	}

	@Override
	public List<NodeAddress> configured() {
		return this.named;
	}

	@Override
	public boolean disowns(@Nullable NodeAddress primary) {
		return primary != null && primary.equals(this.disowned);
	}

	@Override
	public String describe() {
		return "the node " + this.seed;
	}

	private Set<NodeAddress> known() {
		Set<NodeAddress> known = new LinkedHashSet<>(this.mentionedAt.keySet());
		known.add(this.seed);
		return known;
	}

	private void forget(Map<NodeAddress, NodeObservation> observations, long now) {
		NodeObservation ofPrimary = (this.primary != null) ? observations.get(this.primary) : null;
		if (ofPrimary != null && ofPrimary.claimsPrimary()) {
			this.mentionedAt.values().removeIf((at) -> now - at > Attendance.LATELY.toNanos());
		}
		else {
			// whoever was there may be the next primary
			this.mentionedAt.replaceAll((node, at) -> now);
		}
	}

}
