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

package io.lagwise.history;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import org.jspecify.annotations.Nullable;

/**
 * Counts why reads went where they went, and notes when bounded ones had their answers,
 * which is before their callers know.
 */
final class ReadTally implements ReadListener {

	private final Map<String, Map<RoutingReason, LongAdder>> reasons = new ConcurrentHashMap<>();

	private final Map<FallbackReason, LongAdder> fallbacks = new ConcurrentHashMap<>();

	private final Map<Duration, Long> answers = new ConcurrentHashMap<>();

	/**
	 * When the answer that the thread is about to pass on was found to be good.
	 */
	private final ThreadLocal<@Nullable Long> acceptedAt = new ThreadLocal<>();

	@Override
	public void attemptAnswered(NodeRole role, long nanos) {
		this.acceptedAt.set(System.nanoTime());
	}

	@Override
	public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
			ReadOutcome outcome) {
		if (requirement.maxStaleness() != null) {
			// whoever is paused after that can only pass it on later
			Long acceptedAt = (outcome == ReadOutcome.ANSWERED) ? this.acceptedAt.get() : null;
			this.answers.putIfAbsent(requirement.maxStaleness(),
					(acceptedAt != null) ? acceptedAt : Long.valueOf(System.nanoTime()));
		}
		this.acceptedAt.remove();
		this.reasons.computeIfAbsent(requirement.toString(), (it) -> new ConcurrentHashMap<>())
			.computeIfAbsent(reason, (it) -> new LongAdder())
			.increment();
	}

	@Override
	public void fellBack(FallbackReason reason, boolean permitted) {
		this.fallbacks.computeIfAbsent(reason, (it) -> new LongAdder()).increment();
	}

	/**
	 * Return when the read with that bound, which no other one has, had its answer.
	 */
	@Nullable Long takeAnsweredAt(Duration bound) {
		return this.answers.remove(bound);
	}

	/**
	 * Return how often reads of a level went where they went for which reason.
	 */
	Map<RoutingReason, Long> reasons(Level level) {
		Map<RoutingReason, Long> counts = new EnumMap<>(RoutingReason.class);
		this.reasons.getOrDefault(level.requirement().toString(), Map.of())
			.forEach((reason, count) -> counts.put(reason, count.sum()));
		return counts;
	}

	/**
	 * Return how often reads went to the primary in place of a replica for which reason.
	 */
	Map<FallbackReason, Long> fallbacks() {
		Map<FallbackReason, Long> counts = new EnumMap<>(FallbackReason.class);
		this.fallbacks.forEach((reason, count) -> counts.put(reason, count.sum()));
		return counts;
	}

}
