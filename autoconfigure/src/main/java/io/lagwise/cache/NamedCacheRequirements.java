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

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.context.ReadRequirement;
import org.jspecify.annotations.Nullable;

import org.springframework.util.PatternMatchUtils;

/**
 * Lets the most specific of several names and patterns decide.
 */
final class NamedCacheRequirements implements CacheRequirements {

	private static final Comparator<String> LEAST_SPECIFIC_FIRST = Comparator
		.<String>comparingLong((pattern) -> pattern.chars().filter((character) -> character != '*').count())
		.thenComparing(Comparator.reverseOrder());

	private final ReadRequirement byDefault;

	private final Map<String, ReadRequirement> byName;

	NamedCacheRequirements(ReadRequirement byDefault, Map<String, ReadRequirement> byName) {
		this.byDefault = byDefault;
		this.byName = new LinkedHashMap<>(byName);
	}

	@Override
	public ReadRequirement of(String cacheName) {
		ReadRequirement exact = this.byName.get(cacheName);
		ReadRequirement requirement = (exact != null) ? exact : byPattern(cacheName);
		return (requirement != null) ? requirement : this.byDefault;
	}

	private @Nullable ReadRequirement byPattern(String cacheName) {
		return this.byName.keySet()
			.stream()
			.filter((pattern) -> PatternMatchUtils.simpleMatch(pattern, cacheName))
			.max(LEAST_SPECIFIC_FIRST)
			.map(this.byName::get)
			.orElse(null);
	}

}
