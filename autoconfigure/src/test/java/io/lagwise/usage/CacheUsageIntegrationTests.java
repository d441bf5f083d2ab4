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

package io.lagwise.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.cache.CacheOptions;
import io.lagwise.cache.ReplicaAwareCacheWriter;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.CallGuard;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ReadFrom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.BatchStrategies;
import org.springframework.data.redis.cache.BatchStrategy;
import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext;
import org.springframework.data.redis.serializer.RedisSerializer;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Caches on replicas that get everything 50 milliseconds late: what goes wrong with
 * Spring Data Redis alone, and that the same is right with Lagwise.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class CacheUsageIntegrationTests {

	private static final Duration DELAY = Duration.ofMillis(50);

	private static final int ROUNDS = 30;

	private static final Consumer<RedisCacheWriter.RedisCacheWriterConfigurer> LOCKING = (
			configurer) -> configurer.immediateWrites().enableLocking((lock) -> lock.sleepTime(Duration.ofMillis(5)));

	private final ReplicatedRedis redis;

	private final List<LettuceConnectionFactory> factories = new ArrayList<>();

	CacheUsageIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delay() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, DELAY));
	}

	@AfterEach
	void disconnect() {
		this.factories.forEach(LettuceConnectionFactory::destroy);
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	static List<BatchStrategy> batchStrategies() {
		return List.of(BatchStrategies.keys(), BatchStrategies.scan(10));
	}

	private RedisCache plain(ReadFrom readFrom, Consumer<RedisCacheWriter.RedisCacheWriterConfigurer> configurer) {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(sentinelConfiguration(),
				clientConfiguration().readFrom(readFrom).build());
		this.factories.add(factory);
		factory.afterPropertiesSet();
		RedisCache cache = cache(RedisCacheWriter.create(factory, configurer));
		// connections that are opened later give replicas time
		cache.get("none");
		cache.retrieve("none").join();
		return cache;
	}

	private RedisCache plain() {
		return plain(ReadFrom.REPLICA_PREFERRED, RedisCacheWriter.RedisCacheWriterConfigurer::immediateWrites);
	}

	private RedisCache lagwise(CacheOptions options, Consumer<RedisCacheWriter.RedisCacheWriterConfigurer> configurer) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(sentinelConfiguration(),
				clientConfiguration().build());
		// a factory stands for an application of its own
		factory.setReadOptions(factory.getReadOptions().withApplication(UUID.randomUUID().toString()));
		this.factories.add(factory);
		factory.afterPropertiesSet();
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(factory.getReadableReplicas()).as("%s", factory.getTopology()).hasSize(2));
		return cache(ReplicaAwareCacheWriter.of(RedisCacheWriter.create(factory, configurer), options));
	}

	private RedisCache lagwise() {
		return lagwise(CacheOptions.DEFAULTS, (configurer) -> {
		});
	}

	private static RedisCache cache(RedisCacheWriter writer) {
		RedisCacheManager cacheManager = RedisCacheManager.builder(writer)
			.cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
				.serializeValuesWith(
						RedisSerializationContext.SerializationPair.fromSerializer(RedisSerializer.string())))
			.build();
		cacheManager.afterPropertiesSet();
		return (RedisCache) Objects.requireNonNull(cacheManager.getCache("prices"));
	}

	private RedisSentinelConfiguration sentinelConfiguration() {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(this.redis.masterName());
		this.redis.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return configuration;
	}

	private static LettuceClientConfiguration.LettuceClientConfigurationBuilder clientConfiguration() {
		return LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(5));
	}

	private String onPrimary(String command, String... arguments) {
		return this.redis.execute(this.redis.primary(), command, arguments);
	}

	private static @Nullable Object get(Cache cache, String key) {
		Cache.ValueWrapper value = cache.get(key);
		return (value != null) ? value.get() : null;
	}

	@Nested
	class AfterAPut {

		@Test
		void controlReadsAnOlderEntry() {
			assertThat(staleReads(plain())).isGreaterThan(ROUNDS / 2);
		}

		@Test
		void theEntryIsRead() {
			assertThat(staleReads(lagwise())).isZero();
		}

		@Test
		void theEntryIsReadByThoseThatDoNotWaitForIt() {
			RedisCache cache = lagwise();
			for (int i = 0; i < ROUNDS; i++) {
				cache.put("1", "value " + i);
				assertThat(cache.retrieve("1").join().get()).isEqualTo("value " + i);
			}
		}

		@Test
		void anyReplicaIsAsOldAsItIs() {
			CacheOptions anyReplica = CacheOptions.DEFAULTS
				.withRequirements((name) -> ReadRequirement.anyReplica().forLookUps(false));
			assertThat(staleReads(lagwise(anyReplica, (configurer) -> {
			}))).isGreaterThan(ROUNDS / 2);
		}

		private int staleReads(Cache cache) {
			int stale = 0;
			for (int i = 0; i < ROUNDS; i++) {
				cache.put("1", "value " + i);
				stale += ("value " + i).equals(get(cache, "1")) ? 0 : 1;
			}
			return stale;
		}

	}

	@Nested
	class AfterAnEvict {

		@Test
		void controlReadsTheEntry() {
			assertThat(staleReads(plain())).isPositive();
		}

		@Test
		void thereIsNone() {
			assertThat(staleReads(lagwise())).isZero();
		}

		private int staleReads(Cache cache) {
			int stale = 0;
			for (int i = 0; i < 5; i++) {
				cache.put("1", "value");
				CacheUsageIntegrationTests.this.redis.awaitInSync();
				cache.evict("1");
				stale += (get(cache, "1") != null) ? 1 : 0;
			}
			return stale;
		}

	}

	@Nested
	class AWrite {

		private static final String FILLING = "x".repeat(100_000);

		@Test
		void controlIsOvertakenByTheNextLookUpOnThePrimaryItself() {
			assertThat(staleReads(plain(ReadFrom.UPSTREAM, (configurer) -> {
			}))).isPositive();
		}

		@Test
		void isDoneWhenItReturns() {
			CacheOptions primary = CacheOptions.DEFAULTS.withRequirements((name) -> ReadRequirement.primary());
			assertThat(staleReads(lagwise(primary, (configurer) -> {
			}))).isZero();
		}

		private int staleReads(Cache cache) {
			int stale = 0;
			for (int i = 0; i < ROUNDS; i++) {
				for (int entry = 0; entry < 10; entry++) {
					cache.put("entry " + entry, FILLING);
				}
				cache.put("1", "value " + i);
				stale += ("value " + i).equals(get(cache, "1")) ? 0 : 1;
			}
			return stale;
		}

	}

	@Nested
	class ACacheThatAnotherInstanceHasLocked {

		@Test
		void controlIsReadAllTheSame() {
			CompletableFuture<?> looked = lookUp(
					plain(ReadFrom.REPLICA_PREFERRED, (configurer) -> configurer.immediateWrites().enableLocking()));
			await().atMost(Duration.ofSeconds(30)).until(looked::isDone);
			assertThat(onPrimary("EXISTS", "prices~lock")).isEqualTo("1");
		}

		@Test
		void isReadWhenItIsUnlocked() {
			RedisCache cache = lagwise(CacheOptions.DEFAULTS, (configurer) -> configurer.enableLocking());
			CompletableFuture<?> looked = lookUp(cache);
			RedisNode primary = CacheUsageIntegrationTests.this.redis.primary();
			await().atMost(Duration.ofSeconds(30))
				.until(() -> CacheUsageIntegrationTests.this.redis.commandsServed(primary, "EXISTS") >= 3);
			assertThat(looked).isNotDone();
			onPrimary("DEL", "prices~lock");
			assertThat(looked.join()).isEqualTo("value");
			assertThat(CacheUsageIntegrationTests.this.redis.replicas())
				.allMatch((replica) -> CacheUsageIntegrationTests.this.redis.commandsServed(replica, "EXISTS") == 0);
		}

		@Test
		void isReadWhenItIsUnlockedByThoseThatDoNotWaitForIt() {
			RedisCache cache = lagwise(CacheOptions.DEFAULTS, (configurer) -> configurer.enableLocking());
			cache.put("1", "value");
			onPrimary("SET", "prices~lock", "");
			RedisNode primary = CacheUsageIntegrationTests.this.redis.primary();
			CompletableFuture<Cache.ValueWrapper> looked = cache.retrieve("1");
			long before = CacheUsageIntegrationTests.this.redis.commandsServed(primary, "EXISTS");
			await().atMost(Duration.ofSeconds(30))
				.until(() -> CacheUsageIntegrationTests.this.redis.commandsServed(primary, "EXISTS") >= before + 3);
			assertThat(looked).isNotDone();
			onPrimary("DEL", "prices~lock");
			assertThat(looked.join().get()).isEqualTo("value");
		}

		@Test
		void controlIsUnlockedByThoseThatStoreWithoutWaitingForIt() {
			RedisCacheWriter writer = plain(ReadFrom.UPSTREAM, LOCKING).getNativeCache();
			onPrimary("SET", "prices~lock", "");
			writer.store("prices", "prices::1".getBytes(), "value".getBytes(), null).join();
			assertThat(onPrimary("EXISTS", "prices~lock")).isEqualTo("0");
		}

		@Test
		void isStoredToWhenItIsUnlockedByThoseThatDoNotWaitForIt() {
			RedisCache cache = lagwise(CacheOptions.DEFAULTS, LOCKING);
			RedisNode primary = CacheUsageIntegrationTests.this.redis.primary();
			CompletableFuture<Void> missed = new CompletableFuture<>();
			CompletableFuture<String> answer = new CompletableFuture<>();
			CompletableFuture<String> price = cache.retrieve("1", () -> {
				missed.complete(null);
				return answer;
			});
			missed.join();
			onPrimary("SET", "prices~lock", "");
			long before = CacheUsageIntegrationTests.this.redis.commandsServed(primary, "EXISTS");
			answer.complete("value");
			await().atMost(Duration.ofSeconds(30))
				.until(() -> CacheUsageIntegrationTests.this.redis.commandsServed(primary, "EXISTS") >= before + 3);
			assertThat(price).isNotDone();
			assertThat(onPrimary("EXISTS", "prices~lock", "prices::1")).isEqualTo("1");
			onPrimary("DEL", "prices~lock");
			assertThat(price.join()).isEqualTo("value");
			assertThat(onPrimary("EXISTS", "prices~lock")).isEqualTo("0");
			assertThat(onPrimary("GET", "prices::1")).isEqualTo("value");
		}

		private CompletableFuture<?> lookUp(Cache cache) {
			cache.put("1", "value");
			CacheUsageIntegrationTests.this.redis.awaitInSync();
			CacheUsageIntegrationTests.this.redis.resetStatistics();
			onPrimary("SET", "prices~lock", "");
			return CompletableFuture.supplyAsync(() -> get(cache, "1"), (task) -> new Thread(task).start());
		}

	}

	@Nested
	class ASynchronizedLoader {

		private static final int ENTRIES = 5;

		@Test
		void controlRunsInSeveralInstancesThoughTheCacheIsLocked() {
			assertThat(loads(() -> plain(ReadFrom.REPLICA_PREFERRED, LOCKING))).isGreaterThan(ENTRIES);
		}

		@Test
		void runsOnceAmongAllThreadsOfAllInstances() {
			assertThat(loads(() -> lagwise(CacheOptions.DEFAULTS, LOCKING))).isEqualTo(ENTRIES);
		}

		private int loads(Supplier<RedisCache> instance) {
			List<RedisCache> instances = List.of(instance.get(), instance.get());
			AtomicInteger loads = new AtomicInteger();
			for (int i = 0; i < ENTRIES; i++) {
				String key = "key " + i;
				List<CompletableFuture<String>> found = IntStream.range(0, 8)
					.mapToObj((thread) -> CompletableFuture.supplyAsync(
							() -> instances.get(thread % 2).get(key, () -> "load " + loads.incrementAndGet()),
							(task) -> new Thread(task).start()))
					.toList();
				assertThat(found).allSatisfy((price) -> assertThat(price.join()).startsWith("load "));
				assertThat(onPrimary("EXISTS", "prices~lock")).isEqualTo("0");
			}
			return loads.get();
		}

	}

	@Nested
	class ATransactionAwareCache {

		private final TransactionTemplate transaction = new TransactionTemplate(new NoResources());

		@Test
		void controlReadsAnOlderEntryAfterTheTransaction() {
			assertThat(staleReads(plain())).isPositive();
		}

		@Test
		void readsWhatTheTransactionHasWritten() {
			assertThat(staleReads(lagwise())).isZero();
		}

		@Test
		void writesNothingThatIsRolledBack() {
			Cache cache = transactionAware(lagwise());
			cache.put("1", "first");
			cache.put("2", "first");
			this.transaction.executeWithoutResult((status) -> {
				cache.put("1", "second");
				cache.evict("2");
				cache.clear();
				status.setRollbackOnly();
			});
			assertThat(onPrimary("GET", "prices::1")).isEqualTo("first");
			assertThat(get(cache, "1")).isEqualTo("first");
			assertThat(get(cache, "2")).isEqualTo("first");
		}

		private int staleReads(RedisCache target) {
			Cache cache = transactionAware(target);
			int stale = 0;
			for (int i = 0; i < 5; i++) {
				String value = "value " + i;
				this.transaction.executeWithoutResult((status) -> {
					cache.put("1", value);
					assertThat(onPrimary("EXISTS", "prices::1")).isEqualTo("0");
				});
				stale += value.equals(get(cache, "1")) ? 0 : 1;
				CacheUsageIntegrationTests.this.redis.awaitInSync();
				this.transaction.executeWithoutResult((status) -> {
					cache.evict("1");
					assertThat(onPrimary("EXISTS", "prices::1")).isEqualTo("1");
				});
				stale += (get(cache, "1") != null) ? 1 : 0;
			}
			return stale;
		}

		private static Cache transactionAware(RedisCache cache) {
			RedisCacheManager cacheManager = RedisCacheManager.builder(cache.getNativeCache())
				.cacheDefaults(cache.getCacheConfiguration())
				.transactionAware()
				.build();
			cacheManager.afterPropertiesSet();
			return Objects.requireNonNull(cacheManager.getCache("prices"));
		}

	}

	@Nested
	class Statistics {

		@Test
		void countWhatSpringDataCounts() {
			Consumer<RedisCacheWriter.RedisCacheWriterConfigurer> counting = (
					configurer) -> configurer.immediateWrites().collectStatistics(CacheStatisticsCollector.create());
			String expected = counts(plain(ReadFrom.UPSTREAM, counting));
			assertThat(expected).isEqualTo("12 gets, 6 hits, 6 misses, 7 puts, 7 deletes");
			assertThat(counts(lagwise(CacheOptions.DEFAULTS, counting))).isEqualTo(expected);
			assertThat(counts(lagwise(CacheOptions.DEFAULTS.withFailOpen(CallGuard.NONE), counting)))
				.isEqualTo(expected);
		}

		private String counts(RedisCache cache) {
			cache.clearStatistics();
			for (String key : List.of("1", "2")) {
				cache.get(key);
				cache.get(key, () -> "value");
				cache.get(key, () -> "value");
				cache.retrieve(key).join();
				cache.putIfAbsent(key, "other");
				cache.evict(key);
				cache.retrieve(key).join();
				cache.evictIfPresent(key);
				cache.putIfAbsent(key, "other");
				cache.put(key, "value");
				cache.get(key);
			}
			cache.clear();
			cache.invalidate();
			cache.put("1", "value");
			cache.invalidate();
			CacheStatistics statistics = cache.getStatistics();
			return "%d gets, %d hits, %d misses, %d puts, %d deletes".formatted(statistics.getGets(),
					statistics.getHits(), statistics.getMisses(), statistics.getPuts(), statistics.getDeletes());
		}

	}

	@Nested
	class PutIfAbsent {

		@Test
		void controlDoesNotSeeWhatHasKeptItFromWriting() {
			assertThat(plainOutcome()).isNull();
		}

		@Test
		void returnsWhatIsThere() {
			assertThat(outcome(lagwise())).isEqualTo("first");
		}

		private @Nullable Object plainOutcome() {
			return outcome(plain());
		}

		private @Nullable Object outcome(Cache cache) {
			onPrimary("SET", "prices::1", "first");
			Cache.ValueWrapper present = cache.putIfAbsent("1", "second");
			assertThat(onPrimary("GET", "prices::1")).isEqualTo("first");
			return (present != null) ? present.get() : null;
		}

	}

	@Nested
	class AClear {

		private static final int ENTRIES = 25;

		@ParameterizedTest
		@MethodSource("io.lagwise.usage.CacheUsageIntegrationTests#batchStrategies")
		void controlLeavesWhatItsReplicaDoesNotHaveYet(BatchStrategy batchStrategy) {
			assertThat(left(plain(ReadFrom.REPLICA_PREFERRED,
					(configurer) -> configurer.immediateWrites().batchStrategy(batchStrategy))))
				.isEqualTo(String.valueOf(ENTRIES));
		}

		@ParameterizedTest
		@MethodSource("io.lagwise.usage.CacheUsageIntegrationTests#batchStrategies")
		void leavesNothing(BatchStrategy batchStrategy) {
			assertThat(left(lagwise(CacheOptions.DEFAULTS, (configurer) -> configurer.batchStrategy(batchStrategy))))
				.isEqualTo("0");
		}

		private String left(Cache cache) {
			String[] theirs = IntStream.range(0, ENTRIES).mapToObj((i) -> "prices::" + i).toArray(String[]::new);
			onPrimary("MSET", Stream.of(theirs).flatMap((key) -> Stream.of(key, "value")).toArray(String[]::new));
			cache.clear();
			return onPrimary("EXISTS", theirs);
		}

		@Test
		void controlIsFollowedByLookUpsOfWhatAnotherInstanceHadRemoved() {
			assertThat(foundAfterClear(plain())).isEqualTo("value");
		}

		@Test
		void isFollowedByLookUpsThatFindNothing() {
			assertThat(foundAfterClear(lagwise(
					CacheOptions.DEFAULTS.withRequirements((name) -> ReadRequirement.consistent().forLookUps(false)),
					(configurer) -> {
					})))
				.isNull();
		}

		private @Nullable Object foundAfterClear(Cache cache) {
			cache.put("1", "value");
			CacheUsageIntegrationTests.this.redis.awaitInSync();
			onPrimary("DEL", "prices::1");
			cache.clear();
			return get(cache, "1");
		}

	}

	@Nested
	class WhatAnotherInstanceHasJustPut {

		@Test
		void controlIsLoadedAgain() {
			assertThat(loads(plain())).isEqualTo(ROUNDS);
		}

		@Test
		void isFoundOnThePrimary() {
			assertThat(loads(lagwise())).isZero();
		}

		@Test
		void isLoadedAgainWithoutRecheck() {
			CacheOptions options = CacheOptions.DEFAULTS
				.withRequirements((name) -> ReadRequirement.anyReplica().forLookUps(false));
			assertThat(loads(lagwise(options, (configurer) -> {
			}))).isEqualTo(ROUNDS);
		}

		private int loads(Cache cache) {
			List<String> loaded = new ArrayList<>();
			for (int i = 0; i < ROUNDS; i++) {
				String key = "key " + i;
				onPrimary("SET", "prices::" + key, "theirs");
				cache.get(key, () -> {
					loaded.add(key);
					return "ours";
				});
			}
			return loaded.size();
		}

	}

}
