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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.HistoryPosition;
import io.lagwise.consistency.PrimaryTrail;
import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeIdentities;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * How fresh each replica is proven to be by the answers that the monitor gets.
 */
final class Watermarks {

	private final Map<NodeAddress, FreshnessWatermark> watermarks = new ConcurrentHashMap<>();

	/**
	 * What each node last said that it has applied: for an estimate only.
	 */
	private final Map<NodeAddress, HistoryPosition> applied = new ConcurrentHashMap<>();

	private final PrimaryTrail trail = new PrimaryTrail();

	private final NodeIdentities identities;

	private volatile @Nullable NodeAddress primary;

	private volatile long primaryAskedAt;

	/**
	 * Create watermarks of nodes that all know each other by the same names.
	 */
	Watermarks() {
		this(new NodeIdentities(List.of()));
	}

	/**
	 * Create watermarks.
	 * @param identities knows the nodes by the names that they give each other
	 */
	Watermarks(NodeIdentities identities) {
		this.identities = identities;
	}

	/**
	 * Return the name under which a node is known here, where it is proven that it is the
	 * same.
	 * @param announced the name under which its primary knows it
	 */
	NodeAddress nameOf(NodeAddress announced) {
		return this.identities.proven(announced);
	}

	/**
	 * Void what the process has proven that answered at an address before.
	 */
	void processChanged(NodeAddress node, long now) {
		if (node.equals(this.primary)) {
			this.watermarks.values().forEach((watermark) -> watermark.invalidate(now));
		}
		else {
			FreshnessWatermark watermark = this.watermarks.get(node);
			if (watermark != null) {
				watermark.invalidate(now);
			}
		}
	}

	/**
	 * Compare with another primary from now on.
	 */
	void follow(NodeAddress primary, long now) {
		this.primary = primary;
		this.watermarks.values().forEach((watermark) -> watermark.invalidate(now));
	}

	/**
	 * Return the primary with which replicas are compared, or {@code null}.
	 */
	@Nullable NodeAddress primary() {
		return this.primary;
	}

	/**
	 * Return the watermark of a replica.
	 */
	FreshnessWatermark of(NodeAddress replica, long now) {
		return this.watermarks.computeIfAbsent(replica, (it) -> new FreshnessWatermark(now));
	}

	/**
	 * Note that a node has answered.
	 * @param sentAt when the question was sent
	 */
	void answered(NodeAddress node, long sentAt, ReplicationStatus status) {
		this.applied.put(node, new HistoryPosition(status.replicationId(), status.offset()));
		if (!node.equals(this.primary)) {
			this.watermarks.computeIfAbsent(node, (it) -> new FreshnessWatermark(sentAt - 1))
				.replicaAnswered(sentAt, status.replicationId(), status.offset(), status.link() == LinkStatus.UP);
		}
		else if (status.role() == NodeRole.PRIMARY) {
			this.trail.answered(sentAt, status);
			this.primaryAskedAt = sentAt;
			this.watermarks.values()
				.forEach((watermark) -> watermark.primaryAnswered(sentAt, status.replicationId(), status.offset()));
		}
	}

	/**
	 * Note that a node has found a replica to have applied everything that it had written
	 * itself when it was asked. Has no effect unless that node is the primary.
	 * @param sentAt when the node was asked where it stands, taken before asking
	 */
	void confirmed(NodeAddress primary, NodeAddress replica, long sentAt) {
		FreshnessWatermark watermark = this.watermarks.get(replica);
		if (watermark != null && primary.equals(this.primary)) {
			watermark.confirmed(sentAt);
		}
	}

	/**
	 * Return how far a node is behind the primary in time at most, or {@code null} where
	 * nothing is proven.
	 */
	@Nullable Duration lag(NodeAddress node, long now) {
		FreshnessWatermark watermark = this.watermarks.get(node);
		return (watermark != null) ? watermark.lag(now) : null;
	}

	/**
	 * Return how far a replica is behind what the primary held when it last answered.
	 * Unlike the lag this does not grow while the primary does not answer.
	 */
	ReplicaLag behind(NodeAddress replica) {
		HistoryPosition applied = this.applied.get(replica);
		long askedAt = this.primaryAskedAt;
		Long since = (applied != null) ? this.trail.lacksSince(applied.replicationId(), applied.offset()) : null;
		return new ReplicaLag(lag(replica, askedAt),
				(since != null) ? Duration.ofNanos(Math.max(askedAt - since, 0)) : null);
	}

	void retain(Collection<NodeAddress> nodes) {
		this.watermarks.keySet().retainAll(nodes);
		this.applied.keySet().retainAll(nodes);
	}

}
