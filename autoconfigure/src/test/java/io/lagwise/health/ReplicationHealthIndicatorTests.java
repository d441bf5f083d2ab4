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
import java.util.List;
import java.util.Map;

import io.lagwise.replication.NodeState;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.Reports;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When the nodes are well, when something is amiss, and when that is an outage.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReplicationHealthIndicatorTests {

	private ReplicationReport report = Reports.of();

	private final ReplicationHealthIndicator indicator = new ReplicationHealthIndicator(() -> this.report,
			Duration.ofSeconds(10));

	@Test
	void allIsWellWhenThePrimaryIsOnlineAndEveryReplicaServes() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2), Reports.replica(3));
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("replication", "HEALTHY")
			.containsEntry("source", "the nodes of a test")
			.containsEntry("replicasKnown", 2)
			.containsEntry("replicasUsable", 2L)
			.doesNotContainKey("reasons");
	}

	@Test
	void aPrimaryWithoutReplicasIsUpAndNotCalledHealthy() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE));
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.UP);
		assertThat(this.indicator.health().getDetails()).containsEntry("replication", "NO_REPLICAS")
			.doesNotContainKey("reasons");
	}

	@Test
	void anAddressThatLeadsNowhereIsNotCountedAsAReplica() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2),
				Reports.replica(3, NodeState.ABSENT), Reports.replica(4, NodeState.HIDDEN));
		Health health = this.indicator.health();
		assertThat(health.getDetails()).containsEntry("replication", "DEGRADED")
			.containsEntry("replicasKnown", 1)
			.containsEntry("reasons",
					List.of("node 127.0.0.1:3 is not there: it does not answer, and is not attached to the primary"));
	}

	@Test
	void eachNodeIsShownWithWhatIsKnownOfIt() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2),
				Reports.replica(3, NodeState.LINK_DOWN));
		assertThat(this.indicator.health().getDetails().get("nodes"))
			.isEqualTo(List.of(Map.of("address", "127.0.0.1:1", "role", "primary", "state", "online"),
					Map.of("address", "127.0.0.1:2", "role", "replica", "state", "online", "usable", true, "link", "up",
							"lag", "52 ms", "lagBytes", 0L, "circuitBreaker", "closed"),
					Map.of("address", "127.0.0.1:3", "role", "replica", "state", "link-down", "usable", false, "link",
							"down", "circuitBreaker", "closed")));
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "ONLINE", "ABSENT", "HIDDEN" })
	void aReplicaThatMayNotAnswerIsAReasonButNoOutage(NodeState state) {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2), Reports.replica(3, state));
		assertDegraded("replica 127.0.0.1:3 " + state.description());
	}

	@Test
	void everyReplicaLostIsNoOutageEither() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2, NodeState.UNREACHABLE),
				Reports.replica(3, NodeState.UNREACHABLE));
		assertDegraded("replica 127.0.0.1:2 does not answer", "replica 127.0.0.1:3 does not answer");
	}

	@ParameterizedTest
	@EnumSource(names = { "OPEN", "HALF_OPEN" })
	void anOpenCircuitBreakerIsAReason(GuardState guard) {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE),
				Reports.replica(2, NodeState.ONLINE, false, guard, 0L, null));
		assertDegraded("replica 127.0.0.1:2 has its circuit breaker open");
	}

	@Test
	void aReplicaThatGetsNoReadsForAnotherReasonIsAReason() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE),
				Reports.replica(2, NodeState.ONLINE, false, GuardState.CLOSED, 0L, null));
		assertDegraded("replica 127.0.0.1:2 gets no reads at the moment");
	}

	@Test
	void lagAboveTheLimitIsAReason() {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.lagging(2, Duration.ofSeconds(10)),
				Reports.lagging(3, Duration.ofMillis(12_340)));
		assertDegraded("replica 127.0.0.1:3 is 12.3 s behind");
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "ONLINE", "CONCEALED" })
	void aPrimaryThatDoesNotAnswerAsOneIsAnOutageWhateverTheReplicasCanStillServe(NodeState state) {
		this.report = Reports.of(Reports.primary(state), Reports.replica(2));
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("replication", "DOWN")
			.containsEntry("reasons", List.of("primary 127.0.0.1:1 " + state.description()))
			.containsEntry("replicasUsable", 1L);
	}

	@Test
	void noPrimaryIsAnOutage() {
		this.report = Reports.of(Reports.replica(2));
		assertThat(this.indicator.health().getStatus()).isEqualTo(Status.DOWN);
		assertThat(this.indicator.health().getDetails()).containsEntry("reasons", List.of("no primary is known"));
	}

	@Test
	void nodesThatRefuseToSayHowTheyStandAreNoOutage() {
		this.report = Reports.of(Reports.primary(NodeState.CONCEALED), Reports.replica(2, NodeState.CONCEALED));
		assertDegraded("primary 127.0.0.1:1 refuses INFO replication", "replica 127.0.0.1:2 refuses INFO replication");
		this.report = Reports.of(Reports.replica(2, NodeState.CONCEALED));
		assertDegraded("no primary is known", "replica 127.0.0.1:2 refuses INFO replication");
	}

	@Test
	void lagIsLoggedOncePerChange(CapturedOutput output) {
		String behind = "Replica 127.0.0.1:2 is 11.0 s behind its primary, more than lagwise.health.max-lag allows (10.0 s)";
		String caughtUp = "Replica 127.0.0.1:2 has caught up: it is 60 ms behind its primary";
		lag(Duration.ofSeconds(9));
		assertThat(output).doesNotContain("behind its primary");
		lag(Duration.ofSeconds(11));
		lag(Duration.ofSeconds(12));
		assertThat(output).containsOnlyOnce(behind).doesNotContain("12.0 s").doesNotContain("caught up");
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2, NodeState.UNREACHABLE),
				Reports.replica(3, NodeState.UNREACHABLE, false, GuardState.OPEN, 9000L, Duration.ofHours(1)));
		this.indicator.health();
		this.report = Reports.of(Reports.primary(NodeState.UNREACHABLE), Reports.lagging(2, Duration.ofHours(1)));
		this.indicator.health();
		assertThat(output).doesNotContain("3600");
		assertThat(output).as("while it cannot be told").doesNotContain("caught up");
		lag(Duration.ofMillis(60));
		lag(Duration.ofMillis(50));
		assertThat(output).containsOnlyOnce(caughtUp).doesNotContain("is 50 ms behind");
		lag(Duration.ofSeconds(13));
		assertThat(output).contains("is 13.0 s behind");
	}

	private void lag(Duration lag) {
		this.report = Reports.of(Reports.primary(NodeState.ONLINE), Reports.lagging(2, lag));
		this.indicator.health();
	}

	private void assertDegraded(String... reasons) {
		Health health = this.indicator.health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("replication", "DEGRADED")
			.containsEntry("reasons", List.of(reasons));
	}

}
