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

package io.lagwise.cache;

import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.CallGuard;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How caches read: an immutable value.
 *
 * @param requirements what the look-ups of each cache ask for
 * @param outageGuard decides whether Redis is asked at all where an outage makes caches
 * read as empty; {@code null} where an outage is an error
 */
public record CacheOptions(CacheRequirements requirements, @Nullable CallGuard outageGuard) {

	/**
	 * The options unless set: look-ups are consistent and recheck misses, an outage is an
	 * error.
	 */
	public static final CacheOptions DEFAULTS = new CacheOptions(
			(cacheName) -> ReadRequirement.consistent().forLookUps(true), null);

	public CacheOptions {
		Assert.notNull(requirements, "'requirements' must not be null");
	}

	/**
	 * Set what the look-ups of each cache ask for.
	 * @param requirements the requirements; one that does not say whether misses are
	 * rechecked has them rechecked
	 * @return the new options
	 */
	public CacheOptions withRequirements(CacheRequirements requirements) {
		return new CacheOptions(requirements, this.outageGuard);
	}

	/**
	 * Let caches read as empty while Redis cannot be reached: the methods that they stand
	 * for are run instead. An entry that could not be written is not read before it has
	 * been evicted.
	 * @param outageGuard decides whether Redis is asked at all, {@link CallGuard#NONE}
	 * for always
	 * @return the new options
	 */
	public CacheOptions withFailOpen(CallGuard outageGuard) {
		Assert.notNull(outageGuard, "'outageGuard' must not be null");
		return new CacheOptions(this.requirements, outageGuard);
	}

}
