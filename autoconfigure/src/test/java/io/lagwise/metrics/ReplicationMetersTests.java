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

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicaLostEvent;
import io.lagwise.replication.ReplicaReturnedEvent;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyRefreshedEvent;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.ReplicationReporter;
import io.lagwise.routing.Reports;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What meters show of the nodes.
 */
class ReplicationMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private ReplicationReport report = Reports.of();

	private final ReplicationReporter reporter = () -> this.report;

	private final ReplicationReporter other = Reports::of;

	@BeforeEach
	void bind() {
		new ReplicationMeters(Map.of("orders", this.reporter, "sessions", this.other)).bindTo(this.registry);
	}

	@Test
	void replicasAreCountedByState() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2), Reports.replica(3),
				Reports.replica(4, NodeState.LINK_DOWN));
		assertThat(gauge("lagwise.replicas", "state", "online")).isEqualTo(2);
		assertThat(gauge("lagwise.replicas", "state", "link-down")).isEqualTo(1);
		assertThat(gauge("lagwise.replicas", "state", "unreachable")).isZero();
		assertThat(gauge("lagwise.replicas.usable")).isEqualTo(2);
	}

	@Test
	void circuitBreakersAreCountedByState() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2),
				Reports.replica(3, NodeState.ONLINE, false, GuardState.OPEN, 0L, null));
		assertThat(gauge("lagwise.circuit.breakers", "state", "open")).isEqualTo(1);
		assertThat(gauge("lagwise.circuit.breakers", "state", "closed")).isEqualTo(1);
		assertThat(gauge("lagwise.circuit.breakers", "state", "disabled")).as("the primary has none").isZero();
		assertThat(gauge("lagwise.replicas.usable")).isEqualTo(1);
	}

	@Test
	void lagIsThatOfTheReplicaFarthestBehind() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2),
				Reports.lagging(3, Duration.ofMillis(2500)), Reports.replica(4, NodeState.LINK_DOWN));
		assertThat(this.registry.get("lagwise.lag").tags("connection.factory", "orders").timeGauge())
			.satisfies((gauge) -> assertThat(gauge.value(TimeUnit.SECONDS)).isEqualTo(2.5));
		assertThat(gauge("lagwise.lag.bytes")).isEqualTo(77);
	}

	@Test
	void aReplicaThatDoesNotAnswerDoesNotCountForLag() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.lagging(2, Duration.ofMillis(500)),
				Reports.replica(3, NodeState.UNREACHABLE, false, GuardState.OPEN, 9000L, Duration.ofHours(1)),
				Reports.replica(4, NodeState.LINK_DOWN, false, GuardState.CLOSED, 800L, Duration.ofSeconds(3)));
		assertThat(gauge("lagwise.lag")).isEqualTo(3);
		assertThat(gauge("lagwise.lag.bytes")).isEqualTo(800);
	}

	@Test
	void lagIsNotANumberWhereItCannotBeTold() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2, NodeState.UNREACHABLE));
		assertThat(gauge("lagwise.lag")).isNaN();
		assertThat(gauge("lagwise.lag.bytes")).isNaN();
	}

	@Test
	void factoriesAreToldApart() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2));
		assertThat(this.registry.get("lagwise.replicas.usable").tag("connection.factory", "sessions").gauge().value())
			.isZero();
	}

	@Test
	void changesAreCountedByKind() {
		TopologyMeters meters = new TopologyMeters(this.registry, "orders");
		NodeAddress node = new NodeAddress("127.0.0.1", 2);
		ReplicationTopology topology = ReplicationTopology.UNKNOWN;
		meters.onEvent(new PrimarySwitchedEvent(node, new NodeAddress("127.0.0.1", 3), topology));
		meters.onEvent(new ReplicaLostEvent(node, NodeState.UNREACHABLE, topology));
		meters.onEvent(new ReplicaLostEvent(node, null, topology));
		meters.onEvent(new ReplicaReturnedEvent(node, topology));
		meters.onEvent(new TopologyRefreshedEvent(topology));
		assertThat(changes("primary-switched")).isEqualTo(1);
		assertThat(changes("replica-lost")).isEqualTo(2);
		assertThat(changes("replica-returned")).isEqualTo(1);
		assertThat(changes("refreshed")).isEqualTo(1);
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tag("connection.factory", "orders").tags(tags).gauge().value();
	}

	private double changes(String change) {
		return this.registry.get("lagwise.topology.changes")
			.tags("connection.factory", "orders", "change", change)
			.counter()
			.count();
	}

}
