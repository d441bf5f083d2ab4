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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.ReplicationReporter;
import io.lagwise.routing.Reports;
import io.lagwise.routing.RoutingReason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether {@code docs/monitoring.md} says of every meter what is registered.
 */
class MonitoringDocumentationTests {

	private static final Pattern METER = Pattern.compile("^\\| `(lagwise\\.[^`]+)` \\| (\\w+) \\| (.*)\\| (.+) \\|$",
			Pattern.MULTILINE);

	private static final Pattern TAG = Pattern.compile("^\\| `(lagwise\\.[^`]+)` \\| `([^`]+)` \\| (.+) \\|$",
			Pattern.MULTILINE);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ReplicationReporter reporter = Reports::of;

	@BeforeEach
	void registerEverything() {
		new ReplicationMeters(Map.of("orders", this.reporter)).bindTo(this.registry);
		new TopologyMeters(this.registry, "orders");
		new LossMeters(this.registry, "orders");
		new WaitMeters(this.registry, "orders");
		ReadMeters meters = new ReadMeters(this.registry, "orders");
		for (NodeRole role : new NodeRole[] { null, NodeRole.PRIMARY, NodeRole.REPLICA }) {
			for (RoutingReason reason : RoutingReason.values()) {
				for (ReadOutcome outcome : ReadOutcome.values()) {
					for (ReadRequirement requirement : ReadMetersTests.REQUIREMENTS) {
						meters.readEnded(role, requirement, reason, outcome);
					}
				}
			}
		}
		meters.attemptFailed(new NodeAddress("127.0.0.1", 2), FallbackReason.TIMEOUT, Duration.ZERO);
	}

	@Test
	void everyMeterHasARowWithItsTypeItsTagsAndItsMeaning() throws IOException {
		List<String> documented = METER.matcher(page())
			.results()
			.map((row) -> String.join(" | ", row.group(1), row.group(2), row.group(3).replace("`", "").trim(),
					row.group(4)))
			.toList();
		List<String> registered = this.registry.getMeters()
			.stream()
			.map(MonitoringDocumentationTests::describe)
			.distinct()
			.sorted()
			.toList();
		assertThat(documented).containsExactlyElementsOf(registered);
	}

	@Test
	void everyTagHasARowWithItsValues() throws IOException {
		Map<String, Set<String>> documented = new TreeMap<>();
		TAG.matcher(page())
			.results()
			.forEach((row) -> documented.put(row.group(1) + " " + row.group(2),
					new TreeSet<>(Arrays.asList(row.group(3).replace("`", "").split(", ")))));
		Map<String, Set<String>> registered = new TreeMap<>();
		this.registry.getMeters()
			.forEach((meter) -> furtherTags(meter).forEach((tag) -> registered
				.computeIfAbsent(meter.getId().getName() + " " + tag.getKey(), (key) -> new TreeSet<>())
				.add(tag.getValue())));
		assertThat(documented).isEqualTo(registered);
	}

	private static String describe(Meter meter) {
		return String.join(" | ", meter.getId().getName(), meter.getId().getType().name().toLowerCase(Locale.ROOT),
				furtherTags(meter).stream().map(Tag::getKey).collect(Collectors.joining(", ")),
				meter.getId().getDescription());
	}

	private static List<Tag> furtherTags(Meter meter) {
		assertThat(meter.getId().getTag("connection.factory")).isEqualTo("orders");
		return meter.getId().getTags().stream().filter((tag) -> !tag.getKey().equals("connection.factory")).toList();
	}

	private static String page() throws IOException {
		return Files.readString(Path.of("..", "docs", "monitoring.md"));
	}

}
