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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.interceptor.ReadRequirementPostProcessor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for a method that has annotations of both kinds, for its look-up, its body
 * and its write: the table in {@code docs/caching.md}.
 */
@ParameterizedClass(name = "{0}")
@ValueSource(classes = { CachedMethodTests.CachingLast.class, CachedMethodTests.CachingFirst.class,
		CachedMethodTests.ScopesFirst.class })
class CachedMethodTests {

	private static final List<String> bodies = new CopyOnWriteArrayList<>();

	@Parameter
	Class<?> configuration;

	private final RecordingWriter redis = new RecordingWriter();

	@AfterEach
	void noScopeIsLeftOpen() {
		bodies.clear();
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	private void withPrices(Consumer<Prices> test) {
		with(Prices.class, test);
	}

	private <T> void with(Class<T> type, Consumer<T> test) {
		new ApplicationContextRunner().withUserConfiguration(this.configuration)
			.withBean(RecordingWriter.class, () -> this.redis)
			.withBean(Prices.class)
			.withBean(StrictPrices.class)
			.withBean(Shop.class)
			.run((context) -> test.accept(context.getBean(type)));
	}

	private void assertThatCallAsksFor(String lookUp, String body) {
		assertThat(this.redis.requirements.get(0)).hasToString(lookUp);
		assertThat(bodies).containsExactly(body);
		assertThat(this.redis.lastRequirement()).as("of the write").hasToString("primary");
	}

	private static String run(String result) {
		bodies.add(String.valueOf(RoutingContext.currentRequirement()));
		return result;
	}

	@Test
	void withoutAnnotationTheCacheDecidesForItsLookUpOnly() {
		withPrices((prices) -> {
			prices.plain();
			assertThatCallAsksFor("consistent", "null");
		});
	}

	@Test
	void readFromPrimaryCoversLookUpAndBody() {
		withPrices((prices) -> {
			prices.fromPrimary();
			assertThatCallAsksFor("primary", "primary");
		});
	}

	@Test
	void readFromReplicaDoesNotLoosenTheCache() {
		withPrices((prices) -> {
			prices.fromReplica();
			assertThatCallAsksFor("consistent", "any-replica");
		});
	}

	@Test
	void aBoundHoldsInAdditionToTheCache() {
		withPrices((prices) -> {
			prices.bounded();
			assertThatCallAsksFor("consistent within 3000 ms", "any-replica within 3000 ms");
		});
	}

	@Test
	void aConsistentReadTightensACacheOnAnyReplica() {
		withPrices((prices) -> {
			prices.loose();
			assertThat(this.redis.requirements.get(0)).hasToString("any-replica");
			bodies.clear();
			this.redis.requirements.clear();
			prices.looseButConsistent();
			assertThatCallAsksFor("consistent", "consistent");
		});
	}

	@Test
	void nothingLoosensACacheOnThePrimary() {
		withPrices((prices) -> {
			prices.stock();
			assertThatCallAsksFor("primary", "any-replica");
		});
	}

	@Test
	void anAnnotationOnTheClassHoldsForItsCachedMethods() {
		with(StrictPrices.class, (prices) -> {
			prices.cached();
			assertThatCallAsksFor("primary", "primary");
		});
	}

	@Test
	void anAnnotationOnTheMethodReplacesThatOnTheClass() {
		with(StrictPrices.class, (prices) -> {
			prices.cachedWithin();
			assertThatCallAsksFor("consistent within 3000 ms", "any-replica within 3000 ms");
		});
	}

	@Test
	void aCachedMethodThatCallsAnAnnotatedOneLooksUpWithoutIt() {
		with(Shop.class, (shop) -> {
			shop.cachedAroundPrimary();
			assertThatCallAsksFor("consistent", "primary");
		});
	}

	@Test
	void anAnnotatedMethodThatCallsACachedOneCoversItsLookUp() {
		with(Shop.class, (shop) -> {
			shop.primaryAroundCached();
			assertThatCallAsksFor("primary", "primary");
		});
	}

	@Test
	void aSynchronizedLoaderRunsUnderWhatItsMethodAsksFor() {
		withPrices((prices) -> {
			prices.synchronizedWithin();
			assertThat(this.redis.requirements.get(0)).hasToString("consistent within 3000 ms");
			assertThat(bodies).containsExactly("any-replica within 3000 ms");
		});
	}

	@Test
	void putAndEvictWriteOnThePrimaryWhateverTheirMethodReads() {
		withPrices((prices) -> {
			prices.put();
			prices.evict();
			prices.evictAll();
			assertThat(this.redis.calls).containsExactly("put prices::put=put", "evict prices::put", "clear prices");
			assertThat(this.redis.requirements).allMatch(ReadRequirement::requiresPrimary);
			assertThat(bodies).containsExactly("any-replica", "any-replica", "any-replica");
		});
	}

	@Nested
	class WithAFutureOrAPublisher {

		private final CompletableFuture<Void> answer = new CompletableFuture<>();

		@Test
		void theBodyOfAFutureRunsUnderWhatItsMethodAsksForWhereverTheMissIsNoticed() {
			withPrices((prices) -> {
				redis().retrieval = this.answer;
				CompletableFuture<String> price = prices.future();
				answerElsewhere();
				assertThat(price.join()).isEqualTo("future");
				assertThatCallAsksFor("consistent within 3000 ms", "any-replica within 3000 ms");
			});
		}

		@Test
		void theBodyOfAMonoRunsUnderWhatItsMethodAsksForWhereverTheMissIsNoticed() {
			withPrices((prices) -> {
				redis().retrieval = this.answer;
				CompletableFuture<String> price = prices.mono().toFuture();
				answerElsewhere();
				assertThat(price.join()).isEqualTo("mono");
				assertThatCallAsksFor("consistent within 3000 ms", "any-replica within 3000 ms");
			});
		}

		@Test
		void theBodyOfAFluxRunsUnderWhatItsMethodAsksForWhereverTheMissIsNoticed() {
			withPrices((prices) -> {
				redis().retrieval = this.answer;
				CompletableFuture<List<String>> price = prices.flux().collectList().toFuture();
				answerElsewhere();
				assertThat(price.join()).containsExactly("flux");
				assertThat(bodies).containsExactly("any-replica within 3000 ms");
			});
		}

		@Test
		void aSynchronizedFutureIsStoredOnThePrimary() {
			withPrices((prices) -> {
				redis().retrieval = this.answer;
				CompletableFuture<String> price = prices.synchronizedFuture();
				answerElsewhere();
				assertThat(price.join()).isEqualTo("future");
				assertThatCallAsksFor("consistent within 3000 ms", "any-replica within 3000 ms");
			});
		}

		private void answerElsewhere() {
			Thread thread = new Thread(() -> this.answer.complete(null));
			thread.start();
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private RecordingWriter redis() {
			return CachedMethodTests.this.redis;
		}

	}

	static class Prices {

		@Cacheable(cacheNames = "prices", key = "'plain'")
		String plain() {
			return run("plain");
		}

		@Cacheable(cacheNames = "prices", key = "'primary'")
		@ReadFromPrimary
		String fromPrimary() {
			return run("primary");
		}

		@ReadFromReplica
		@Cacheable(cacheNames = "prices", key = "'replica'")
		String fromReplica() {
			return run("replica");
		}

		@ReadFromReplica(maxStaleness = "3s")
		@Cacheable(cacheNames = "prices", key = "'bounded'")
		String bounded() {
			return run("bounded");
		}

		@Cacheable(cacheNames = "loose", key = "'loose'")
		String loose() {
			return run("loose");
		}

		@ConsistentRead
		@Cacheable(cacheNames = "loose", key = "'consistent'")
		String looseButConsistent() {
			return run("loose");
		}

		@Cacheable(cacheNames = "stock", key = "'stock'")
		@ReadFromReplica
		String stock() {
			return run("stock");
		}

		@Cacheable(cacheNames = "prices", key = "'sync'", sync = true)
		@ReadFromReplica(maxStaleness = "3s")
		String synchronizedWithin() {
			return run("sync");
		}

		@CachePut(cacheNames = "prices", key = "'put'")
		@ReadFromReplica
		String put() {
			return run("put");
		}

		@CacheEvict(cacheNames = "prices", key = "'put'")
		@ReadFromReplica
		void evict() {
			run("evict");
		}

		@CacheEvict(cacheNames = "prices", allEntries = true)
		@ReadFromReplica
		void evictAll() {
			run("evict");
		}

		@Cacheable(cacheNames = "prices", key = "'future'")
		@ReadFromReplica(maxStaleness = "3s")
		CompletableFuture<String> future() {
			return CompletableFuture.completedFuture(run("future"));
		}

		@Cacheable(cacheNames = "prices", key = "'future'", sync = true)
		@ReadFromReplica(maxStaleness = "3s")
		CompletableFuture<String> synchronizedFuture() {
			return CompletableFuture.completedFuture(run("future"));
		}

		@Cacheable(cacheNames = "prices", key = "'mono'")
		@ReadFromReplica(maxStaleness = "3s")
		Mono<String> mono() {
			return Mono.just(run("mono"));
		}

		@Cacheable(cacheNames = "lists", key = "'flux'")
		@ReadFromReplica(maxStaleness = "3s")
		Flux<String> flux() {
			return Flux.just(run("flux"));
		}

	}

	@ReadFromPrimary
	static class StrictPrices {

		@Cacheable(cacheNames = "prices", key = "'class'")
		String cached() {
			return run("class");
		}

		@Cacheable(cacheNames = "prices", key = "'method'")
		@ReadFromReplica(maxStaleness = "3s")
		String cachedWithin() {
			return run("method");
		}

		String uncached() {
			return run("uncached");
		}

	}

	static class Shop {

		private final StrictPrices strict;

		private final Prices prices;

		Shop(StrictPrices strict, Prices prices) {
			this.strict = strict;
			this.prices = prices;
		}

		@Cacheable(cacheNames = "prices", key = "'around'")
		String cachedAroundPrimary() {
			return this.strict.uncached();
		}

		@ReadFromPrimary
		String primaryAroundCached() {
			return this.prices.plain();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Caches {

		@Bean
		static CacheWriterReplacer cacheWriterReplacer() {
			return new CacheWriterReplacer(() -> CacheOptions.DEFAULTS.withRequirements((name) -> switch (name) {
				case "loose" -> ReadRequirement.anyReplica();
				case "stock" -> ReadRequirement.primary();
				default -> ReadRequirement.consistent();
			}));
		}

		@Bean
		RedisCacheManager cacheManager(RecordingWriter redis) {
			return RedisCacheManager.builder(redis)
				.cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
					.serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string())))
				.withCacheConfiguration("lists", RedisCacheConfiguration.defaultCacheConfig())
				.build();
		}

		@Bean
		static ReadRequirementPostProcessor scopes() {
			ReadRequirementPostProcessor scopes = new ReadRequirementPostProcessor();
			scopes.setProxyTargetClass(true);
			return scopes;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class CachingLast extends Caches {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true, order = Ordered.HIGHEST_PRECEDENCE)
	static class CachingFirst extends Caches {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true, order = Ordered.LOWEST_PRECEDENCE - 1)
	static class ScopesFirst extends Caches {

	}

}
