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
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import io.lagwise.routing.CallGuard;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Schedulers;

import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnection;

/**
 * Lets caches read as empty while Redis cannot be reached. What could not be written then
 * is remembered, and its entry is removed before it is read again: it may be older than
 * what the application has meant to write.
 */
final class OutageTolerantCacheWriter implements RedisCacheWriter {

	private static final Log logger = LogFactory.getLog(OutageTolerantCacheWriter.class);

	private final RedisCacheWriter delegate;

	private final CallGuard guard;

	private final OutdatedEntries outdated;

	private volatile boolean failing;

	OutageTolerantCacheWriter(RedisCacheWriter delegate, CallGuard guard, OutdatedEntries outdated) {
		this.delegate = delegate;
		this.guard = guard;
		this.outdated = outdated;
	}

	@Override
	public byte @Nullable [] get(String name, byte[] key) {
		return lookUp(name, key, () -> this.delegate.get(name, key));
	}

	@Override
	public byte @Nullable [] get(String name, byte[] key, @Nullable Duration ttl) {
		return lookUp(name, key, () -> this.delegate.get(name, key, ttl));
	}

	@Override
	public byte[] get(String name, byte[] key, Supplier<byte[]> valueLoader, @Nullable Duration ttl,
			boolean timeToIdleEnabled) {
		LoadedValue loaded = new LoadedValue(valueLoader);
		if (this.guard.tryAcquire()) {
			long start = System.nanoTime();
			try {
				removeOutdated(name, key);
				byte[] value = this.delegate.get(name, key, loaded, ttl, timeToIdleEnabled);
				answered(loaded.end(start));
				return value;
			}
			catch (RuntimeException ex) {
				rethrowUnlessOutage(name, loaded.end(start), ex, loaded.hasFailed());
			}
		}
		this.outdated.add(key);
		return loaded.get();
	}

	@Override
	public boolean supportsAsyncRetrieve() {
		return this.delegate.supportsAsyncRetrieve();
	}

	@Override
	public CompletableFuture<byte[]> retrieve(String name, byte[] key) {
		return retrieve(name, key, () -> this.delegate.retrieve(name, key));
	}

	@Override
	public CompletableFuture<byte[]> retrieve(String name, byte[] key, @Nullable Duration ttl) {
		return retrieve(name, key, () -> this.delegate.retrieve(name, key, ttl));
	}

	@Override
	public void put(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		if (this.guard.tryAcquire()) {
			long start = System.nanoTime();
			try {
				this.delegate.put(name, key, value, ttl);
				answered(System.nanoTime() - start);
				this.outdated.remove(key);
				return;
			}
			catch (RuntimeException ex) {
				rethrowUnlessOutage(name, System.nanoTime() - start, ex, false);
			}
		}
		this.outdated.add(key);
	}

	@Override
	public CompletableFuture<Void> store(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		if (!this.guard.tryAcquire()) {
			this.outdated.add(key);
			return CompletableFuture.completedFuture(null);
		}
		long start = System.nanoTime();
		// on the thread that tells: others may wait for it on all those that could be
		// found
		return begin(() -> this.delegate.store(name, key, value, ttl)).thenRun(() -> {
			answered(System.nanoTime() - start);
			this.outdated.remove(key);
		}).exceptionally((failure) -> {
			rethrowUnlessOutage(name, System.nanoTime() - start, failure, false);
			this.outdated.add(key);
			return null;
		});
	}

	@Override
	public byte @Nullable [] putIfAbsent(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		removeOutdated(name, key);
		return this.delegate.putIfAbsent(name, key, value, ttl);
	}

	@Override
	public void evict(String name, byte[] key) {
		evictIfPresent(name, key);
	}

	@Override
	public boolean evictIfPresent(String name, byte[] key) {
		try {
			boolean present = this.delegate.evictIfPresent(name, key);
			this.outdated.remove(key);
			return present;
		}
		catch (RuntimeException ex) {
			this.outdated.add(key);
			throw ex;
		}
	}

	@Override
	public void clear(String name, byte[] pattern) {
		this.delegate.clear(name, pattern);
	}

	@Override
	public boolean invalidate(String name, byte[] pattern) {
		return this.delegate.invalidate(name, pattern);
	}

	@Override
	public void clearStatistics(String name) {
		this.delegate.clearStatistics(name);
	}

	@Override
	public CacheStatistics getCacheStatistics(String cacheName) {
		return this.delegate.getCacheStatistics(cacheName);
	}

	@Override
	public <T extends @Nullable Object> T execute(Function<RedisConnection, T> callback) {
		return this.delegate.execute(callback);
	}

	@Override
	public RedisCacheWriter withStatisticsCollector(CacheStatisticsCollector cacheStatisticsCollector) {
		return new OutageTolerantCacheWriter(this.delegate.withStatisticsCollector(cacheStatisticsCollector),
				this.guard, this.outdated);
	}

	private byte @Nullable [] lookUp(String name, byte[] key, Supplier<byte @Nullable []> lookUp) {
		if (!this.guard.tryAcquire()) {
			return null;
		}
		long start = System.nanoTime();
		try {
			removeOutdated(name, key);
			byte[] value = lookUp.get();
			answered(System.nanoTime() - start);
			return value;
		}
		catch (RuntimeException ex) {
			rethrowUnlessOutage(name, System.nanoTime() - start, ex, false);
			return null;
		}
	}

	private CompletableFuture<byte[]> retrieve(String name, byte[] key, Supplier<CompletableFuture<byte[]>> lookUp) {
		if (this.outdated.contains(key)) {
			CallerContext caller = CallerContext.current();
			return CompletableFuture.supplyAsync(
					() -> caller.call(() -> lookUp(name, key, () -> this.delegate.get(name, key))),
					Schedulers.boundedElastic()::schedule);
		}
		if (!this.guard.tryAcquire()) {
			return CompletableFuture.completedFuture(null);
		}
		long start = System.nanoTime();
		return begin(lookUp).thenApply((value) -> {
			answered(System.nanoTime() - start);
			return value;
		}).exceptionallyAsync((failure) -> {
			rethrowUnlessOutage(name, System.nanoTime() - start, failure, false);
			return null;
		}, Schedulers.boundedElastic()::schedule);
	}

	private static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> call) {
		try {
			return call.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void removeOutdated(String name, byte[] key) {
		if (this.outdated.contains(key)) {
			evictIfPresent(name, key);
		}
	}

	private void answered(long nanos) {
		this.guard.answered(Duration.ofNanos(nanos));
		if (this.failing) {
			this.failing = false;
			logger.info("Redis answers caches again");
		}
	}

	private void rethrowUnlessOutage(String name, long nanos, Throwable failure, boolean byLoader) {
		if (byLoader || !RedisOutage.isSignalledBy(failure)) {
			this.guard.answered(Duration.ofNanos(nanos));
			throw (failure instanceof RuntimeException unchecked) ? unchecked : new IllegalStateException(failure);
		}
		this.guard.failed(Duration.ofNanos(nanos), failure);
		if (!this.failing) {
			this.failing = true;
			logger.warn("Cache '" + name + "' cannot use Redis: caches read as empty until it answers, and the methods "
					+ "behind them are called. " + RedisOutage.describe(failure));
		}
	}

	/**
	 * Calls a value loader once and tells its failures from those of Redis.
	 */
	private static final class LoadedValue implements Supplier<byte[]> {

		private final Supplier<byte[]> loader;

		private byte @Nullable [] value;

		private boolean failed;

		private long nanos;

		LoadedValue(Supplier<byte[]> loader) {
			this.loader = loader;
		}

		@Override
		public byte[] get() {
			byte[] value = this.value;
			if (value == null) {
				long start = System.nanoTime();
				this.failed = true;
				value = this.loader.get();
				this.failed = false;
				this.value = value;
				this.nanos = System.nanoTime() - start;
			}
			return value;
		}

		boolean hasFailed() {
			return this.failed;
		}

		/**
		 * Return how long Redis has taken since a call was begun.
		 */
		long end(long start) {
			return Math.max(0, System.nanoTime() - start - this.nanos);
		}

	}

}
