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
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lagwise.consistency.Succession;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyChanges;
import io.lagwise.replication.TopologyNode;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Tells people and listeners what changes among the nodes, once per change: people in one
 * line of what is different, and of a failover in one line with what has become of the
 * writes. Used by one thread.
 */
final class TopologyNews {

	private static final Log logger = LogFactory.getLog(TopologyNews.class);

	/**
	 * How long a change of primary is kept back for what has become of the writes.
	 */
	private static final long PATIENCE = Duration.ofSeconds(3).toNanos();

	private final ReplicationListener listener;

	/**
	 * Says which factory a line is about: there may be several.
	 */
	private final String prefix;

	private final LongSupplier clock;

	private ReplicationTopology reported = ReplicationTopology.UNKNOWN;

	private @Nullable NodeAddress formerPrimary;

	private long movedAt;

	private boolean absenceReported;

	/**
	 * Create news, none of which is told so far.
	 * @param listener is told as well
	 * @param factory the name of the connection factory, or {@code null} if it has none
	 * @param clock the monotonic clock
	 */
	TopologyNews(ReplicationListener listener, @Nullable String factory, LongSupplier clock) {
		this.listener = listener;
		this.prefix = (factory != null) ? factory + ": " : "";
		this.clock = clock;
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
		String whole = this.prefix + "Redis topology from " + source + ": " + topology;
		if (this.reported.primary() == null) {
			logger.info(whole);
		}
		else {
			logger.debug(whole);
			describeChange(topology);
		}
		TopologyChanges.between(this.reported, topology).forEach(this.listener::onEvent);
		this.reported = topology;
		if (topology.presentReplicas().isEmpty() && !this.absenceReported) {
			this.absenceReported = true;
			logger.info(this.prefix + "No replica is known: the primary serves every read");
		}
	}

	/**
	 * Tell what has become of the writes of this application.
	 * @param succession how the history of the primary has ended
	 * @param primary the primary in charge
	 * @param topology the nodes
	 */
	void succeeded(Succession succession, NodeAddress primary, ReplicationTopology topology) {
		NodeAddress former = this.formerPrimary;
		this.formerPrimary = null;
		String what = this.prefix + ((former != null) ? "Primary moved from " + former + " to " + primary
				: "Primary " + primary + " has begun another history");
		if (succession.fate() == WriteFate.KEPT) {
			logger.info(what + ", all acknowledged writes are kept: " + succession.reason());
		}
		else {
			logger.warn(what
					+ ", " + succession.atRisk() + ((succession.fate() == WriteFate.LOST)
							? " acknowledged writes are lost at most: " : " acknowledged writes at risk at most: ")
					+ succession.reason());
		}
		this.listener.onEvent(new WritesAssessedEvent(primary, succession.fate(), succession.atRisk(),
				succession.reason(), topology));
	}

	/**
	 * Tell of a change of primary although it cannot be told what has become of the
	 * writes. Called at intervals.
	 */
	void remind() {
		if (this.formerPrimary != null && this.clock.getAsLong() - this.movedAt > PATIENCE) {
			tellOfMove(this.formerPrimary);
		}
	}

	private void tellOfMove(NodeAddress former) {
		this.formerPrimary = null;
		logger.warn(this.prefix + "Primary moved from " + former + " to "
				+ this.reported.primaryAddress().map(NodeAddress::toString).orElse("another node")
				+ ", and what has become of acknowledged writes is not known yet");
	}

	private void describeChange(ReplicationTopology topology) {
		TopologyNode before = this.reported.primary();
		TopologyNode primary = topology.primary();
		if (before != null && primary != null && !before.address().equals(primary.address())) {
			if (this.formerPrimary != null) {
				tellOfMove(this.formerPrimary);
			}
			this.formerPrimary = before.address();
			this.movedAt = this.clock.getAsLong();
		}
		else if (this.formerPrimary == null) {
			String differences = differences(topology);
			if (!differences.isEmpty()) {
				logger.info(this.prefix + "Redis: " + differences);
			}
		}
	}

	private String differences(ReplicationTopology topology) {
		List<TopologyNode> before = nodes(this.reported);
		List<TopologyNode> after = nodes(topology);
		Stream<String> different = after.stream().filter((node) -> !before.contains(node)).map(TopologyNode::toString);
		Stream<String> gone = before.stream()
			.filter((node) -> after.stream().noneMatch((present) -> present.address().equals(node.address())))
			.map((node) -> node.role().label() + " " + node.address() + " does not belong to them any more");
		return Stream.concat(different, gone).collect(Collectors.joining(", "));
	}

	private static List<TopologyNode> nodes(ReplicationTopology topology) {
		return Stream.concat(Stream.ofNullable(topology.primary()), topology.replicas().stream()).toList();
	}

}
