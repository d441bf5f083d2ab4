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

import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one node from asking it.
 *
 * @param reachability how the node took the last question
 * @param status its last answer, or {@code null} when it never gave one
 * @param askedAt when the question was sent that it last answered, on the same clock
 * @param answeredAt when it last answered, in nanoseconds of the process's monotonic
 * clock
 * @param linkLostAt since when it has reported its link as not up, on the same clock;
 * meaningless while the link is up
 * @param linkSeenUp whether it is a replica that has reported its link as up since it was
 * connected to: what it reports after that is of the same process
 * @param runId the process that has answered, or {@code null} when it has not said which
 * it is
 */
public record NodeObservation(Reachability reachability, @Nullable ReplicationStatus status, long askedAt,
		long answeredAt, long linkLostAt, boolean linkSeenUp, @Nullable String runId) {

	/**
	 * The observation of a node that has not been asked yet.
	 */
	public static final NodeObservation NONE = new NodeObservation(Reachability.UNKNOWN, null, 0, 0, 0, false, null);

	/**
	 * Create the observation that follows this one when the node answers.
	 * @param status the answer
	 * @param askedAt when the question was sent
	 * @param now the time
	 * @return the observation
	 */
	public NodeObservation answered(ReplicationStatus status, long askedAt, long now) {
		boolean stillLost = this.status != null && this.status.link() != LinkStatus.UP;
		boolean linkUp = status.role() == NodeRole.REPLICA && status.link() == LinkStatus.UP;
		return new NodeObservation(Reachability.ANSWERS, status, askedAt, now, stillLost ? this.linkLostAt : now,
				linkUp || this.linkSeenUp, this.runId);
	}

	/**
	 * Create the observation that follows this one when the node does not answer or
	 * refuses to.
	 * @param reachability how the node took the question
	 * @return the observation
	 */
	public NodeObservation failed(Reachability reachability) {
		return new NodeObservation(reachability, this.status, this.askedAt, this.answeredAt, this.linkLostAt,
				this.linkSeenUp, this.runId);
	}

	/**
	 * Create the observation that follows this one when the connection to the node is
	 * lost or cannot be opened: another process may answer next.
	 * @param reachability how the node took the connection
	 * @return the observation
	 */
	public NodeObservation disconnected(Reachability reachability) {
		return new NodeObservation(reachability, this.status, this.askedAt, this.answeredAt, this.linkLostAt, false,
				this.runId);
	}

	/**
	 * Create the observation of the same node whose process is known.
	 * @param runId the process
	 * @return the observation
	 */
	public NodeObservation identified(@Nullable String runId) {
		return Objects.equals(runId, this.runId) ? this : new NodeObservation(this.reachability, this.status,
				this.askedAt, this.answeredAt, this.linkLostAt, this.linkSeenUp, runId);
	}

	/**
	 * Create the same observation with other names for the nodes that it mentions.
	 * @param names returns the name by which a node is known
	 * @return the observation
	 */
	NodeObservation renamed(UnaryOperator<NodeAddress> names) {
		return (this.status == null) ? this : new NodeObservation(this.reachability, this.status.renamed(names),
				this.askedAt, this.answeredAt, this.linkLostAt, this.linkSeenUp, this.runId);
	}

	/**
	 * Return whether the node answers.
	 * @return whether it does
	 */
	boolean answers() {
		return this.reachability == Reachability.ANSWERS && this.status != null;
	}

	/**
	 * Return the nodes that the node names while it answers: those that are attached to
	 * it, and the one that it follows itself.
	 * @return the nodes
	 */
	public Set<NodeAddress> mentions() {
		if (this.reachability != Reachability.ANSWERS || this.status == null) {
			return Set.of();
		}
		Set<NodeAddress> nodes = new LinkedHashSet<>(this.status.attachedReplicas());
		if (this.status.upstream() != null) {
			nodes.add(this.status.upstream());
		}
		return nodes;
	}

	/**
	 * Return whether the node answers that it is a primary.
	 * @return whether it says so
	 */
	public boolean claimsPrimary() {
		return this.reachability == Reachability.ANSWERS && this.status != null
				&& this.status.role() == NodeRole.PRIMARY;
	}

	/**
	 * How a node takes questions.
	 */
	public enum Reachability {

		/**
		 * It has not been asked.
		 */
		UNKNOWN,

		/**
		 * It answers.
		 */
		ANSWERS,

		/**
		 * It answers, but refuses {@code INFO replication}.
		 */
		REFUSES,

		/**
		 * It answers, but refuses the user or the password.
		 */
		LOCKED,

		/**
		 * It does not answer.
		 */
		SILENT

	}

}
