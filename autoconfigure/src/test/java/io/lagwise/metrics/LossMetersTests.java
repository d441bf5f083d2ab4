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

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.TopologyRefreshedEvent;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is counted of what failovers destroy.
 */
class LossMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final LossMeters meters = new LossMeters(this.registry, "orders");

	@Test
	void lossesAreCountedFromZeroOn() {
		assertThat(this.registry.find("lagwise.writes.lost").counters()).hasSize(2)
			.allMatch((counter) -> counter.count() == 0);
		assertThat(this.registry.find("lagwise.sessions.lost").counters()).hasSize(2)
			.allMatch((counter) -> counter.count() == 0);
	}

	@Test
	void writesAreCountedByTheirFate() {
		assess(WriteFate.POSSIBLY_LOST, 12);
		assess(WriteFate.POSSIBLY_LOST, 3);
		assess(WriteFate.LOST, 7);
		assertThat(writes("possible")).isEqualTo(15);
		assertThat(writes("certain")).isEqualTo(7);
	}

	@Test
	void keptWritesAreNoLoss() {
		assess(WriteFate.KEPT, 0);
		assertThat(writes("possible") + writes("certain")).isZero();
	}

	@Test
	void lossOfAnUnknownNumberCounts() {
		assess(WriteFate.LOST, 0);
		assess(WriteFate.POSSIBLY_LOST, 0);
		assertThat(writes("certain")).isEqualTo(1);
		assertThat(writes("possible")).isEqualTo(1);
	}

	@Test
	void sessionsAreCountedByWhatIsCertain() {
		this.meters.onEvent(new SessionLostEvent(true, "gone", ReplicationTopology.UNKNOWN));
		this.meters.onEvent(new SessionLostEvent(false, "unknown", ReplicationTopology.UNKNOWN));
		this.meters.onEvent(new SessionLostEvent(false, "unknown", ReplicationTopology.UNKNOWN));
		assertThat(sessions(true)).isEqualTo(1);
		assertThat(sessions(false)).isEqualTo(2);
	}

	@Test
	void otherChangesAreNoLossesAndLossesNoOtherChanges() {
		TopologyMeters changes = new TopologyMeters(this.registry, "orders");
		this.meters.onEvent(new TopologyRefreshedEvent(ReplicationTopology.UNKNOWN));
		assertThat(this.registry.find("lagwise.writes.lost").counters()).allMatch((counter) -> counter.count() == 0);
		changes.onEvent(new SessionLostEvent(true, "gone", ReplicationTopology.UNKNOWN));
		changes.onEvent(new WritesAssessedEvent(new NodeAddress("127.0.0.1", 1), WriteFate.KEPT, 0, "kept",
				ReplicationTopology.UNKNOWN));
		assertThat(this.registry.find("lagwise.topology.changes").counters()).hasSize(4)
			.extracting(Counter::count)
			.containsOnly(0.0);
	}

	private void assess(WriteFate fate, long atRisk) {
		this.meters.onEvent(new WritesAssessedEvent(new NodeAddress("127.0.0.1", 1), fate, atRisk, "reason",
				ReplicationTopology.UNKNOWN));
	}

	private double writes(String fate) {
		return this.registry.get("lagwise.writes.lost")
			.tags("connection.factory", "orders", "fate", fate)
			.counter()
			.count();
	}

	private double sessions(boolean certain) {
		return this.registry.get("lagwise.sessions.lost")
			.tags("connection.factory", "orders", "certain", String.valueOf(certain))
			.counter()
			.count();
	}

}
