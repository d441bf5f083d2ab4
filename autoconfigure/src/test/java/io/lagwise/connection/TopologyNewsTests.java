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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.lagwise.consistency.Succession;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TopologyNews}: the lines that people get.
 */
@ExtendWith(OutputCaptureExtension.class)
class TopologyNewsTests {

	private static final NodeAddress A = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress B = new NodeAddress("10.0.0.2", 6379);

	private static final NodeAddress C = new NodeAddress("10.0.0.3", 6379);

	private final AtomicLong clock = new AtomicLong();

	private final List<ReplicationEvent> events = new ArrayList<>();

	private final TopologyNews news = new TopologyNews(this.events::add, "orders", this.clock::get);

	@Test
	void theFirstLineNamesEveryNodeAndFurtherOnesWhatIsDifferent(CapturedOutput output) {
		changed(primary(A), replica(B, NodeState.ONLINE), replica(C, NodeState.ONLINE));
		changed(primary(A), replica(B, NodeState.UNREACHABLE), replica(C, NodeState.ONLINE));
		changed(primary(A), replica(C, NodeState.ONLINE));
		assertThat(lines(output)).containsExactly(
				"orders: Redis topology from the tests: primary 10.0.0.1:6379 online, replica 10.0.0.2:6379 online, "
						+ "replica 10.0.0.3:6379 online",
				"orders: Redis: replica 10.0.0.2:6379 " + NodeState.UNREACHABLE.description(),
				"orders: Redis: replica 10.0.0.2:6379 does not belong to them any more");
	}

	@Test
	void aFailoverIsOneLineWithWhatIsAtRisk(CapturedOutput output) {
		changed(primary(A), replica(B, NodeState.ONLINE), replica(C, NodeState.ONLINE));
		changed(primary(B), replica(A, NodeState.UNREACHABLE), replica(C, NodeState.ONLINE));
		changed(primary(B), replica(A, NodeState.UNREACHABLE), replica(C, NodeState.UNREACHABLE));
		changed(primary(B), replica(A, NodeState.UNREACHABLE), replica(C, NodeState.ONLINE));
		this.news.succeeded(new Succession(WriteFate.POSSIBLY_LOST, 0, 0, 12, "the reason"), B,
				ReplicationTopology.UNKNOWN);
		this.clock.set(Duration.ofMinutes(1).toNanos());
		this.news.remind();
		assertThat(lines(output)).hasSize(2)
			.element(1)
			.isEqualTo(
					"orders: Primary moved from 10.0.0.1:6379 to 10.0.0.2:6379, 12 acknowledged writes at risk at most: "
							+ "the reason");
		assertThat(this.events).hasAtLeastOneElementOfType(PrimarySwitchedEvent.class)
			.hasAtLeastOneElementOfType(WritesAssessedEvent.class);
	}

	@Test
	void aFailoverIsToldOfThoughItIsNotKnownWhatIsAtRisk(CapturedOutput output) {
		changed(primary(A), replica(B, NodeState.ONLINE));
		changed(primary(B), replica(A, NodeState.UNREACHABLE));
		this.news.remind();
		assertThat(lines(output)).hasSize(1);
		this.clock.set(Duration.ofSeconds(4).toNanos());
		this.news.remind();
		this.news.remind();
		assertThat(lines(output)).hasSize(2)
			.element(1)
			.asString()
			.startsWith("orders: Primary moved from 10.0.0.1:6379 to 10.0.0.2:6379, and what has become");
		changed(primary(A), replica(B, NodeState.ONLINE));
		this.news.succeeded(new Succession(WriteFate.KEPT, 0, 0, 0, "the reason"), A, ReplicationTopology.UNKNOWN);
		assertThat(lines(output)).hasSize(3)
			.element(2)
			.isEqualTo("orders: Primary moved from 10.0.0.2:6379 to 10.0.0.1:6379, all acknowledged writes are kept: "
					+ "the reason");
	}

	private void changed(TopologyNode primary, TopologyNode... replicas) {
		this.news.changed("the tests", new ReplicationTopology(primary, List.of(replicas)));
	}

	private static TopologyNode primary(NodeAddress address) {
		return new TopologyNode(address, NodeRole.PRIMARY, NodeState.ONLINE);
	}

	private static TopologyNode replica(NodeAddress address, NodeState state) {
		return new TopologyNode(address, NodeRole.REPLICA, state);
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getOut()
			.lines()
			.filter((line) -> line.contains("orders: ") && !line.contains(" DEBUG "))
			.map((line) -> line.substring(line.indexOf("orders: ")))
			.toList();
	}

}
