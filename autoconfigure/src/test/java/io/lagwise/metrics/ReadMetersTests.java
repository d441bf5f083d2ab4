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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is counted of reads, and what counting costs.
 */
class ReadMetersTests {

	private static final NodeAddress REPLICA = new NodeAddress("127.0.0.1", 2);

	/**
	 * One of each kind.
	 */
	static final List<ReadRequirement> REQUIREMENTS = List.of(ReadRequirement.anyReplica(),
			ReadRequirement.maxStaleness(Duration.ofMillis(500)), ReadRequirement.consistent(),
			ReadRequirement.primary());

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final ReadMeters meters = new ReadMeters(this.registry, "orders");

	@Test
	void readsAreCountedByRoleRequirementReasonAndOutcome() {
		this.meters.readEnded(NodeRole.REPLICA, ReadRequirement.anyReplica(), RoutingReason.ANY_REPLICA,
				ReadOutcome.ANSWERED);
		this.meters.readEnded(NodeRole.REPLICA, ReadRequirement.anyReplica(), RoutingReason.ANY_REPLICA,
				ReadOutcome.ANSWERED);
		this.meters.readEnded(NodeRole.PRIMARY, ReadRequirement.primary(), RoutingReason.PRIMARY_REQUIRED,
				ReadOutcome.ERROR);
		this.meters.readEnded(null, ReadRequirement.anyReplica(), RoutingReason.NO_ELIGIBLE_REPLICA,
				ReadOutcome.REJECTED);
		assertThat(reads("replica", "any-replica", "any-replica", "answered")).isEqualTo(2);
		assertThat(reads("primary", "primary", "primary-required", "error")).isEqualTo(1);
		assertThat(reads("none", "any-replica", "no-eligible-replica", "rejected")).isEqualTo(1);
		assertThat(this.registry.find("lagwise.reads").counters()).hasSize(3);
	}

	@ParameterizedTest
	@MethodSource
	void requirementIsCountedByWhatIsStrictestAboutIt(ReadRequirement requirement, String tag) {
		this.meters.readEnded(NodeRole.REPLICA, requirement, RoutingReason.FRESH_REPLICA, ReadOutcome.ANSWERED);
		assertThat(reads("replica", tag, "fresh-replica", "answered")).isEqualTo(1);
	}

	static List<Arguments> requirementIsCountedByWhatIsStrictestAboutIt() {
		ReadRequirement bound = ReadRequirement.maxStaleness(Duration.ofMillis(500));
		return List.of(Arguments.of(ReadRequirement.anyReplica(Fallback.NONE), "any-replica"),
				Arguments.of(bound, "max-staleness"),
				Arguments.of(bound.and(ReadRequirement.anyReplica(Fallback.NONE)), "max-staleness"),
				Arguments.of(ReadRequirement.consistent(Duration.ZERO), "consistent"),
				Arguments.of(ReadRequirement.consistent().and(bound), "consistent"),
				Arguments.of(ReadRequirement.consistent().and(ReadRequirement.primary()), "primary"));
	}

	@Test
	void everyCombinationHasACounterOfItsOwn() {
		int combinations = 0;
		for (NodeRole role : new NodeRole[] { null, NodeRole.PRIMARY, NodeRole.REPLICA }) {
			for (ReadRequirement requirement : REQUIREMENTS) {
				for (RoutingReason reason : RoutingReason.values()) {
					for (ReadOutcome outcome : ReadOutcome.values()) {
						this.meters.readEnded(role, requirement, reason, outcome);
						combinations++;
					}
				}
			}
		}
		assertThat(this.registry.find("lagwise.reads").counters()).hasSize(combinations)
			.allMatch((counter) -> counter.count() == 1);
	}

	@Test
	void attemptsAreTimedByRole() {
		this.meters.attemptAnswered(NodeRole.REPLICA, 2_000_000);
		assertThat(this.registry.get("lagwise.attempts").tag("node.role", "replica").timer())
			.satisfies((timer) -> assertThat(timer.count()).isEqualTo(1))
			.satisfies((timer) -> assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(2));
		assertThat(this.registry.get("lagwise.attempts").tag("node.role", "primary").timer().count()).isZero();
	}

	@Test
	void failedAttemptsAndFallbacksAreCountedFromZeroOn() {
		assertThat(this.registry.find("lagwise.attempts.failed").counters())
			.extracting((counter) -> counter.getId().getTag("reason"))
			.containsExactlyInAnyOrder("timeout", "connection-lost", "loading", "masterdown", "too-stale");
		assertThat(this.registry.find("lagwise.fallbacks").counters()).hasSize(2 * FallbackReason.values().length);
		this.meters.attemptFailed(REPLICA, FallbackReason.CONNECTION_LOST, Duration.ofMillis(1));
		this.meters.fellBack(FallbackReason.CONNECTION_LOST, true);
		this.meters.fellBack(FallbackReason.NO_ELIGIBLE_REPLICA, false);
		assertThat(this.registry.get("lagwise.attempts.failed").tag("reason", "connection-lost").counter().count())
			.isEqualTo(1);
		assertThat(fallbacks("connection-lost", true)).isEqualTo(1);
		assertThat(fallbacks("connection-lost", false)).isZero();
		assertThat(fallbacks("no-eligible-replica", false)).isEqualTo(1);
	}

	@Test
	void factoriesAreToldApart() {
		ReadMeters others = new ReadMeters(this.registry, "sessions");
		others.fellBack(FallbackReason.TIMEOUT, true);
		assertThat(fallbacks("timeout", true)).isZero();
		assertThat(this.registry.find("lagwise.fallbacks").tag("connection.factory", "sessions").counters())
			.hasSize(2 * FallbackReason.values().length);
	}

	@Test
	void noTagNamesANode() {
		this.meters.readEnded(NodeRole.REPLICA, ReadRequirement.anyReplica(), RoutingReason.ANY_REPLICA,
				ReadOutcome.ANSWERED);
		this.meters.attemptFailed(REPLICA, FallbackReason.TIMEOUT, Duration.ofMillis(1));
		assertThat(this.registry.getMeters()).extracting(Meter::getId)
			.allSatisfy((id) -> assertThat(id.getTags()).noneMatch((tag) -> tag.getValue().contains("127.0.0.1")));
	}

	@Test
	void countingAReadAllocatesNothing() {
		ReadListener listener = ReadListener.of(List.of(this.meters, new ReadListener() {
		}));
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long thread = Thread.currentThread().getId();
		long least = Long.MAX_VALUE;
		for (int round = 0; round < 20; round++) {
			long before = threads.getThreadAllocatedBytes(thread);
			count(listener, 10_000);
			least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
		}
		assertThat(least).as("bytes in 10,000 reads").isLessThan(10_000);
	}

	private static void count(ReadListener listener, int times) {
		for (int i = 0; i < times; i++) {
			listener.attemptAnswered(NodeRole.REPLICA, 100_000 + i);
			listener.readEnded(NodeRole.REPLICA, ReadRequirement.anyReplica(), RoutingReason.ANY_REPLICA,
					ReadOutcome.ANSWERED);
		}
	}

	private double reads(String role, String requirement, String reason, String outcome) {
		return this.registry.get("lagwise.reads")
			.tags("connection.factory", "orders", "node.role", role, "requirement", requirement, "reason", reason,
					"outcome", outcome)
			.counter()
			.count();
	}

	private double fallbacks(String reason, boolean permitted) {
		return this.registry.get("lagwise.fallbacks")
			.tags("connection.factory", "orders", "reason", reason, "permitted", String.valueOf(permitted))
			.counter()
			.count();
	}

}
