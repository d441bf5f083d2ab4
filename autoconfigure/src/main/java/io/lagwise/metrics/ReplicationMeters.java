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

package io.lagwise.metrics;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.lagwise.replication.NodeState;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.ReplicationReporter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Shows how the replicas of each connection factory fare at the moment of looking.
 */
public final class ReplicationMeters implements MeterBinder {

	private final Map<String, ReplicationReporter> reporters;

	/**
	 * Create the meters.
	 * @param reporters tell what is known of the nodes, by the names of their connection
	 * factories
	 */
	public ReplicationMeters(Map<String, ReplicationReporter> reporters) {
		this.reporters = Map.copyOf(reporters);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.reporters.forEach((name, reporter) -> bind(reporter, MeterTags.connectionFactory(name), registry));
	}

	private static void bind(ReplicationReporter reporter, Tags tags, MeterRegistry registry) {
		for (NodeState state : NodeState.values()) {
			Gauge.builder("lagwise.replicas", reporter, (it) -> count(it, state))
				.description("Replicas by what is known of them")
				.tags(tags)
				.tag(MeterTags.STATE, MeterTags.value(state))
				.register(registry);
		}
		Gauge.builder("lagwise.replicas.usable", reporter, ReplicationMeters::usable)
			.description("Replicas that reads go to")
			.tags(tags)
			.register(registry);
		for (GuardState state : GuardState.values()) {
			Gauge.builder("lagwise.circuit.breakers", reporter, (it) -> count(it, state))
				.description("Circuit breakers of replicas by their state")
				.tags(tags)
				.tag(MeterTags.STATE, MeterTags.value(state))
				.register(registry);
		}
		TimeGauge.builder("lagwise.lag", reporter, TimeUnit.SECONDS, ReplicationMeters::lagSeconds)
			.description("How far the replica that is farthest behind is behind in time at most")
			.tags(tags)
			.register(registry);
		Gauge.builder("lagwise.lag.bytes", reporter, ReplicationMeters::lagBytes)
			.description("How far the replica that is farthest behind is behind in bytes")
			.baseUnit(BaseUnits.BYTES)
			.tags(tags)
			.register(registry);
	}

	private static double count(ReplicationReporter reporter, NodeState state) {
		return reporter.report().replicas().stream().filter((replica) -> replica.state() == state).count();
	}

	private static double count(ReplicationReporter reporter, GuardState state) {
		return reporter.report().replicas().stream().filter((replica) -> replica.guard() == state).count();
	}

	private static double usable(ReplicationReporter reporter) {
		return reporter.report().replicas().stream().filter(NodeReport::serving).count();
	}

	private static double lagSeconds(ReplicationReporter reporter) {
		return following(reporter).map(NodeReport::lag)
			.filter(Objects::nonNull)
			.mapToDouble((lag) -> lag.toNanos() / 1e9)
			.max()
			.orElse(Double.NaN);
	}

	private static double lagBytes(ReplicationReporter reporter) {
		return following(reporter).map(NodeReport::lagBytes)
			.filter(Objects::nonNull)
			.mapToDouble(Long::doubleValue)
			.max()
			.orElse(Double.NaN);
	}

	// how far behind a lost one is would hide how far behind the others are
	private static Stream<NodeReport> following(ReplicationReporter reporter) {
		return reporter.report()
			.replicas()
			.stream()
			.filter((replica) -> replica.state() == NodeState.ONLINE || replica.state() == NodeState.LINK_DOWN);
	}

}
