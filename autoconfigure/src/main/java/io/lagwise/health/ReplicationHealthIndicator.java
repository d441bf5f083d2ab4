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
import java.util.ArrayList;
import java.util.List;

import io.lagwise.replication.NodeState;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.ReplicationReporter;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.util.Assert;

/**
 * Judges the nodes of one connection factory from what the monitor knows; no server is
 * asked.
 * <p>
 * Without a primary that answers as one the status is DOWN: writes fail. With it the
 * status is UP, whatever has become of the replicas: the primary can serve every read,
 * and a lost replica must not take an instance of the application out of service. That
 * something is amiss is a detail, {@code replication: DEGRADED}, with the reasons. So it
 * is where nodes answer but refuse to say how their replication stands: reads and writes
 * work then, on the primary. Where there are no replicas it says {@code NO_REPLICAS}.
 */
public final class ReplicationHealthIndicator extends AbstractHealthIndicator {

	private final ReplicationReporter reporter;

	private final LagWatch lagWatch;

	/**
	 * Create an indicator.
	 * @param reporter tells what is known of the nodes
	 * @param maxLag how far a replica may be behind before it is worth a warning
	 */
	public ReplicationHealthIndicator(ReplicationReporter reporter, Duration maxLag) {
		super("Replication health check failed");
		Assert.notNull(reporter, "'reporter' must not be null");
		Assert.notNull(maxLag, "'maxLag' must not be null");
		this.reporter = reporter;
		this.lagWatch = new LagWatch(maxLag);
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		ReplicationReport report = this.reporter.report();
		this.lagWatch.look(report);
		String outage = outage(report);
		List<String> reasons = reasons(outage, report);
		if (outage != null && !isConcealed(report)) {
			builder.down().withDetail("replication", "DOWN");
		}
		else {
			String replication = (present(report) > 0) ? "HEALTHY" : "NO_REPLICAS";
			builder.up().withDetail("replication", reasons.isEmpty() ? replication : "DEGRADED");
		}
		if (!reasons.isEmpty()) {
			builder.withDetail("reasons", reasons);
		}
		builder.withDetail("source", report.source())
			.withDetail("replicasKnown", (int) present(report))
			.withDetail("replicasUsable", report.replicas().stream().filter(NodeReport::serving).count())
			.withDetail("nodes", report.nodes().stream().map(NodeDetails::of).toList());
		if (!report.sentinels().isEmpty()) {
			builder.withDetail("sentinels", report.sentinels().stream().map(NodeDetails::of).toList());
		}
	}

	private static long present(ReplicationReport report) {
		return report.replicas().stream().filter((replica) -> replica.state().isPresent()).count();
	}

	private List<String> reasons(@Nullable String outage, ReplicationReport report) {
		List<String> reasons = new ArrayList<>();
		if (outage != null) {
			reasons.add(outage);
		}
		for (NodeReport replica : report.replicas()) {
			String complaint = complaint(replica);
			if (complaint != null) {
				String label = (replica.state() == NodeState.ABSENT) ? "node " : "replica ";
				reasons.add(label + replica.address() + " " + complaint);
			}
		}
		return reasons;
	}

	private static @Nullable String outage(ReplicationReport report) {
		NodeReport primary = report.primary();
		if (primary == null) {
			return "no primary is known";
		}
		return (primary.state() != NodeState.ONLINE)
				? "primary " + primary.address() + " " + primary.state().description() : null;
	}

	private static boolean isConcealed(ReplicationReport report) {
		NodeReport primary = report.primary();
		return (primary != null) ? primary.state() == NodeState.CONCEALED
				: report.nodes().stream().anyMatch((node) -> node.state() == NodeState.CONCEALED);
	}

	private @Nullable String complaint(NodeReport replica) {
		if (replica.state() == NodeState.HIDDEN) {
			return null;
		}
		if (replica.state() != NodeState.ONLINE) {
			return replica.state().description();
		}
		if (replica.guard() == GuardState.OPEN || replica.guard() == GuardState.HALF_OPEN) {
			return "has its circuit breaker open";
		}
		if (!replica.serving()) {
			return "gets no reads at the moment";
		}
		return this.lagWatch.isExceededBy(replica) ? "is " + NodeDetails.text(replica.lag()) + " behind" : null;
	}

}
