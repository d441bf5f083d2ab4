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

package io.lagwise.benchmarks.cost;

import java.util.EnumMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Look-ups of a cache whose values are bytes: all that {@code @Cacheable} does on a hit,
 * but for its interceptor.
 */
final class CacheReads implements ReadClient {

	private final ConfigurableApplicationContext context;

	private final Map<Operation, Cache> caches = new EnumMap<>(Operation.class);

	CacheReads(ConfigurableApplicationContext context) {
		this.context = context;
		CacheManager manager = context.getBean(CacheManager.class);
		for (Operation operation : Operation.values()) {
			Cache cache = manager.getCache(operation.cache());
			if (cache != null) {
				this.caches.put(operation, cache);
			}
		}
	}

	@Override
	public @Nullable Object read(Operation operation, int number) {
		Cache cache = this.caches.get(operation);
		return (cache != null) ? cache.get(operation.id(number)) : null;
	}

	@Override
	public void close() {
		this.context.close();
	}

}
