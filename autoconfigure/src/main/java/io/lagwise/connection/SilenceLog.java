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

import java.util.Collection;
import java.util.Objects;
import java.util.stream.Collectors;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation.Reachability;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says once that none of the nodes answers that the user has configured, and where to put
 * it right. Used by the monitor's thread.
 */
final class SilenceLog {

	private static final Log logger = LogFactory.getLog(SilenceLog.class);

	private boolean reported;

	/**
	 * Report that nobody answers, once until a primary is known.
	 * @param source where the nodes come from; what Sentinels name is their affair
	 * @param primary the primary, or {@code null} while none is known
	 * @param probes those of the nodes
	 */
	void report(TopologySource source, @Nullable NodeAddress primary, Collection<NodeProbe> probes) {
		if (primary != null) {
			this.reported = false;
			return;
		}
		if (this.reported || source.configured().isEmpty() || probes.isEmpty()
				|| !probes.stream().allMatch(SilenceLog::isSilent)) {
			return;
		}
		this.reported = true;
		String failures = probes.stream()
			.map((probe) -> probe.address() + " (" + reason(probe) + ")")
			.sorted()
			.collect(Collectors.joining(", "));
		logger.warn("Redis does not answer at " + failures + ": reads and writes fail until it does. Check "
				+ ((source.configured().size() > 1) ? "spring.data.redis.masterreplica.nodes"
						: "spring.data.redis.host and spring.data.redis.port")
				+ ", and set spring.data.redis.ssl.enabled=true if it expects encrypted connections");
	}

	private static boolean isSilent(NodeProbe probe) {
		return probe.observation().reachability() == Reachability.SILENT && probe.refusal() == null;
	}

	private static String reason(NodeProbe probe) {
		return (probe.failure() != null) ? Refusal.reason(Objects.requireNonNull(probe.failure())) : "no answer";
	}

}
