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

package io.lagwise.benchmarks.consistency;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import org.jspecify.annotations.Nullable;

/**
 * Counts who has answered reads, and why.
 */
public final class ReadCounts implements ReadListener {

	private final LongAdder replica = new LongAdder();

	private final LongAdder all = new LongAdder();

	private final LongAdder[] reasons = adders(RoutingReason.values().length);

	private final LongAdder[] fallbacks = adders(FallbackReason.values().length);

	@Override
	public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
			ReadOutcome outcome) {
		this.all.increment();
		if (role == NodeRole.REPLICA && outcome == ReadOutcome.ANSWERED) {
			this.replica.increment();
		}
		this.reasons[reason.ordinal()].increment();
	}

	@Override
	public void fellBack(FallbackReason reason, boolean permitted) {
		this.fallbacks[reason.ordinal()].increment();
	}

	/**
	 * Count from zero.
	 */
	public void reset() {
		this.replica.reset();
		this.all.reset();
		Arrays.stream(this.reasons).forEach(LongAdder::reset);
		Arrays.stream(this.fallbacks).forEach(LongAdder::reset);
	}

	/**
	 * Return how many of a hundred reads went to the primary in place of a replica.
	 * @return the share in percent
	 */
	public double fallbackPercent() {
		return 100.0 * Arrays.stream(this.fallbacks).mapToLong(LongAdder::sum).sum() / Math.max(1, this.all.sum());
	}

	String replicaShare() {
		return percent(this.replica.sum());
	}

	String reasons() {
		return print(RoutingReason.values(), this.reasons);
	}

	String fallbacks() {
		return print(FallbackReason.values(), this.fallbacks);
	}

	/**
	 * Return how many reads in a hundred a replica has answered.
	 */
	double replicaPercent() {
		return percentOf(this.replica.sum());
	}

	/**
	 * Return how many reads in a hundred went where they went for some reason.
	 */
	double percent(RoutingReason reason) {
		return percentOf(this.reasons[reason.ordinal()].sum());
	}

	private String print(Enum<?>[] names, LongAdder[] counts) {
		String text = Arrays.stream(names)
			.filter((name) -> counts[name.ordinal()].sum() > 0)
			.map((name) -> name.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " "
					+ percent(counts[name.ordinal()].sum()))
			.collect(Collectors.joining(", "));
		return text.isEmpty() ? "none" : text;
	}

	private String percent(long count) {
		return String.format(Locale.ROOT, "%.2f %%", percentOf(count));
	}

	private double percentOf(long count) {
		return 100.0 * count / Math.max(1, this.all.sum());
	}

	private static LongAdder[] adders(int count) {
		LongAdder[] adders = new LongAdder[count];
		Arrays.setAll(adders, (i) -> new LongAdder());
		return adders;
	}

}
