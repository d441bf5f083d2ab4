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

package io.lagwise.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.cache.CacheRequirements;
import io.lagwise.context.ReadRequirement;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How caches read.
 *
 * @param enabled Whether caches in Redis look entries up as set here and write at once.
 * When not, their look-ups are reads like others.
 * @param read Where caches look entries up unless set for one of them.
 * @param maxStaleness How old an entry from a replica may be unless set for a cache. Not
 * limited unless set.
 * @param recheckMiss Whether to look an entry up at the primary as well when a replica
 * does not have it and may be late, before the method behind the cache is called.
 * @param failOpen Whether caches read as empty while Redis cannot be reached, so that the
 * methods behind them are called.
 * @param caches Caches that read differently, by name or pattern (price-*): where they
 * look entries up and how old an entry may be.
 */
record CacheProperties(@DefaultValue("true") boolean enabled, @DefaultValue("consistent") Read read,
		@Nullable Duration maxStaleness, @DefaultValue("true") boolean recheckMiss,
		@DefaultValue("false") boolean failOpen, @DefaultValue Map<String, NamedCache> caches) {

	private static final String PREFIX = "lagwise.cache.";

	CacheProperties {
		requirePositive(PREFIX, maxStaleness);
		requireNoContradiction(PREFIX, read, maxStaleness);
		caches.forEach((name, cache) -> {
			requirePositive(prefix(name), cache.maxStaleness());
			requireNoContradiction(prefix(name), cache.read(), cache.maxStaleness());
		});
		// what inherits the primary has no use for a bound either
		if (read == Read.PRIMARY) {
			caches.forEach((name, cache) -> requireNoContradiction(prefix(name),
					(cache.read() != null) ? cache.read() : Read.PRIMARY, cache.maxStaleness()));
		}
	}

	/**
	 * Refuse bounds that no replica can keep.
	 * @param least the smallest one that can be kept
	 */
	void requireStaleness(Duration least) {
		requireAtLeast(PREFIX, this.maxStaleness, least);
		this.caches.forEach((name, cache) -> requireAtLeast(prefix(name), cache.maxStaleness(), least));
	}

	CacheRequirements toRequirements() {
		Map<String, ReadRequirement> byName = new LinkedHashMap<>();
		this.caches
			.forEach((name, cache) -> byName.put(name, requirement((cache.read() != null) ? cache.read() : this.read,
					(cache.maxStaleness() != null) ? cache.maxStaleness() : this.maxStaleness)));
		return CacheRequirements.byName(requirement(this.read, this.maxStaleness), byName);
	}

	private ReadRequirement requirement(Read read, @Nullable Duration maxStaleness) {
		ReadRequirement requirement = read.toRequirement();
		if (read == Read.PRIMARY) {
			return requirement;
		}
		ReadRequirement bounded = (maxStaleness != null) ? requirement.and(ReadRequirement.maxStaleness(maxStaleness))
				: requirement;
		return bounded.forLookUps(this.recheckMiss);
	}

	private static String prefix(String cacheName) {
		return PREFIX + "caches." + (cacheName.matches("[a-zA-Z0-9-]+") ? cacheName : "[" + cacheName + "]") + ".";
	}

	private static void requirePositive(String prefix, @Nullable Duration maxStaleness) {
		if (maxStaleness != null) {
			PropertyRules.requirePositive(prefix + "max-staleness", maxStaleness);
		}
	}

	private static void requireNoContradiction(String prefix, @Nullable Read read, @Nullable Duration maxStaleness) {
		if (read == Read.PRIMARY && maxStaleness != null) {
			throw new InvalidPropertyException(prefix + "max-staleness", PropertyRules.print(maxStaleness),
					"limits what replicas may answer, and this cache reads from the primary",
					"Remove the property, or set " + prefix + "read to any-replica or consistent.");
		}
	}

	private static void requireAtLeast(String prefix, @Nullable Duration maxStaleness, Duration least) {
		if (maxStaleness != null && maxStaleness.compareTo(least) < 0) {
			throw new InvalidPropertyException(prefix + "max-staleness", PropertyRules.print(maxStaleness),
					"is less than the monitor can tell apart with its interval",
					"Set at least " + PropertyRules.print(least) + ", or a shorter lagwise.monitor.interval.");
		}
	}

	/**
	 * How one cache reads, or those that a pattern stands for.
	 *
	 * @param read Where to look entries up.
	 * @param maxStaleness How old an entry from a replica may be.
	 */
	record NamedCache(@Nullable Read read, @Nullable Duration maxStaleness) {

	}

	/**
	 * Where caches look entries up.
	 */
	enum Read {

		/**
		 * Any healthy replica, the primary where none can.
		 */
		ANY_REPLICA,

		/**
		 * A replica that is proven to hold what the application has written to the cache,
		 * the primary where none is.
		 */
		CONSISTENT,

		/**
		 * The primary.
		 */
		PRIMARY;

		ReadRequirement toRequirement() {
			return switch (this) {
				case ANY_REPLICA -> ReadRequirement.anyReplica();
				case CONSISTENT -> ReadRequirement.consistent();
				case PRIMARY -> ReadRequirement.primary();
			};
		}

	}

}
