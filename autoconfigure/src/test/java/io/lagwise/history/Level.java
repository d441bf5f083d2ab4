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
import java.util.EnumSet;
import java.util.Set;

import io.lagwise.context.ReadRequirement;
import org.jspecify.annotations.Nullable;

/**
 * What a read asks for, and so which guarantees it is promised beyond those that hold for
 * everybody.
 */
enum Level {

	ANY_REPLICA("any-replica", ReadRequirement.anyReplica(), EnumSet.noneOf(Guarantee.class)),

	WITHIN_300_MS("max-staleness 300 ms", ReadRequirement.maxStaleness(Duration.ofMillis(300)),
			EnumSet.of(Guarantee.BOUNDED_STALENESS)),

	WITHIN_1_S("max-staleness 1 s", ReadRequirement.maxStaleness(Duration.ofSeconds(1)),
			EnumSet.of(Guarantee.BOUNDED_STALENESS)),

	CONSISTENT("consistent", ReadRequirement.consistent(), Guarantee.OF_SESSIONS),

	CONSISTENT_WITHIN_300_MS("consistent, max-staleness 300 ms",
			ReadRequirement.consistent().and(ReadRequirement.maxStaleness(Duration.ofMillis(300))),
			Guarantee.OF_SESSIONS_WITHIN_BOUNDS),

	PRIMARY("primary", ReadRequirement.primary(), Guarantee.OF_SESSIONS);

	private final String label;

	private final ReadRequirement requirement;

	private final Set<Guarantee> promises;

	Level(String label, ReadRequirement requirement, Set<Guarantee> promises) {
		this.label = label;
		this.requirement = requirement;
		this.promises = promises;
	}

	String label() {
		return this.label;
	}

	ReadRequirement requirement() {
		return this.requirement;
	}

	/**
	 * Return the requirement with another bound, where it has one.
	 */
	ReadRequirement requirement(@Nullable Duration bound) {
		if (bound == null) {
			return this.requirement;
		}
		ReadRequirement bounded = ReadRequirement.maxStaleness(bound);
		return this.requirement.isConsistent() ? ReadRequirement.consistent().and(bounded) : bounded;
	}

	@Nullable Duration bound() {
		return this.requirement.maxStaleness();
	}

	/**
	 * Return whether the answer belongs to what a session must not fall behind.
	 */
	boolean isConsistent() {
		return this.promises.contains(Guarantee.MONOTONIC_READS);
	}

	/**
	 * Return whether a session that has lost something is told so in place of an answer.
	 */
	boolean tellsOfLosses() {
		return this.requirement.isConsistent();
	}

	boolean promises(Guarantee guarantee) {
		return guarantee.isForEverybody() || this.promises.contains(guarantee);
	}

}
