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

package io.lagwise.health;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.ReplicationReport;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once when a replica has fallen too far behind, and once when it has caught up.
 * What cannot be told while it, or the primary, does not answer is not told.
 */
final class LagWatch {

	private static final Log logger = LogFactory.getLog(LagWatch.class);

	private final Duration maxLag;

	private final Set<NodeAddress> lagging = new HashSet<>();

	LagWatch(Duration maxLag) {
		this.maxLag = maxLag;
	}

	synchronized void look(ReplicationReport report) {
		this.lagging.retainAll(report.replicas().stream().map(NodeReport::address).toList());
		NodeReport primary = report.primary();
		if (primary != null && primary.state() == NodeState.ONLINE) {
			report.replicas().stream().filter(LagWatch::isFollowing).forEach(this::look);
		}
	}

	boolean isExceededBy(NodeReport replica) {
		return replica.lag() != null && replica.lag().compareTo(this.maxLag) > 0;
	}

	private static boolean isFollowing(NodeReport replica) {
		return replica.state() == NodeState.ONLINE || replica.state() == NodeState.LINK_DOWN;
	}

	private void look(NodeReport replica) {
		if (isExceededBy(replica) && this.lagging.add(replica.address())) {
			logger.warn("Replica %s is %s behind its primary, more than lagwise.health.max-lag allows (%s)"
				.formatted(replica.address(), NodeDetails.text(replica.lag()), NodeDetails.text(this.maxLag)));
		}
		else if (replica.lag() != null && !isExceededBy(replica) && this.lagging.remove(replica.address())) {
			logger.info("Replica %s has caught up: it is %s behind its primary".formatted(replica.address(),
					NodeDetails.text(replica.lag())));
		}
	}

}
