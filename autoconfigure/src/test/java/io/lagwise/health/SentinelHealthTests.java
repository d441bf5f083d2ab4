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

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.Reports;
import io.lagwise.routing.SentinelReport;
import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Sentinels are shown in the details of health and change nothing else there.
 */
class SentinelHealthTests {

	private static final NodeAddress PRIMARY = new NodeAddress("127.0.0.1", 1);

	@Test
	void aSentinelThatIsDownIsShownAndIsNoOutage() {
		Health health = health(new SentinelReport(new NodeAddress("127.0.0.1", 26379), PRIMARY, null),
				new SentinelReport(new NodeAddress("127.0.0.1", 26380), null, "Connection refused"));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("replication", "HEALTHY")
			.doesNotContainKey("reasons")
			.containsEntry("sentinels", List.of(Map.of("address", "127.0.0.1:26379", "primary", "127.0.0.1:1"),
					Map.of("address", "127.0.0.1:26380", "trouble", "Connection refused")));
	}

	@Test
	void withoutSentinelsNoneAreShown() {
		assertThat(health().getDetails()).doesNotContainKey("sentinels");
	}

	private static Health health(SentinelReport... sentinels) {
		ReplicationReport nodes = Reports.of(Reports.primary(NodeState.ONLINE), Reports.replica(2));
		ReplicationReport report = new ReplicationReport(nodes.source(), nodes.nodes(), List.of(sentinels));
		return new ReplicationHealthIndicator(() -> report, Duration.ofSeconds(10)).health();
	}

}
