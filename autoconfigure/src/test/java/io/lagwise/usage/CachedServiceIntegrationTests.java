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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.autoconfigure.LagwiseAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.RedisCacheManagerBuilderCustomizer;
import org.springframework.boot.cache.metrics.RedisCacheMeterBinderProvider;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Cached methods of an application that has Spring Boot's cache manager, with replicas
 * that get everything 50 milliseconds late.
 */
@SpringBootTest(classes = CachedServiceIntegrationTests.Application.class,
		properties = { "spring.cache.type=redis", "spring.cache.redis.enable-statistics=true",
				"lagwise.cache.caches.stock.read=primary", "lagwise.cache.caches.[loose-*].read=any-replica",
				"lagwise.cache.caches.[loose-*].max-staleness=5s" })
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
@DirtiesContext
class CachedServiceIntegrationTests {

	private static final int ROUNDS = 8;

	@Autowired
	private ReplicatedRedis redis;

	@Autowired
	private Prices prices;

	@Autowired
	private Source source;

	@Autowired
	private CacheManager cacheManager;

	@Autowired
	private ReplicaAwareConnectionFactory connectionFactory;

	@BeforeEach
	void delay() {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.connectionFactory.getReadableReplicas())
				.as("%s", this.connectionFactory.getTopology())
				.hasSize(2));
		this.source.loads.set(0);
		this.source.value = "source";
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
	}

	@AfterEach
	void heal() {
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	static Stream<Arguments> styles() {
		return Stream.of(style("value", Prices::find, Prices::put, Prices::evict, Prices::evictAll),
				style("sync", Prices::findSynchronized, Prices::put, Prices::evict, Prices::evictAll),
				style("future", (prices, id) -> prices.future(id).join(),
						(prices, price) -> prices.putFuture(price).join(), (prices) -> prices.evictFuture().join(),
						(prices) -> prices.evictAllFuture().join()),
				style("synchronized future", (prices, id) -> prices.futureSynchronized(id).join(),
						(prices, price) -> prices.putFuture(price).join(), (prices) -> prices.evictFuture().join(),
						(prices) -> prices.evictAllFuture().join()),
				style("mono", (prices, id) -> prices.mono(id).block(), (prices, price) -> prices.putMono(price).block(),
						(prices) -> prices.evictMono().block(), (prices) -> prices.evictAllMono().block()),
				style("flux", (prices, id) -> prices.flux(id).blockLast(),
						(prices, price) -> prices.putFlux(price).blockLast(), (prices) -> prices.evictMono().block(),
						(prices) -> prices.evictAllMono().block()));
	}

	private static Arguments style(String name, Lookup find, BiConsumer<Prices, String> put, Consumer<Prices> evict,
			Consumer<Prices> evictAll) {
		return Arguments.of(name, find, put, evict, evictAll);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("styles")
	void aCachedMethodIsNeverOlderThanWhatItsApplicationHasDoneToTheCache(String name, Lookup find,
			BiConsumer<Prices, String> put, Consumer<Prices> evict, Consumer<Prices> evictAll) {
		for (int i = 0; i < ROUNDS; i++) {
			this.source.value = "source " + i;
			put.accept(this.prices, name + " " + i);
			assertThat(find.of(this.prices, "1")).isEqualTo(name + " " + i);
			evict.accept(this.prices);
			assertThat(find.of(this.prices, "1")).isEqualTo("source " + i);
			evictAll.accept(this.prices);
			this.source.value = "new source " + i;
			assertThat(find.of(this.prices, "1")).isEqualTo("new source " + i);
		}
		assertThat(this.source.loads).as("calls that only misses make").hasValue(2 * ROUNDS);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("styles")
	void anEntryThatNobodyHasJustWrittenComesFromAReplica(String name, Lookup find, BiConsumer<Prices, String> put,
			Consumer<Prices> evict, Consumer<Prices> evictAll) {
		put.accept(this.prices, "value");
		find.of(this.prices, "1");
		this.redis.replicas().forEach(this.redis::healReplication);
		this.redis.awaitInSync();
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			this.redis.resetStatistics();
			assertThat(find.of(this.prices, "1")).isEqualTo("value");
			assertThat(onReplicas("get")).isEqualTo(1);
			assertThat(onPrimary("get")).isZero();
		});
	}

	@Test
	void anAnnotationOrAPropertySendsLookUpsToThePrimary() {
		this.prices.find("1");
		this.prices.stock("1");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
		this.prices.fromPrimary("1");
		this.prices.stock("1");
		assertThat(onPrimary("get")).isEqualTo(2);
		assertThat(onReplicas("get")).isZero();
		assertThat(this.source.loads).hasValue(2);
	}

	@Test
	void aPatternInThePropertiesLetsACacheBeOld() {
		this.prices.putLoose("old");
		this.redis.awaitInSync();
		for (int i = 0; i < ROUNDS; i++) {
			this.prices.putLoose("new");
			if ("old".equals(this.prices.loose())) {
				return;
			}
			this.prices.putLoose("old");
			this.redis.awaitInSync();
		}
		throw new AssertionError("No look-up of a cache that reads from any replica was answered by a late one");
	}

	@Test
	void nullIsAnEntry() {
		this.source.value = null;
		assertThat(this.prices.find("1")).isNull();
		assertThat(this.prices.find("1")).isNull();
		assertThat(this.prices.future("1").join()).isNull();
		assertThat(this.source.loads).hasValue(1);
	}

	@Test
	void entriesExpireAsConfigured() {
		Cache cache = cache("short");
		cache.put("1", "value");
		assertThat(Long.parseLong(onPrimary("PTTL", "short::1"))).isBetween(1L, 60_000L);
		assertThat(cache("prices")).isNotNull();
		cache("prices").put("1", "value");
		assertThat(onPrimary("PTTL", "prices::1")).isEqualTo("-1");
	}

	@Test
	void everyLookUpLengthensTheLifeOfAnIdleEntry() {
		Cache cache = cache("idle");
		cache.put("1", "value");
		for (Function<Cache, Object> lookUp : List.<Function<Cache, Object>>of((it) -> it.get("1").get(),
				(it) -> ((Cache.ValueWrapper) it.retrieve("1").join()).get(), (it) -> it.get("1", () -> "loaded"))) {
			onPrimary("PEXPIRE", "idle::1", "10000");
			assertThat(lookUp.apply(cache)).isEqualTo("value");
			assertThat(Long.parseLong(onPrimary("PTTL", "idle::1"))).isGreaterThan(10_000L);
		}
	}

	@Test
	void statisticsCountAsBefore() {
		RedisCache cache = (RedisCache) cache("counted");
		CacheStatistics before = cache.getStatistics();
		cache.get("1");
		cache.put("1", "value");
		cache.get("1");
		cache.evict("1");
		CacheStatistics after = cache.getStatistics();
		assertThat(after.getGets() - before.getGets()).isEqualTo(2);
		assertThat(after.getHits() - before.getHits()).isEqualTo(1);
		assertThat(after.getMisses() - before.getMisses()).isEqualTo(1);
		assertThat(after.getPuts() - before.getPuts()).isEqualTo(1);
		assertThat(after.getDeletes() - before.getDeletes()).isEqualTo(1);
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		new RedisCacheMeterBinderProvider().getMeterBinder(cache, Tags.empty()).bindTo(meters);
		assertThat(meters.get("cache.gets").tag("result", "hit").functionCounter().count()).isEqualTo(after.getHits());
		assertThat(meters.get("cache.puts").functionCounter().count()).isEqualTo(after.getPuts());
	}

	@Test
	void aPutThatWaitsForReplicasIsOnAllOfThemWhenItsMethodReturns() {
		this.prices.putEverywhere("value");
		for (RedisNode replica : this.redis.replicas()) {
			assertThat(this.redis.execute(replica, "EXISTS", "prices::1")).isEqualTo("1");
		}
	}

	private Cache cache(String name) {
		Cache cache = this.cacheManager.getCache(name);
		assertThat(cache).isNotNull();
		return cache;
	}

	private String onPrimary(String command, String key, String... arguments) {
		return this.redis.execute(this.redis.primary(), command,
				Stream.concat(Stream.of(key), Stream.of(arguments)).toArray(String[]::new));
	}

	private long onPrimary(String command) {
		return this.redis.commandsServed(this.redis.primary(), command);
	}

	private long onReplicas(String command) {
		return this.redis.replicas().stream().mapToLong((replica) -> this.redis.commandsServed(replica, command)).sum();
	}

	@FunctionalInterface
	interface Lookup {

		@Nullable String of(Prices prices, String id);

	}

	/**
	 * What cached methods load from.
	 */
	static class Source {

		final AtomicInteger loads = new AtomicInteger();

		volatile @Nullable String value = "source";

		@Nullable String load() {
			this.loads.incrementAndGet();
			return this.value;
		}

	}

	static class Prices {

		private final Source source;

		Prices(Source source) {
			this.source = source;
		}

		@Cacheable("prices")
		@Nullable String find(String id) {
			return this.source.load();
		}

		@Cacheable(cacheNames = "prices", sync = true)
		@Nullable String findSynchronized(String id) {
			return this.source.load();
		}

		@Cacheable("prices")
		CompletableFuture<@Nullable String> future(String id) {
			return CompletableFuture.completedFuture(this.source.load());
		}

		@Cacheable(cacheNames = "prices", sync = true)
		CompletableFuture<@Nullable String> futureSynchronized(String id) {
			return CompletableFuture.completedFuture(this.source.load());
		}

		@Cacheable("prices")
		Mono<String> mono(String id) {
			return Mono.justOrEmpty(this.source.load());
		}

		@Cacheable("prices")
		Flux<String> flux(String id) {
			return Flux.from(Mono.justOrEmpty(this.source.load()));
		}

		@CachePut(cacheNames = "prices", key = "'1'")
		String put(String price) {
			return price;
		}

		@CachePut(cacheNames = "prices", key = "'1'")
		CompletableFuture<String> putFuture(String price) {
			return CompletableFuture.completedFuture(price);
		}

		@CachePut(cacheNames = "prices", key = "'1'")
		Mono<String> putMono(String price) {
			return Mono.just(price);
		}

		@CachePut(cacheNames = "prices", key = "'1'")
		Flux<String> putFlux(String price) {
			return Flux.just(price);
		}

		@CacheEvict(cacheNames = "prices", key = "'1'")
		void evict() {
		}

		@CacheEvict(cacheNames = "prices", key = "'1'")
		CompletableFuture<Void> evictFuture() {
			return CompletableFuture.completedFuture(null);
		}

		@CacheEvict(cacheNames = "prices", key = "'1'")
		Mono<Void> evictMono() {
			return Mono.empty();
		}

		@CacheEvict(cacheNames = "prices", allEntries = true)
		void evictAll() {
		}

		@CacheEvict(cacheNames = "prices", allEntries = true)
		CompletableFuture<Void> evictAllFuture() {
			return CompletableFuture.completedFuture(null);
		}

		@CacheEvict(cacheNames = "prices", allEntries = true)
		Mono<Void> evictAllMono() {
			return Mono.empty();
		}

		@Cacheable("prices")
		@ReadFromPrimary
		@Nullable String fromPrimary(String id) {
			return this.source.load();
		}

		@Cacheable("stock")
		@Nullable String stock(String id) {
			return this.source.load();
		}

		@CachePut(cacheNames = "loose-prices", key = "'1'")
		String putLoose(String price) {
			return price;
		}

		@Cacheable(cacheNames = "loose-prices", key = "'1'")
		@Nullable String loose() {
			return this.source.load();
		}

		@CachePut(cacheNames = "prices", key = "'1'")
		@WaitForReplicas
		String putEverywhere(String price) {
			return price;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	@ImportAutoConfiguration({ LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
			DataRedisReactiveAutoConfiguration.class, CacheAutoConfiguration.class })
	@Import({ Prices.class, Source.class })
	static class Application {

		@Bean
		RedisCacheManagerBuilderCustomizer expiry() {
			return (builder) -> builder
				.withCacheConfiguration("short", builder.cacheDefaults().entryTtl(Duration.ofMinutes(1)))
				.withCacheConfiguration("idle",
						RedisCacheConfiguration.defaultCacheConfig()
							.entryTtl(Duration.ofMinutes(1))
							.enableTimeToIdle());
		}

	}

}
