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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.util.Assert;

/**
 * A {@link RedisCacheWriter} whose look-ups are answered by replicas and are never older
 * than what this application has written to the cache.
 * <p>
 * In a Spring Boot application every {@code RedisCacheManager} among the beans gets one
 * by itself. One that is not a bean is built on the writer that {@link #create} returns.
 * <ul>
 * <li>Look-ups ask for what {@link CacheOptions#requirements()} says of their cache. The
 * value loader of {@code get} runs under what its caller asks for.</li>
 * <li>Everything else, with its reads, goes to the primary and has happened when the
 * method returns. On threads that must not wait, those of Lettuce, Netty and Reactor, the
 * write goes on in the background, and the next look-up of its entry waits for it. If
 * Redis cannot be reached then, the entry is removed before it is used again.</li>
 * </ul>
 */
public final class ReplicaAwareCacheWriter implements RedisCacheWriter {

	private static final Log logger = LogFactory.getLog(ReplicaAwareCacheWriter.class);

	/**
	 * How long to wait for an earlier write of an entry, at most: as long as a command of
	 * Lettuce takes by default.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final ReadRequirement WRITE = ReadRequirement.primary().kept();

	private final RedisCacheWriter delegate;

	private final boolean storesInBackground;

	private final CacheStates caches;

	private final CacheOptions options;

	private final OutdatedEntries outdated;

	private volatile boolean failing;

	private ReplicaAwareCacheWriter(RedisCacheWriter delegate, boolean storesInBackground, CacheStates caches,
			CacheOptions options) {
		this.delegate = delegate;
		this.storesInBackground = storesInBackground;
		this.caches = caches;
		this.options = options;
		// where an outage is no error the delegate remembers and removes
		this.outdated = (options.outageGuard() == null) ? caches.outdated() : new OutdatedEntries();
	}

	/**
	 * Create a writer that does not lock caches and removes entries with {@code KEYS}.
	 * @param connectionFactory the connection factory, one that reads from replicas
	 * @return the writer
	 */
	public static ReplicaAwareCacheWriter create(RedisConnectionFactory connectionFactory) {
		Assert.notNull(connectionFactory, "'connectionFactory' must not be null");
		return of(RedisCacheWriter.create(connectionFactory,
				RedisCacheWriter.RedisCacheWriterConfigurer::immediateWrites));
	}

	/**
	 * Create a writer that does what another one does, with its settings.
	 * @param writer the other one. If it is not one of Spring Data Redis, when its writes
	 * happen is up to it
	 * @return the writer
	 */
	public static ReplicaAwareCacheWriter of(RedisCacheWriter writer) {
		return of(writer, CacheOptions.DEFAULTS);
	}

	/**
	 * Create a writer that does what another one does, with its settings.
	 * @param writer the other one. If it is not one of Spring Data Redis, when its writes
	 * happen is up to it
	 * @param options how to read
	 * @return the writer
	 */
	public static ReplicaAwareCacheWriter of(RedisCacheWriter writer, CacheOptions options) {
		Assert.notNull(writer, "'writer' must not be null");
		Assert.notNull(options, "'options' must not be null");
		ImmediateWriter immediate = ImmediateWriter.of(writer);
		CacheStates caches = new CacheStates(options.requirements());
		return (immediate != null) ? of(immediate, options, caches) : of(writer, options, caches);
	}

	static ReplicaAwareCacheWriter of(ImmediateWriter writer, CacheOptions options, CacheStates caches) {
		// the locks that Spring Data takes without blocking exclude nobody
		return new ReplicaAwareCacheWriter(tolerant(writer.writer(), options, caches), writer.locking(), caches,
				options);
	}

	static ReplicaAwareCacheWriter of(RedisCacheWriter writer, CacheOptions options, CacheStates caches) {
		return new ReplicaAwareCacheWriter(tolerant(writer, options, caches), false, caches, options);
	}

	private static RedisCacheWriter tolerant(RedisCacheWriter writer, CacheOptions options, CacheStates caches) {
		return (options.outageGuard() != null)
				? new OutageTolerantCacheWriter(writer, options.outageGuard(), caches.outdated()) : writer;
	}

	/**
	 * Return how look-ups read.
	 * @return the options
	 */
	public CacheOptions getOptions() {
		return this.options;
	}

	RedisCacheWriter delegate() {
		return this.delegate;
	}

	@Override
	public byte @Nullable [] get(String name, byte[] key) {
		CacheState cache = cacheForLookUp(name, key);
		try (RoutingContext.Scope scope = RoutingContext.open(cache.lookUp())) {
			return this.delegate.get(name, key);
		}
	}

	@Override
	public byte @Nullable [] get(String name, byte[] key, @Nullable Duration ttl) {
		CacheState cache = cacheForLookUp(name, key);
		try (RoutingContext.Scope scope = RoutingContext.open(cache.lookUp())) {
			return this.delegate.get(name, key, ttl);
		}
	}

	@Override
	public byte[] get(String name, byte[] key, Supplier<byte[]> valueLoader, @Nullable Duration ttl,
			boolean timeToIdleEnabled) {
		CacheState cache = cacheForLookUp(name, key);
		ReadRequirement caller = RoutingContext.currentRequirement();
		try (RoutingContext.Scope scope = RoutingContext.open(cache.lookUp())) {
			return this.delegate.get(name, key, () -> RoutingContext.callWith(caller, valueLoader), ttl,
					timeToIdleEnabled);
		}
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

	private CompletableFuture<byte[]> retrieve(String name, byte[] key, Supplier<CompletableFuture<byte[]>> lookUp) {
		CacheState cache = this.caches.of(name);
		CallerContext caller = CallerContext.current();
		CompletableFuture<Void> write = cache.pendingWrites().of(key);
		if (write == null && !this.outdated.contains(key)) {
			return caller.carry(RoutingContext.call(cache.lookUp(), lookUp));
		}
		CompletableFuture<Void> written = (write != null)
				? write.exceptionally((failure) -> null).orTimeout(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)
				: CompletableFuture.completedFuture(null);
		return caller.carry(written.thenCompose((nothing) -> removalOfOutdated(name, key))
			.thenCompose((nothing) -> caller.call(() -> RoutingContext.call(cache.lookUp(), lookUp))));
	}

	@Override
	public void put(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		write(name, key, () -> this.delegate.put(name, key, value, ttl));
	}

	@Override
	public CompletableFuture<Void> store(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		if (this.storesInBackground) {
			return told(inBackground(name, key, () -> writeNow(key, () -> this.delegate.put(name, key, value, ttl))));
		}
		return told(this.caches.of(name)
			.pendingWrites()
			.submit(key, () -> RoutingContext.call(WRITE, () -> this.delegate.store(name, key, value, ttl))
				.thenRun(() -> this.outdated.remove(key))));
	}

	/**
	 * Return a future whose dependents, which may be users' code, never run where other
	 * writes have to.
	 */
	private static CompletableFuture<Void> told(CompletableFuture<Void> write) {
		CompletableFuture<Void> told = new CompletableFuture<>();
		write.whenComplete((nothing, failure) -> {
			Runnable tell = () -> {
				if (failure != null) {
					told.completeExceptionally(failure);
				}
				else {
					told.complete(null);
				}
			};
			if (failure != null || WritingThreads.isCurrentThread()) {
				CallerContext.elsewhere(tell);
			}
			else {
				tell.run();
			}
		});
		return told;
	}

	@Override
	public byte @Nullable [] putIfAbsent(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
		await(name, this.caches.of(name).pendingWrites().of(key));
		try (RoutingContext.Scope scope = RoutingContext.open(WRITE)) {
			removeOutdated(name, key);
			return this.delegate.putIfAbsent(name, key, value, ttl);
		}
	}

	@Override
	public void evict(String name, byte[] key) {
		write(name, key, () -> this.delegate.evict(name, key));
	}

	@Override
	public boolean evictIfPresent(String name, byte[] key) {
		if (EventLoops.isCurrentThread()) {
			evict(name, key);
			return false;
		}
		await(name, this.caches.of(name).pendingWrites().of(key));
		try (RoutingContext.Scope scope = RoutingContext.open(WRITE)) {
			boolean present = this.delegate.evictIfPresent(name, key);
			this.outdated.remove(key);
			return present;
		}
	}

	@Override
	public void clear(String name, byte[] pattern) {
		if (EventLoops.isCurrentThread()) {
			log(name, inBackground(name, null, () -> clearNow(name, () -> this.delegate.clear(name, pattern))));
			return;
		}
		await(name, this.caches.of(name).pendingWrites().ofAny());
		try (RoutingContext.Scope scope = RoutingContext.open(WRITE)) {
			clearNow(name, () -> this.delegate.clear(name, pattern));
		}
	}

	@Override
	public boolean invalidate(String name, byte[] pattern) {
		if (EventLoops.isCurrentThread()) {
			clear(name, pattern);
			return false;
		}
		CacheState cache = this.caches.of(name);
		await(name, cache.pendingWrites().ofAny());
		try (RoutingContext.Scope scope = RoutingContext.open(WRITE)) {
			return this.delegate.invalidate(name, pattern);
		}
		finally {
			cache.cleared();
		}
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
		try (RoutingContext.Scope scope = RoutingContext.open(WRITE)) {
			return this.delegate.execute(callback);
		}
		finally {
			// whatever it has removed
			this.caches.forEach(CacheState::cleared);
		}
	}

	@Override
	public RedisCacheWriter withStatisticsCollector(CacheStatisticsCollector cacheStatisticsCollector) {
		return new ReplicaAwareCacheWriter(this.delegate.withStatisticsCollector(cacheStatisticsCollector),
				this.storesInBackground, this.caches, this.options);
	}

	private CacheState cacheForLookUp(String name, byte[] key) {
		CacheState cache = this.caches.of(name);
		await(name, cache.pendingWrites().of(key));
		removeOutdated(name, key);
		return cache;
	}

	private void write(String name, byte[] key, Runnable write) {
		if (EventLoops.isCurrentThread()) {
			log(name, inBackground(name, key, () -> writeOrRemember(key, write)));
			return;
		}
		await(name, this.caches.of(name).pendingWrites().of(key));
		try (RoutingContext.Scope scope = RoutingContext.open(WRITE)) {
			writeNow(key, write);
		}
	}

	private void writeNow(byte[] key, Runnable write) {
		write.run();
		this.outdated.remove(key);
	}

	private void writeOrRemember(byte[] key, Runnable write) {
		try {
			writeNow(key, write);
		}
		catch (RuntimeException ex) {
			if (this.options.outageGuard() == null && RedisOutage.isSignalledBy(ex)) {
				this.outdated.add(key);
			}
			throw ex;
		}
	}

	private void removeOutdated(String name, byte[] key) {
		if (this.outdated.contains(key)) {
			RoutingContext.call(WRITE, () -> this.delegate.evictIfPresent(name, key));
			this.outdated.remove(key);
		}
	}

	private CompletableFuture<Void> removalOfOutdated(String name, byte[] key) {
		return this.outdated.contains(key) ? inBackground(name, key, () -> removeOutdated(name, key))
				: CompletableFuture.completedFuture(null);
	}

	private void clearNow(String name, Runnable clear) {
		try {
			clear.run();
		}
		finally {
			this.caches.of(name).cleared();
		}
	}

	private CompletableFuture<Void> inBackground(String name, byte @Nullable [] key, Runnable write) {
		CallerContext caller = CallerContext.current();
		Runnable inScope = () -> caller.call(() -> RoutingContext.call(WRITE, () -> {
			write.run();
			return true;
		}));
		return this.caches.of(name).pendingWrites().submit(key, () -> begin(key, inScope));
	}

	private CompletableFuture<Void> begin(byte @Nullable [] key, Runnable write) {
		try {
			return CompletableFuture.runAsync(write, this.caches.writingThreads());
		}
		catch (RejectedExecutionException ex) {
			// the entry is older than what was to be written
			if (key != null) {
				this.caches.outdated().add(key);
			}
			else {
				this.caches.outdated().addAll();
			}
			throw ex;
		}
	}

	private void log(String name, CompletableFuture<Void> write) {
		write.whenComplete((nothing, failure) -> {
			if (failure != null && !this.failing) {
				logger.warn("Cache '" + name + "' could not be written after its method had returned a future or a "
						+ "publisher. An entry is removed before it is used again if Redis could not be reached; otherwise "
						+ "the cache may be old. Further failures are not logged until one write succeeds", failure);
			}
			this.failing = failure != null;
		});
	}

	private static void await(String name, @Nullable CompletableFuture<Void> write) {
		PendingWrites.await(name, write, PATIENCE);
	}

}
