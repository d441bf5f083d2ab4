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
 * What to do while reads reach another process than the questions of the monitor, though
 * both go to one address: there may be a proxy behind it, or several servers. Called by
 * the monitor's thread.
 */
final class Straying {

	private static final Log logger = LogFactory.getLog(Straying.class);

	/**
	 * How long connections may differ because one of them has not been opened again yet.
	 */
	private static final long PATIENCE = Duration.ofSeconds(1).toNanos();

	private static final int SLOWEST = 5;

	private final NodeAddress node;

	private long since;

	private long actAt;

	private int attempts;

	private volatile boolean established;

	private boolean reported;

	Straying(NodeAddress node) {
		this.node = node;
	}

	/**
	 * Return whether the connections have differed for longer than it takes to open them
	 * again.
	 */
	boolean isEstablished() {
		return this.established;
	}

	/**
	 * Judge two open connections.
	 * @param together whether they lead to one process
	 * @param told whether the one for reads has been told where it leads
	 * @param now the time
	 * @return what to do about it
	 */
	Action judge(boolean together, boolean told, long now) {
		if (together) {
			this.since = 0;
			this.established = false;
			this.attempts = 0;
			return Action.KEEP;
		}
		if (this.since == 0) {
			this.since = now;
			this.actAt = now + PATIENCE;
		}
		if (now - this.actAt < 0) {
			return Action.KEEP;
		}
		if (told) {
			this.established = true;
			report();
		}
		this.attempts++;
		this.actAt = now + (PATIENCE << Math.min(this.attempts, SLOWEST));
		return (this.attempts % 2 == 0) ? Action.REOPEN_BOTH : Action.REOPEN;
	}

	private void report() {
		if (!this.reported) {
			this.reported = true;
			logger.warn("Connections to " + this.node + " lead to different servers, or to one that does not say in "
					+ "INFO server which it is: what one of them has proves nothing of another, so no reads go there "
					+ "until both connections reach the same one, and the primary serves them. Behind a Service, a "
					+ "proxy or a name with several addresses, give Lagwise an address for each server");
		}
	}

	/**
	 * What to do.
	 */
	enum Action {

		/**
		 * Leave the connections as they are.
		 */
		KEEP,

		/**
		 * Open the connection for reads anew.
		 */
		REOPEN,

		/**
		 * Open both anew: it may be the other one that leads where nobody goes any more.
		 */
		REOPEN_BOTH

	}

}
