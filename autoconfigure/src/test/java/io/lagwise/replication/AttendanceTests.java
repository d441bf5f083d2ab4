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

package io.lagwise.replication;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.lagwise.replication.NodeObservation.Reachability;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Attendance}.
 */
class AttendanceTests {

	private static final NodeAddress PRIMARY = new NodeAddress("primary", 6379);

	private static final NodeAddress REPLICA = new NodeAddress("replica", 6379);

	private final Attendance attendance = new Attendance();

	private final Map<NodeAddress, NodeObservation> observations = new HashMap<>();

	private long now;

	@Test
	void aNodeThatWasNeverThereDoesNotCount() {
		primary();
		replica(NodeObservation.NONE.failed(Reachability.SILENT));
		assertThat(take()).isEqualTo(NodeState.ABSENT);
		assertThat(topology().presentReplicas()).isEmpty();
		assertThat(topology()).hasToString("primary primary:6379 online, node replica:6379 "
				+ "is not there: it does not answer, and is not attached to the primary");
	}

	@Test
	void aNodeThatWasNeverThereCountsOnceItAnswers() {
		primary();
		replica(NodeObservation.NONE.failed(Reachability.SILENT));
		take();
		replica(following());
		assertThat(take()).isEqualTo(NodeState.ONLINE);
	}

	@Test
	void aNodeThatHasNotBeenHeardOfYetIsNotJudged() {
		primary();
		replica(NodeObservation.NONE);
		assertThat(take()).isEqualTo(NodeState.UNKNOWN);
	}

	@Test
	void aNodeThatHasDiedCountsForAWhile() {
		primary();
		replica(following());
		take();
		replica(following().failed(Reachability.SILENT));
		assertThat(take()).isEqualTo(NodeState.UNREACHABLE);
		this.now += Attendance.LATELY.toNanos() - 1;
		assertThat(take()).isEqualTo(NodeState.UNREACHABLE);
		this.now++;
		assertThat(take()).isEqualTo(NodeState.ABSENT);
	}

	@Test
	void aNodeThatIsAttachedCountsThoughItCannotBeReachedFromHere() {
		primary(REPLICA);
		replica(NodeObservation.NONE.failed(Reachability.SILENT));
		take();
		this.now += 2 * Attendance.LATELY.toNanos();
		assertThat(take()).isEqualTo(NodeState.UNREACHABLE);
		primary();
		assertThat(take()).isEqualTo(NodeState.UNREACHABLE);
		this.now += Attendance.LATELY.toNanos();
		assertThat(take()).isEqualTo(NodeState.ABSENT);
	}

	@Test
	void aNodeThatAnswersCountsThoughItIsNotAttached() {
		primary();
		replica(NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.REPLICA, "id", 90, LinkStatus.DOWN, PRIMARY, List.of()), 0, 0));
		take();
		this.now += 2 * Attendance.LATELY.toNanos();
		assertThat(take()).isEqualTo(NodeState.LINK_DOWN);
		replica(NodeObservation.NONE.failed(Reachability.REFUSES));
		this.now += 2 * Attendance.LATELY.toNanos();
		assertThat(take()).isEqualTo(NodeState.CONCEALED);
	}

	@Test
	void nobodyIsGivenUpWhileThePrimaryIsSilent() {
		primary();
		replica(following());
		take();
		this.observations.computeIfPresent(PRIMARY, (it, observation) -> observation.failed(Reachability.SILENT));
		replica(following().failed(Reachability.SILENT));
		take();
		this.now += 10 * Attendance.LATELY.toNanos();
		assertThat(take()).isEqualTo(NodeState.UNREACHABLE);
		primary();
		assertThat(take()).isEqualTo(NodeState.UNREACHABLE);
	}

	private NodeState take() {
		return topology().replicas().get(0).state();
	}

	private ReplicationTopology topology() {
		ReplicationTopology assessed = TopologyAssessment.assess(new Membership(PRIMARY, Set.of(REPLICA)),
				this.observations);
		return this.attendance.take(assessed, this.observations, this.now);
	}

	private void primary(NodeAddress... attached) {
		this.observations.put(PRIMARY, NodeObservation.NONE.answered(
				new ReplicationStatus(NodeRole.PRIMARY, "id", 100, LinkStatus.UP, null, List.of(attached)), 0, 0));
	}

	private void replica(NodeObservation observation) {
		this.observations.put(REPLICA, observation);
	}

	private static NodeObservation following() {
		return NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.REPLICA, "id", 90, LinkStatus.UP, PRIMARY, List.of()), 0, 0);
	}

}
