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

package io.lagwise.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.lagwise.actuate.LagwiseDescriptor.Change;
import io.lagwise.actuate.LagwiseDescriptor.ConnectionFactoryDescriptor;
import io.lagwise.actuate.LagwiseDescriptor.Node;
import io.lagwise.actuate.LagwiseDescriptor.Problem;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicaLostEvent;
import io.lagwise.replication.ReplicaReturnedEvent;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.TopologyNode;
import io.lagwise.replication.TopologyRefreshedEvent;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.Reports;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the endpoint answers.
 */
class LagwiseEndpointTests {

	private static final NodeAddress REPLICA = new NodeAddress("127.0.0.1", 2);

	@Test
	void everyFactoryIsShownWithItsNodes() {
		LagwiseEndpoint endpoint = new LagwiseEndpoint(Map.of("sessions", Reports::of, "orders", () -> Reports
			.of(Reports.primary(NodeState.ONLINE), Reports.replica(2), Reports.replica(3, NodeState.UNREACHABLE))),
				new ReplicationJournals());
		Map<String, ConnectionFactoryDescriptor> factories = endpoint.lagwise().connectionFactories();
		assertThat(factories).containsOnlyKeys("orders", "sessions");
		ConnectionFactoryDescriptor orders = factories.get("orders");
		assertThat(orders.source()).isEqualTo("the nodes of a test");
		assertThat(orders.nodes()).containsExactly(
				new Node("127.0.0.1:1", "primary", "online", null, null, "history", 1000L, 0L, 0L, 0.25, null, null),
				new Node("127.0.0.1:2", "replica", "online", true, "up", "history", 1000L, 0L, 52L, 1.0, 3, "closed"),
				new Node("127.0.0.1:3", "replica", "unreachable", false, "up", "history", 1000L, null, null, 1.0, 3,
						"closed"));
		assertThat(orders.problems()).isEmpty();
		assertThat(orders.changes()).isEmpty();
	}

	@Test
	void eachFactoryHasAJournalOfItsOwn() {
		ReplicationJournals journals = new ReplicationJournals();
		LagwiseEndpoint endpoint = new LagwiseEndpoint(Map.of("sessions", Reports::of, "orders", Reports::of),
				journals);
		journals.of("orders").fellBack(FallbackReason.TIMEOUT, true);
		assertThat(endpoint.lagwise().connectionFactories().get("orders").problems()).hasSize(1);
		assertThat(endpoint.lagwise().connectionFactories().get("sessions").problems()).isEmpty();
	}

	@Nested
	class Journal {

		private Instant now = Instant.parse("2026-01-01T12:00:00Z");

		private final ReplicationJournal journal = new ReplicationJournal(() -> this.now);

		@Test
		void problemsAreCountedByKindTheNewestFirst() {
			Instant first = this.now;
			this.journal.attemptFailed(REPLICA, FallbackReason.TIMEOUT, Duration.ofMillis(200));
			this.journal.fellBack(FallbackReason.TIMEOUT, true);
			this.now = first.plusSeconds(1);
			this.journal.attemptFailed(REPLICA, FallbackReason.CONNECTION_LOST, Duration.ZERO);
			this.journal.fellBack(FallbackReason.NO_ELIGIBLE_REPLICA, false);
			this.now = first.plusSeconds(2);
			this.journal.attemptFailed(REPLICA, FallbackReason.TIMEOUT, Duration.ofMillis(200));
			assertThat(this.journal.problems()).containsExactly(
					new Problem("attempt-failed", "127.0.0.1:2", "timeout", 2, first.plusSeconds(2)),
					new Problem("fallback-refused", null, "no-eligible-replica", 1, first.plusSeconds(1)),
					new Problem("attempt-failed", "127.0.0.1:2", "connection-lost", 1, first.plusSeconds(1)),
					new Problem("fallback", null, "timeout", 1, first));
		}

		@Test
		void kindsThatWereNotSeenForLongestAreForgottenFirst() {
			this.journal.attemptFailed(REPLICA, FallbackReason.TIMEOUT, Duration.ZERO);
			for (int port = 100; port < 100 + 3 * ReplicationJournal.KINDS; port++) {
				this.journal.attemptFailed(new NodeAddress("127.0.0.1", port), FallbackReason.TIMEOUT, Duration.ZERO);
				this.journal.attemptFailed(REPLICA, FallbackReason.TIMEOUT, Duration.ZERO);
			}
			assertThat(this.journal.problems()).hasSize(ReplicationJournal.KINDS)
				.contains(new Problem("attempt-failed", "127.0.0.1:2", "timeout", 1 + 3 * ReplicationJournal.KINDS,
						this.now))
				.noneMatch((problem) -> "127.0.0.1:100".equals(problem.node()));
		}

		@Test
		void changesAreShownTheNewestFirst() {
			ReplicationTopology topology = new ReplicationTopology(
					new TopologyNode(REPLICA, NodeRole.PRIMARY, NodeState.ONLINE), List.of());
			this.journal.onEvent(new PrimarySwitchedEvent(new NodeAddress("127.0.0.1", 1), REPLICA, topology));
			this.journal.onEvent(new ReplicaLostEvent(REPLICA, NodeState.UNREACHABLE, topology));
			this.journal.onEvent(new ReplicaLostEvent(REPLICA, null, topology));
			this.journal.onEvent(new ReplicaReturnedEvent(REPLICA, topology));
			this.journal.onEvent(new TopologyRefreshedEvent(topology));
			assertThat(this.journal.changes()).containsExactly(
					new Change(this.now, "refreshed", "primary 127.0.0.1:2 online"),
					new Change(this.now, "replica-returned", "127.0.0.1:2"),
					new Change(this.now, "replica-lost", "127.0.0.1:2 does not belong here any more"),
					new Change(this.now, "replica-lost", "127.0.0.1:2 does not answer"),
					new Change(this.now, "primary-switched", "from 127.0.0.1:1 to 127.0.0.1:2"));
		}

		@Test
		void changesSayWhatAFailoverHasDestroyed() {
			assess(WriteFate.KEPT, 0, "it held all of them when it was promoted");
			assess(WriteFate.POSSIBLY_LOST, 12, "its history is not known to the last byte");
			assess(WriteFate.LOST, 3, "it was promoted 182 bytes before them");
			this.journal.onEvent(new SessionLostEvent(true, "182 bytes are gone", ReplicationTopology.UNKNOWN));
			this.journal.onEvent(new SessionLostEvent(false, "two failovers", ReplicationTopology.UNKNOWN));
			assertThat(this.journal.changes()).containsExactly(
					new Change(this.now, "session-lost",
							"a session has possibly lost a part of what it had written or read: two failovers"),
					new Change(this.now, "session-lost",
							"a session has lost a part of what it had written or read: 182 bytes are gone"),
					new Change(this.now, "writes-lost",
							"acknowledged writes are missing at 127.0.0.1:2, up to 3: it was promoted 182 bytes before them"),
					new Change(this.now, "writes-possibly-lost",
							"up to 12 acknowledged writes may be missing at 127.0.0.1:2: its history is not known to the last byte"),
					new Change(this.now, "writes-kept",
							"all writes that were acknowledged are at the new primary 127.0.0.1:2: it held all of them when it was promoted"));
		}

		private void assess(WriteFate fate, long atRisk, String reason) {
			this.journal.onEvent(new WritesAssessedEvent(REPLICA, fate, atRisk, reason, ReplicationTopology.UNKNOWN));
		}

		@Test
		void changesAreBounded() {
			for (int i = 0; i < 3 * ReplicationJournal.CHANGES; i++) {
				this.now = this.now.plusSeconds(1);
				this.journal.onEvent(new TopologyRefreshedEvent(ReplicationTopology.UNKNOWN));
			}
			assertThat(this.journal.changes()).hasSize(ReplicationJournal.CHANGES)
				.first()
				.extracting(Change::at)
				.isEqualTo(this.now);
		}

	}

}
