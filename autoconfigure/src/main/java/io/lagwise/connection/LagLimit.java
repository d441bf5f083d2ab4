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

import io.lagwise.replication.NodeAddress;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells whether a replica has fallen too far behind to serve reads. One that has comes
 * back when it is proven to be within half of the limit, so that it does not come and go.
 * <p>
 * Of a replica of which nothing is proven (its connection was opened anew, it was
 * loading, another node has become the primary) the oldest thing counts that it is known
 * to lack. One of which nothing was ever proven gets no reads while it lacks anything,
 * but no longer than the limit: then it is either too far behind, or the primary does not
 * answer.
 */
final class LagLimit {

	private static final Log logger = LogFactory.getLog(LagLimit.class);

	private final NodeAddress replica;

	private final Duration limit;

	private final long createdAt;

	private boolean proven;

	private boolean exceeded;

	/**
	 * Create a limit.
	 * @param replica the replica
	 * @param limit how far it may be behind, zero for any distance
	 * @param now the time
	 */
	LagLimit(NodeAddress replica, Duration limit, long now) {
		this.replica = replica;
		this.limit = limit;
		this.createdAt = now;
	}

	/**
	 * Judge the replica. Called by one thread.
	 * @param lag how far it is behind
	 * @param now the time
	 * @return whether that is too far
	 */
	boolean isExceededBy(ReplicaLag lag, long now) {
		if (this.limit.isZero()) {
			return false;
		}
		if (lag.atMost() != null) {
			this.proven = true;
			change(lag.atMost().compareTo(this.exceeded ? this.limit.dividedBy(2) : this.limit) > 0, lag.atMost());
		}
		else if (lag.atLeast() != null) {
			change(this.exceeded || lag.atLeast().compareTo(this.limit) > 0, lag.atLeast());
		}
		return this.exceeded || (!this.proven && lag.atLeast() != null && now - this.createdAt < this.limit.toNanos());
	}

	private void change(boolean exceeded, Duration behind) {
		if (exceeded != this.exceeded) {
			this.exceeded = exceeded;
			report(behind);
		}
	}

	private void report(Duration behind) {
		if (this.exceeded) {
			logger.warn("Replica " + this.replica + " gets no reads: it is more than " + behind.toMillis()
					+ " ms behind its primary, and lagwise.reads.max-lag is " + this.limit.toMillis() + " ms");
		}
		else {
			logger.info("Replica " + this.replica + " gets reads again: it has caught up with its primary");
		}
	}

}
