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

package io.lagwise.consistency;

import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Remembers where the primary in charge was and when, to tell of a replica of which
 * nothing is proven how long it has been behind at least.
 * <p>
 * This is an estimate and no proof: it outlives connections, and what two histories share
 * outlives a change of primary. Can be used by any number of threads.
 */
public final class PrimaryTrail {

	private final SampleLog samples = new SampleLog();

	private @Nullable String replicationId;

	private long offset;

	/**
	 * Note that the primary in charge has answered a poll.
	 * @param sentAt when the poll was sent
	 * @param status what the primary says; ignored unless it says that it is a primary
	 */
	public synchronized void answered(long sentAt, ReplicationStatus status) {
		if (status.role() != NodeRole.PRIMARY) {
			return;
		}
		boolean same = status.replicationId().equals(this.replicationId);
		if (!same && this.replicationId != null && this.replicationId.equals(status.formerReplicationId())) {
			this.samples.removeFrom(status.switchOffset());
		}
		else if (!same || status.offset() < this.offset) {
			this.samples.clear();
		}
		this.replicationId = status.replicationId();
		this.offset = status.offset();
		// the first poll with this offset is the one that counts
		this.samples.add(sentAt, sentAt, status.offset(), 0);
	}

	/**
	 * Return since when a replica lacks something that the primary had.
	 * @param replicationId the history that the replica holds
	 * @param appliedOffset how much of it is applied
	 * @return when the first poll was sent whose offset the replica has not reached;
	 * {@code null} if there is none, or the histories cannot be compared
	 */
	public synchronized @Nullable Long lacksSince(String replicationId, long appliedOffset) {
		int place = this.samples.firstAtLeast(appliedOffset + 1);
		return (replicationId.equals(this.replicationId) && place < this.samples.size())
				? this.samples.answeredAt(place) : null;
	}

}
