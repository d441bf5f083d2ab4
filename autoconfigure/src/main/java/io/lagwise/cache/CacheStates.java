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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * What is known of the caches in one Redis, by their names. Writers of several cache
 * managers share it.
 */
final class CacheStates {

	private final CacheRequirements requirements;

	private final Map<String, CacheState> caches = new ConcurrentHashMap<>();

	private final OutdatedEntries outdated = new OutdatedEntries();

	private final WritingThreads writingThreads;

	CacheStates(CacheRequirements requirements) {
		this(requirements, new WritingThreads());
	}

	CacheStates(CacheRequirements requirements, WritingThreads writingThreads) {
		this.requirements = requirements;
		this.writingThreads = writingThreads;
	}

	/**
	 * Return where caches are written while their callers go on.
	 */
	WritingThreads writingThreads() {
		return this.writingThreads;
	}

	CacheState of(String cacheName) {
		CacheState cache = this.caches.get(cacheName);
		return (cache != null) ? cache
				: this.caches.computeIfAbsent(cacheName, (name) -> new CacheState(this.requirements.of(name)));
	}

	/**
	 * Return the entries that could not be written.
	 */
	OutdatedEntries outdated() {
		return this.outdated;
	}

	void forEach(Consumer<CacheState> action) {
		this.caches.values().forEach(action);
	}

}
