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

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What the primary of nodes that nobody supervises was last known to hold, and who may go
 * on with it.
 * <p>
 * An address is no proof: it may lead to somebody else's server by now, to a copy that
 * was detached long ago, or to a server that has started without its data. So a node that
 * says it is a primary has to have everything that the primary had when it last answered,
 * or to have followed it under our eyes until lately, or to be followed by one that has,
 * the former primary included.
 */
public final class KnownHistory {

	private final Map<NodeAddress, Follower> followers = new HashMap<>();

	private @Nullable ReplicationStatus last;

	private @Nullable Follower primary;

	/**
	 * Begin with what a replica holds whose primary is not known yet.
	 * @param replica the status of the replica
	 */
	void begin(ReplicationStatus replica) {
		if (this.primary == null) {
			this.last = replica;
		}
	}

	/**
	 * Take note of what the nodes say while a primary is in charge.
	 * @param primary the primary
	 * @param observations what is known of each node
	 * @param now the time in nanoseconds of the process's monotonic clock
	 */
	void follow(NodeAddress primary, Map<NodeAddress, NodeObservation> observations, long now) {
		NodeObservation observation = observations.get(primary);
		if (observation == null || !observation.claimsPrimary()) {
			return;
		}
		ReplicationStatus status = Objects.requireNonNull(observation.status());
		this.last = status;
		this.primary = new Follower(primary, observation.runId(), now);
		observations.forEach((node, other) -> {
			if (isFollowing(other, status)) {
				this.followers.put(node, new Follower(node, other.runId(), now));
			}
		});
		this.followers.values()
			.removeIf((follower) -> follower.node().equals(primary)
					|| now - follower.seenAt() > Attendance.LATELY.toNanos());
	}

	/**
	 * Return whether a node may go on with what was known.
	 * @param node the node
	 * @param observations what is known of each node
	 * @return whether it may
	 */
	boolean isContinuedBy(NodeAddress node, Map<NodeAddress, NodeObservation> observations) {
		ReplicationStatus last = this.last;
		NodeObservation observation = observations.get(node);
		ReplicationStatus status = (observation != null) ? observation.status() : null;
		if (last == null || observation == null || status == null) {
			return false;
		}
		if (status.replicationId().equals(last.replicationId())
				|| (this.primary != null && this.primary.isProcess(observation))) {
			return true;
		}
		boolean descends = last.replicationId().equals(status.formerReplicationId());
		if (descends && status.switchOffset() > last.offset()) {
			return true;
		}
		return isTrusted(node, observation, descends) || observations.entrySet()
			.stream()
			.anyMatch((entry) -> isAccepted(node, entry.getValue())
					&& isTrusted(entry.getKey(), entry.getValue(), descends));
	}

	/**
	 * Return whether a node that answers belongs to those of the primary: others may name
	 * nodes that are none of ours.
	 * @param node the node
	 * @param observation what is known of it
	 * @return whether it does
	 */
	boolean isRelated(NodeAddress node, NodeObservation observation) {
		ReplicationStatus last = this.last;
		ReplicationStatus status = observation.status();
		if (last == null || status == null) {
			return false;
		}
		return status.replicationId().equals(last.replicationId())
				|| last.replicationId().equals(status.formerReplicationId()) || isTrusted(node, observation, false);
	}

	/**
	 * Return whether a node is the former primary or has followed it, as the same process
	 * or, where that is not told, under the same name.
	 */
	private boolean isTrusted(NodeAddress node, NodeObservation observation, boolean descends) {
		Follower follower = this.followers.get(node);
		if (follower == null && this.primary != null && this.primary.node().equals(node)) {
			follower = this.primary;
		}
		return follower != null && (follower.isProcess(observation) || (descends && follower.runId() == null));
	}

	private static boolean isFollowing(NodeObservation observation, ReplicationStatus primary) {
		ReplicationStatus status = observation.status();
		return observation.answers() && status != null && status.role() == NodeRole.REPLICA
				&& status.link() == LinkStatus.UP && status.replicationId().equals(primary.replicationId());
	}

	/**
	 * Return whether a node follows another one that lets it: that its configuration
	 * names it says nothing of who is there now.
	 */
	private static boolean isAccepted(NodeAddress node, NodeObservation follower) {
		ReplicationStatus status = follower.status();
		return follower.answers() && status != null && node.equals(status.upstream())
				&& status.link() != LinkStatus.DOWN;
	}

	private record Follower(NodeAddress node, @Nullable String runId, long seenAt) {

		boolean isProcess(NodeObservation observation) {
			return this.runId != null && this.runId.equals(observation.runId());
		}

	}

}
