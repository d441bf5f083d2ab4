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

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the reads of one connection factory.
 * <p>
 * Meters are found by the ordinals of the constants that tell them apart: counting a read
 * looks nothing up and allocates nothing. What one alerts on is there from the beginning,
 * a counter of reads once there is such a read.
 */
public final class ReadMeters implements ReadListener {

	private static final int ROLES = NodeRole.values().length + 1;

	private static final int REQUIREMENTS = RequirementKind.values().length;

	private static final int REASONS = RoutingReason.values().length;

	private static final int OUTCOMES = ReadOutcome.values().length;

	private final MeterRegistry registry;

	private final Tags tags;

	private final AtomicReferenceArray<@Nullable Counter> reads = new AtomicReferenceArray<>(
			ROLES * REQUIREMENTS * REASONS * OUTCOMES);

	private final Map<NodeRole, Timer> attempts = new EnumMap<>(NodeRole.class);

	private final Map<FallbackReason, Counter> failedAttempts = new EnumMap<>(FallbackReason.class);

	private final Map<FallbackReason, Counter> permittedFallbacks = new EnumMap<>(FallbackReason.class);

	private final Map<FallbackReason, Counter> refusedFallbacks = new EnumMap<>(FallbackReason.class);

	/**
	 * Create the meters of one connection factory.
	 * @param registry where to register them
	 * @param connectionFactory the name of the factory
	 */
	public ReadMeters(MeterRegistry registry, String connectionFactory) {
		this.registry = registry;
		this.tags = MeterTags.connectionFactory(connectionFactory);
		for (NodeRole role : NodeRole.values()) {
			this.attempts.put(role, attempts(role));
		}
		for (FallbackReason reason : FallbackReason.values()) {
			if (isFailure(reason)) {
				this.failedAttempts.put(reason, failedAttempts(reason));
			}
			this.permittedFallbacks.put(reason, fallbacks(reason, true));
			this.refusedFallbacks.put(reason, fallbacks(reason, false));
		}
	}

	/**
	 * Where there was no replica to ask there was no attempt, and one that does not have
	 * what is read has not failed.
	 */
	private static boolean isFailure(FallbackReason reason) {
		return reason != FallbackReason.NO_ELIGIBLE_REPLICA && reason != FallbackReason.NOT_FRESH
				&& reason != FallbackReason.MISS;
	}

	@Override
	public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
			ReadOutcome outcome) {
		RequirementKind kind = RequirementKind.of(requirement);
		int roleIndex = (role != null) ? role.ordinal() + 1 : 0;
		int index = ((roleIndex * REQUIREMENTS + kind.ordinal()) * REASONS + reason.ordinal()) * OUTCOMES
				+ outcome.ordinal();
		Counter counter = this.reads.get(index);
		if (counter == null) {
			counter = reads(role, kind, reason, outcome);
			this.reads.set(index, counter);
		}
		counter.increment();
	}

	@Override
	public void attemptAnswered(NodeRole role, long nanos) {
		Timer timer = this.attempts.get(role);
		if (timer != null) {
			timer.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
		increment(this.failedAttempts.get(reason));
	}

	@Override
	public void fellBack(FallbackReason reason, boolean permitted) {
		increment((permitted ? this.permittedFallbacks : this.refusedFallbacks).get(reason));
	}

	private static void increment(@Nullable Counter counter) {
		if (counter != null) {
			counter.increment();
		}
	}

	private Counter reads(@Nullable NodeRole role, RequirementKind requirement, RoutingReason reason,
			ReadOutcome outcome) {
		return Counter.builder("lagwise.reads")
			.description("Reads that have ended")
			.tags(this.tags)
			.tag(MeterTags.NODE_ROLE, (role != null) ? MeterTags.value(role) : "none")
			.tag(MeterTags.REQUIREMENT, MeterTags.value(requirement))
			.tag(MeterTags.REASON, MeterTags.value(reason))
			.tag(MeterTags.OUTCOME, MeterTags.value(outcome))
			.register(this.registry);
	}

	private Timer attempts(NodeRole role) {
		return Timer.builder("lagwise.attempts")
			.description("Time that nodes have taken to answer reads")
			.tags(this.tags)
			.tag(MeterTags.NODE_ROLE, MeterTags.value(role))
			.register(this.registry);
	}

	private Counter failedAttempts(FallbackReason reason) {
		return Counter.builder("lagwise.attempts.failed")
			.description("Attempts to read from a replica that have failed")
			.tags(this.tags)
			.tag(MeterTags.REASON, MeterTags.value(reason))
			.register(this.registry);
	}

	private Counter fallbacks(FallbackReason reason, boolean permitted) {
		return Counter.builder("lagwise.fallbacks")
			.description("Reads that went to the primary in place of a replica, or were refused that by the limit")
			.tags(this.tags)
			.tag(MeterTags.REASON, MeterTags.value(reason))
			.tag(MeterTags.PERMITTED, Boolean.toString(permitted))
			.register(this.registry);
	}

}
