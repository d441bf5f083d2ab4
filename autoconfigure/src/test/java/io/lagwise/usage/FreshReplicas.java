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

package io.lagwise.usage;

import java.time.Duration;

import io.lagwise.replication.NodeRole;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.ReplicationReporter;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Waits for replicas that serve reads which ask for nothing: they are in use, and proven
 * to have what was written before.
 */
public final class FreshReplicas {

	private FreshReplicas() {
	}

	/**
	 * Wait until that many replicas serve reads of an application that writes nothing in
	 * the meantime.
	 */
	public static void await(ReplicationReporter factory, int count) {
		long start = System.nanoTime();
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			ReplicationReport report = factory.report();
			Duration waited = Duration.ofNanos(System.nanoTime() - start);
			assertThat(report.nodes()).as("%s", report)
				.filteredOn((node) -> isServing(node) && node.lag() != null && node.lag().compareTo(waited) < 0)
				.hasSize(count);
		});
	}

	private static boolean isServing(NodeReport node) {
		return node.role() == NodeRole.REPLICA && node.serving();
	}

}
