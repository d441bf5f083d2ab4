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
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a replica has fallen too far behind to serve reads. One that has comes
 * back when it is within half of the limit, so that it does not come and go.
 */
final class LagLimit {

	private static final Log logger = LogFactory.getLog(LagLimit.class);

	private final NodeAddress replica;

	private final Duration limit;

	private boolean exceeded;

	/**
	 * Create a limit.
	 * @param replica the replica
	 * @param limit how far it may be behind, zero for any distance
	 */
	LagLimit(NodeAddress replica, Duration limit) {
		this.replica = replica;
		this.limit = limit;
	}

	/**
	 * Judge the replica. Called by one thread.
	 * @param behind how far it was behind when the primary last answered, or {@code null}
	 * where that cannot be told
	 * @return whether that is too far
	 */
	boolean isExceededBy(@Nullable Duration behind) {
		if (this.limit.isZero() || behind == null) {
			return false;
		}
		boolean exceeded = behind.compareTo(this.exceeded ? this.limit.dividedBy(2) : this.limit) > 0;
		if (exceeded != this.exceeded) {
			this.exceeded = exceeded;
			report(behind);
		}
		return exceeded;
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
