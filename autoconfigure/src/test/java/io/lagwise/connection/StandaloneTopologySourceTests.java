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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.lagwise.replication.Attendance;
import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeObservation.Reachability;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StandaloneTopologySource}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StandaloneTopologySourceTests {

	private static final NodeAddress SEED = new NodeAddress("seed", 6379);

	private static final NodeAddress REPLICA = new NodeAddress("10.0.0.2", 6379);

	private static final NodeAddress STRANGER = new NodeAddress("10.0.0.9", 6379);

	private final Map<NodeAddress, NodeObservation> observations = new HashMap<>();

	private long now = 1;

	private final StandaloneTopologySource source = new StandaloneTopologySource(SEED, () -> this.now);

	@Test
	void aNodeThatHasLeftIsForgotten() {
		primary(SEED, "history", null, REPLICA);
		assertThat(nodes()).containsExactlyInAnyOrder(SEED, REPLICA);
		primary(SEED, "history", null);
		this.observations.put(REPLICA, NodeObservation.NONE.failed(Reachability.SILENT));
		this.now += Attendance.LATELY.toNanos();
		assertThat(nodes()).contains(REPLICA);
		this.now++;
		assertThat(nodes()).containsExactly(SEED);
	}

	@Test
	void nobodyIsForgottenWhileThePrimaryIsSilent() {
		primary(SEED, "history", null, REPLICA);
		nodes();
		this.observations.put(REPLICA, NodeObservation.NONE.failed(Reachability.SILENT));
		this.observations.computeIfPresent(SEED, (it, observation) -> observation.failed(Reachability.SILENT));
		this.now += 10 * Attendance.LATELY.toNanos();
		assertThat(nodes()).contains(REPLICA);
		primary(SEED, "history", null);
		assertThat(nodes()).contains(REPLICA);
	}

	@Test
	void whatSomebodyElsesServerNamesIsNotLookedAt() {
		primary(SEED, "history", null, REPLICA);
		nodes();
		primary(REPLICA, "foreign", null, STRANGER);
		assertThat(nodes()).doesNotContain(STRANGER);
	}

	@Test
	void aPretenderIsNamedOnce(CapturedOutput output) {
		primary(SEED, "history", null, REPLICA);
		nodes();
		this.observations.computeIfPresent(SEED, (it, observation) -> observation.failed(Reachability.SILENT));
		primary(REPLICA, "foreign", null);
		this.now += Attendance.LATELY.toNanos();
		assertThat(primary()).isEqualTo(SEED);
		assertThat(primary()).isEqualTo(SEED);
		assertThat(output.toString().split("10.0.0.2:6379 says that it is a primary but lacks", -1)).hasSize(2);
	}

	@Test
	void anAddressThatLeadsToAnotherServerByNowIsDisowned(CapturedOutput output) {
		primary(SEED, "history", null, REPLICA);
		nodes();
		this.observations.computeIfPresent(SEED, (it, observation) -> observation.failed(Reachability.SILENT));
		primary(REPLICA, "next", "history");
		this.now += Attendance.LATELY.toNanos();
		assertThat(primary()).isEqualTo(REPLICA);
		assertThat(this.source.disowns(REPLICA)).isFalse();
		primary(REPLICA, "foreign", null);
		assertThat(primary()).isEqualTo(SEED);
		assertThat(this.source.disowns(REPLICA)).isTrue();
		assertThat(output).contains("10.0.0.2:6379 answers, but is not the server any more that was the primary");
	}

	private Iterable<NodeAddress> nodes() {
		return this.source.membership(Map.copyOf(this.observations)).nodes();
	}

	private @Nullable NodeAddress primary() {
		return this.source.membership(Map.copyOf(this.observations)).primary();
	}

	private void primary(NodeAddress node, String id, @Nullable String former, NodeAddress... attached) {
		this.observations.put(node,
				NodeObservation.NONE
					.answered(new ReplicationStatus(NodeRole.PRIMARY, id, 100, LinkStatus.UP, null, List.of(attached),
							former, (former != null) ? 101 : -1), this.now, this.now)
					.identified(id));
	}

}
