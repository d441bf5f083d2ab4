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

import io.lagwise.consistency.Succession;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyChanges;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Tells people and listeners what changes among the nodes, once per change. Used by one
 * thread.
 */
final class TopologyNews {

	private static final Log logger = LogFactory.getLog(TopologyNews.class);

	private final ReplicationListener listener;

	private ReplicationTopology reported = ReplicationTopology.UNKNOWN;

	private boolean absenceReported;

	TopologyNews(ReplicationListener listener) {
		this.listener = listener;
	}

	/**
	 * Tell that the nodes are others, or in other states.
	 * @param source where the nodes come from
	 * @param topology the nodes
	 */
	void changed(String source, ReplicationTopology topology) {
		// nodes that are about to be heard of would make a line each
		if (!topology.isJudged()) {
			return;
		}
		logger.info("Redis topology from " + source + ": " + topology);
		TopologyChanges.between(this.reported, topology).forEach(this.listener::onEvent);
		this.reported = topology;
		if (topology.presentReplicas().isEmpty() && !this.absenceReported) {
			this.absenceReported = true;
			logger.info("No replica is known: the primary serves every read");
		}
	}

	/**
	 * Tell what has become of the writes of this application.
	 * @param succession how the history of the primary has ended
	 * @param primary the primary in charge
	 * @param topology the nodes
	 */
	void succeeded(Succession succession, NodeAddress primary, ReplicationTopology topology) {
		if (succession.fate() == WriteFate.KEPT) {
			logger.info("All acknowledged writes are kept by primary " + primary + ": " + succession.reason());
		}
		else {
			logger.warn(((succession.fate() == WriteFate.LOST) ? "Acknowledged writes are lost, "
					: "Acknowledged writes may be lost, ") + succession.atRisk() + " at most: " + succession.reason()
					+ ". The primary is now " + primary);
		}
		this.listener.onEvent(new WritesAssessedEvent(primary, succession.fate(), succession.atRisk(),
				succession.reason(), topology));
	}

}
