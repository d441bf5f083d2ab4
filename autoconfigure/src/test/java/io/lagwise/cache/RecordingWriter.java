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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCacheWriter;

/**
 * A cache in memory that writes down what is done to it, and under which requirement, and
 * fails where it is told to.
 */
final class RecordingWriter implements RedisCacheWriter {

	final List<String> calls = new CopyOnWriteArrayList<>();

	final List<ReadRequirement> requirements = new CopyOnWriteArrayList<>();

	final Map<String, String> entries = new ConcurrentHashMap<>();

	volatile Runnable beforeEach = () -> {
	};

	volatile @Nullable CompletableFuture<Void> retrieval;

	static byte[] bytes(String text) {
		return text.getBytes();
	}

	static @Nullable String text(byte @Nullable [] bytes) {
		return (bytes != null) ? new String(bytes) : null;
	}

	private void record(String call) {
		ReadRequirement requirement = RoutingContext.currentRequirement();
		synchronized (this) {
			this.calls.add(call);
			this.requirements.add((requirement != null) ? requirement : ReadRequirement.anyReplica());
		}
		this.beforeEach.run();
	}

	synchronized ReadRequirement requirementOf(String call) {
		return this.requirements.get(this.calls.indexOf(call));
	}

	ReadRequirement lastRequirement() {
		return this.requirements.get(this.requirements.size() - 1);
	}

	@Override
	public byte @Nullable [] get(String name, byte[] key) {
		record("get " + text(key));
		String value = this.entries.get(text(key));
		return (value != null) ? bytes(value) : null;
	}

	@Override
	public byte[] get(String name, byte[] key, Supplier<byte[]> valueLoader, @Nullable Duration ttl,
			boolean timeToIdleEnabled) {
		byte[] value = get(name, key);
		if (value == null) {
			value = valueLoader.get();
			put(name, key, value, ttl);
		}
		return value;
	}

	@Override
	public boolean supportsAsyncRetrieve() {
		return true;
	}

	@Override
	public CompletableFuture<byte[]> retrieve(String name, byte[] key, @Nullable Duration ttl) {
		record("retrieve " + text(key));
		CompletableFuture<Void> retrieval = this.retrieval;
		return ((retrieval != null) ? retrieval : CompletableFuture.<Void>completedFuture(null))
			.thenApply((nothing) -> {
				String value = this.entries.get(text(key));
				return (value != null) ? bytes(value) : null;
			});
	}

	@Override
	public void put(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		record("put " + text(key) + "=" + text(value));
		this.entries.put(Objects.requireNonNull(text(key)), Objects.requireNonNull(text(value)));
	}

	@Override
	public CompletableFuture<Void> store(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		record("store " + text(key) + "=" + text(value));
		this.entries.put(Objects.requireNonNull(text(key)), Objects.requireNonNull(text(value)));
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public byte @Nullable [] putIfAbsent(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		record("putIfAbsent " + text(key) + "=" + text(value));
		String present = this.entries.putIfAbsent(Objects.requireNonNull(text(key)),
				Objects.requireNonNull(text(value)));
		return (present != null) ? bytes(present) : null;
	}

	@Override
	public void evict(String name, byte[] key) {
		record("evict " + text(key));
		this.entries.remove(text(key));
	}

	@Override
	public void clear(String name, byte[] pattern) {
		record("clear " + name);
		this.entries.clear();
	}

	@Override
	public void clearStatistics(String name) {
		record("clearStatistics " + name);
	}

	@Override
	public RedisCacheWriter withStatisticsCollector(CacheStatisticsCollector cacheStatisticsCollector) {
		record("withStatisticsCollector");
		return this;
	}

	@Override
	public CacheStatistics getCacheStatistics(String cacheName) {
		return CacheStatisticsCollector.none().getCacheStatistics(cacheName);
	}

}
