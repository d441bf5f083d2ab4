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

import java.util.Map;

import io.lagwise.context.ReadRequirement;

import org.springframework.util.Assert;

/**
 * Says what the look-ups of each cache ask for. What the calling method asks for holds as
 * well.
 */
@FunctionalInterface
public interface CacheRequirements {

	/**
	 * Return what the look-ups of a cache ask for. Called once per cache.
	 * @param cacheName the name of the cache
	 * @return the requirement
	 */
	ReadRequirement of(String cacheName);

	/**
	 * Decide by the names of the caches.
	 * @param byDefault for caches that no name or pattern stands for
	 * @param byName the names, or patterns with asterisks. A name goes before every
	 * pattern, and among patterns the one with the most other characters decides
	 * @return the requirements
	 */
	static CacheRequirements byName(ReadRequirement byDefault, Map<String, ReadRequirement> byName) {
		Assert.notNull(byDefault, "'byDefault' must not be null");
		Assert.notNull(byName, "'byName' must not be null");
		return new NamedCacheRequirements(byDefault, byName);
	}

}
