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

package io.lagwise.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.cache.CacheOptions;
import io.lagwise.cache.ReplicaAwareCacheWriter;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.CallGuard;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.RedisCacheManagerBuilderCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.support.CompositeCacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.cache.transaction.TransactionAwareCacheManagerProxy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.cache.BatchStrategies;
import org.springframework.data.redis.cache.CacheStatistics;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Which caches get a writer of Lagwise, and what the properties make of it. No Redis is
 * needed: connections are opened when they are used.
 */
@ExtendWith(OutputCaptureExtension.class)
class CacheConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				CacheAutoConfiguration.class))
		.withUserConfiguration(Caching.class)
		.withPropertyValues("spring.cache.type=redis", "spring.data.redis.masterreplica.nodes=127.0.0.1:1,127.0.0.1:2",
				"spring.data.redis.timeout=100ms");

	private static ReplicaAwareCacheWriter writer(CacheManager cacheManager, String cacheName) {
		RedisCacheWriter writer = cache(cacheManager, cacheName).getNativeCache();
		assertThat(writer).isInstanceOf(ReplicaAwareCacheWriter.class);
		return (ReplicaAwareCacheWriter) writer;
	}

	private static RedisCache cache(CacheManager cacheManager, String cacheName) {
		Cache cache = cacheManager.getCache(cacheName);
		while (cache instanceof TransactionAwareCacheDecorator decorator) {
			cache = decorator.getTargetCache();
		}
		return (RedisCache) cache;
	}

	private static ReadRequirement requirement(CacheManager cacheManager, String cacheName) {
		return writer(cacheManager, cacheName).getOptions().requirements().of(cacheName);
	}

	@Test
	void theCacheManagerOfSpringBootReadsConsistently() {
		this.contextRunner.run((context) -> {
			CacheManager cacheManager = context.getBean(CacheManager.class);
			assertThat(requirement(cacheManager, "prices")).hasToString("consistent");
			assertThat(requirement(cacheManager, "prices").rechecksMisses()).isTrue();
			assertThat(writer(cacheManager, "prices").getOptions().outageGuard()).isNull();
		});
	}

	@Test
	void propertiesSayWhatEachCacheAsksFor() {
		this.contextRunner
			.withPropertyValues("lagwise.cache.read=any-replica", "lagwise.cache.max-staleness=5s",
					"lagwise.cache.recheck-miss=false", "lagwise.cache.caches.carts.read=consistent",
					"lagwise.cache.caches.stock.read=primary", "lagwise.cache.caches.[price-*].max-staleness=2s",
					"lagwise.cache.caches.[*].max-staleness=3s", "lagwise.cache.caches.[a.b].max-staleness=4s",
					"lagwise.cache.caches.productList.max-staleness=1s")
			.run((context) -> {
				CacheManager cacheManager = context.getBean(CacheManager.class);
				assertThat(requirement(cacheManager, "prices")).hasToString("any-replica within 3000 ms");
				assertThat(requirement(cacheManager, "prices").rechecksMisses()).isFalse();
				assertThat(requirement(cacheManager, "price-list")).hasToString("any-replica within 2000 ms");
				assertThat(requirement(cacheManager, "a.b")).hasToString("any-replica within 4000 ms");
				assertThat(requirement(cacheManager, "productList")).hasToString("any-replica within 1000 ms");
				assertThat(requirement(cacheManager, "carts")).hasToString("consistent within 5000 ms");
				assertThat(requirement(cacheManager, "stock").requiresPrimary()).isTrue();
			});
	}

	@Test
	void aWriterKeepsItsSettingsAndWritesAtOnce() {
		CacheStatisticsCollector statistics = CacheStatisticsCollector.create();
		this.contextRunner.withUserConfiguration(LockingManager.class)
			.withBean(CacheStatisticsCollector.class, () -> statistics)
			.run((context) -> {
				ReplicaAwareCacheWriter writer = writer(context.getBean(CacheManager.class), "prices");
				DirectFieldAccessor fields = new DirectFieldAccessor(
						new DirectFieldAccessor(writer).getPropertyValue("delegate"));
				assertThat(fields.getPropertyValue("asynchronousWrites")).isEqualTo(false);
				assertThat(fields.getPropertyValue("sleepTime")).isEqualTo(Duration.ofMillis(7));
				assertThat(((RedisCacheWriter.TtlFunction) fields.getPropertyValue("lockTtl")).getTimeToLive("", null))
					.isEqualTo(Duration.ofSeconds(9));
				assertThat(fields.getPropertyValue("statistics")).isSameAs(statistics);
				assertThat(fields.getPropertyValue("batchStrategy")).isEqualTo(BatchStrategies.scan(11));
			});
	}

	@Test
	void customizersAndConfigurationsOfTheApplicationStay() {
		this.contextRunner
			.withBean(RedisCacheManagerBuilderCustomizer.class,
					() -> (builder) -> builder.enableStatistics().transactionAware().disableCreateOnMissingCache())
			.withBean(RedisCacheConfiguration.class,
					() -> RedisCacheConfiguration.defaultCacheConfig().entryTtl(Duration.ofSeconds(9)))
			.withPropertyValues("spring.cache.cache-names=prices")
			.run((context) -> {
				CacheManager cacheManager = context.getBean(CacheManager.class);
				assertThat(cacheManager.getCache("prices")).isInstanceOf(TransactionAwareCacheDecorator.class);
				assertThat(writer(cacheManager, "prices")).isNotNull();
				assertThat(cache(cacheManager, "prices").getCacheConfiguration()
					.getTtlFunction()
					.getTimeToLive("key", "value")).isEqualTo(Duration.ofSeconds(9));
				assertThat(cacheManager.getCache("other")).isNull();
			});
	}

	@Test
	void severalCacheManagersShareWhatIsKnownOfTheirCaches() {
		this.contextRunner.withUserConfiguration(TwoManagers.class).run((context) -> {
			ReplicaAwareCacheWriter first = writer(context.getBean("first", CacheManager.class), "prices");
			ReplicaAwareCacheWriter second = writer(context.getBean("second", CacheManager.class), "prices");
			assertThat(first).isNotSameAs(second);
			assertThat(new DirectFieldAccessor(first).getPropertyValue("caches"))
				.isSameAs(new DirectFieldAccessor(second).getPropertyValue("caches"));
		});
	}

	@Test
	void cacheManagersInsideOthersAreFoundWithTheCachesThatTheyHaveAlready() {
		this.contextRunner.withUserConfiguration(HiddenManagers.class).run((context) -> {
			writer(context.getBean("composite", CacheManager.class), "prices");
			writer(context.getBean("proxy", CacheManager.class), "prices");
		});
	}

	@Test
	void aWriterThatTheApplicationHasMadeGetsThePropertiesUnlessItHasOptionsOfItsOwn() {
		this.contextRunner.withUserConfiguration(OwnWriters.class)
			.withPropertyValues("lagwise.cache.read=any-replica")
			.run((context) -> {
				assertThat(requirement(context.getBean("created", CacheManager.class), "prices"))
					.hasToString("any-replica");
				assertThat(requirement(context.getBean("configured", CacheManager.class), "prices"))
					.hasToString("primary");
			});
	}

	@Test
	void aWriterOfAnUnknownKindIsRoutedAndTheLogSaysWhatIsNotPromised(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(UnknownWriter.class).run((context) -> {
			assertThat(requirement(context.getBean(CacheManager.class), "prices")).hasToString("consistent");
			assertThat(output).contains("The cache manager 'unknown' uses a ")
				.contains("Build it around a ReplicaAwareCacheWriter");
		});
	}

	@Test
	void aWriterAroundOneOfLagwiseIsNoReasonToWarn(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(WrappingWriters.class)
			.withPropertyValues("lagwise.cache.read=primary")
			.run((context) -> {
				assertThat(requirement(context.getBean("created", CacheManager.class), "prices"))
					.hasToString("primary");
				assertThat(cache(context.getBean("configured", CacheManager.class), "prices").getNativeCache())
					.isInstanceOf(WrappingWriter.class);
				WrappingWriter aroundBean = (WrappingWriter) cache(context.getBean("aroundBean", CacheManager.class),
						"prices")
					.getNativeCache();
				assertThat(aroundBean.getOptions().requirements().of("prices")).hasToString("primary");
				assertThat(output).doesNotContain("The cache manager");
			});
	}

	@Test
	void aCacheManagerWhoseWriterStaysIsNamedInTheLogWithWhatToDo(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(ManagersThatKeepTheirWriters.class).run((context) -> {
			assertThat(cache(context.getBean("constant", CacheManager.class), "prices").getNativeCache())
				.isNotInstanceOf(ReplicaAwareCacheWriter.class);
			for (String name : List.of("constant", "different")) {
				assertThat(output).contains("The cache manager '" + name + "' cannot be given another writer")
					.contains("RedisCacheManager.builder(ReplicaAwareCacheWriter.create(connectionFactory))");
			}
		});
	}

	@Test
	void cachesOfAnotherRedisStayAsTheyAre() {
		this.contextRunner.withUserConfiguration(AnotherRedis.class)
			.run((context) -> assertThat(cache(context.getBean(CacheManager.class), "prices").getNativeCache())
				.isNotInstanceOf(ReplicaAwareCacheWriter.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "lagwise.enabled=false", "lagwise.cache.enabled=false" })
	void switchedOffCachesStayAsTheyAre(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(cache(context.getBean(CacheManager.class), "prices").getNativeCache())
				.isNotInstanceOf(ReplicaAwareCacheWriter.class));
	}

	@Test
	void withFailOpenTheBreakerIsInTheRegistryOfTheApplication() {
		this.contextRunner.withBean(CircuitBreakerRegistry.class, CircuitBreakerRegistry::ofDefaults)
			.withPropertyValues("lagwise.cache.fail-open=true")
			.run((context) -> {
				CallGuard guard = writer(context.getBean(CacheManager.class), "prices").getOptions().outageGuard();
				assertThat(guard).isNotNull();
				CircuitBreakerRegistry registry = context.getBean(CircuitBreakerRegistry.class);
				assertThat(registry.find("lagwise-cache")).isPresent();
				registry.circuitBreaker("lagwise-cache").transitionToOpenState();
				assertThat(guard.tryAcquire()).isFalse();
			});
	}

	@Test
	void failOpenWorksWithoutABreaker() {
		this.contextRunner.withPropertyValues("lagwise.cache.fail-open=true", "lagwise.circuit-breaker.enabled=false")
			.run((context) -> assertThat(
					writer(context.getBean(CacheManager.class), "prices").getOptions().outageGuard())
				.isSameAs(CallGuard.NONE));
		this.contextRunner.withPropertyValues("lagwise.cache.fail-open=true")
			.withClassLoader(new FilteredClassLoader("io.github.resilience4j"))
			.run((context) -> assertThat(
					writer(context.getBean(CacheManager.class), "prices").getOptions().outageGuard())
				.isSameAs(CallGuard.NONE));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class Caching {

	}

	@Configuration(proxyBeanMethods = false)
	static class LockingManager {

		@Bean
		RedisCacheManager locking(RedisConnectionFactory connectionFactory, CacheStatisticsCollector statistics) {
			return RedisCacheManager
				.builder(
						RedisCacheWriter.create(connectionFactory,
								(writer) -> writer.collectStatistics(statistics)
									.batchStrategy(BatchStrategies.scan(11))
									.enableLocking((lock) -> lock.sleepTime(Duration.ofMillis(7))
										.lockTimeout(RedisCacheWriter.TtlFunction.just(Duration.ofSeconds(9))))))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TwoManagers {

		@Bean
		RedisCacheManager first(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.create(connectionFactory);
		}

		@Bean(defaultCandidate = false)
		RedisCacheManager second(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.builder(connectionFactory).enableStatistics().build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class HiddenManagers {

		@Bean
		CompositeCacheManager composite(RedisConnectionFactory connectionFactory) {
			return new CompositeCacheManager(initialized(connectionFactory));
		}

		@Bean(defaultCandidate = false)
		TransactionAwareCacheManagerProxy proxy(RedisConnectionFactory connectionFactory) {
			return new TransactionAwareCacheManagerProxy(
					new CompositeCacheManager(mock(CacheManager.class), initialized(connectionFactory)));
		}

		private static RedisCacheManager initialized(RedisConnectionFactory connectionFactory) {
			RedisCacheManager cacheManager = RedisCacheManager.builder(connectionFactory)
				.initialCacheNames(Set.of("prices"))
				.transactionAware()
				.build();
			cacheManager.afterPropertiesSet();
			return cacheManager;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnWriters {

		@Bean
		RedisCacheManager created(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.builder(ReplicaAwareCacheWriter.create(connectionFactory)).build();
		}

		@Bean(defaultCandidate = false)
		RedisCacheManager configured(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.builder(ReplicaAwareCacheWriter.of(
					RedisCacheWriter.create(connectionFactory, (writer) -> writer.enableLocking()),
					CacheOptions.DEFAULTS.withRequirements((name) -> ReadRequirement.primary())))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnknownWriter {

		@Bean
		RedisCacheManager unknown() {
			return RedisCacheManager.builder(mock(RedisCacheWriter.class)).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AnotherRedis {

		@Bean
		RedisCacheManager elsewhere() {
			return RedisCacheManager.create(mock(RedisConnectionFactory.class));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class WrappingWriters {

		@Bean
		RedisCacheWriter writer(RedisConnectionFactory connectionFactory) {
			return ReplicaAwareCacheWriter.create(connectionFactory);
		}

		@Bean
		RedisCacheManager created(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.builder(new WrappingWriter(ReplicaAwareCacheWriter.create(connectionFactory)))
				.build();
		}

		@Bean(defaultCandidate = false)
		RedisCacheManager configured(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager
				.builder(new WrappingWriter(
						ReplicaAwareCacheWriter.of(RedisCacheWriter.nonLockingRedisCacheWriter(connectionFactory),
								CacheOptions.DEFAULTS.withRequirements((name) -> ReadRequirement.anyReplica()))))
				.build();
		}

		@Bean(defaultCandidate = false)
		RedisCacheManager aroundBean(RedisCacheWriter writer) {
			return RedisCacheManager.builder(new WrappingWriter((ReplicaAwareCacheWriter) writer)).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ManagersThatKeepTheirWriters {

		@Bean
		RedisCacheManager constant(RedisConnectionFactory connectionFactory) {
			return new ManagerWithAConstant(connectionFactory);
		}

		@Bean(defaultCandidate = false)
		RedisCacheManager different(RedisConnectionFactory connectionFactory) {
			return new ManagerWithADifferentField(connectionFactory);
		}

	}

	static class ManagerWithAConstant extends RedisCacheManager {

		@SuppressWarnings("unused")
		private static final RedisCacheWriter cacheWriter = mock(RedisCacheWriter.class);

		ManagerWithAConstant(RedisConnectionFactory connectionFactory) {
			super(RedisCacheWriter.nonLockingRedisCacheWriter(connectionFactory),
					RedisCacheConfiguration.defaultCacheConfig());
		}

	}

	static class ManagerWithADifferentField extends RedisCacheManager {

		@SuppressWarnings("unused")
		private final String cacheWriter = "different";

		ManagerWithADifferentField(RedisConnectionFactory connectionFactory) {
			super(RedisCacheWriter.nonLockingRedisCacheWriter(connectionFactory),
					RedisCacheConfiguration.defaultCacheConfig());
		}

	}

	/**
	 * What an application may have put around a writer.
	 */
	static class WrappingWriter implements RedisCacheWriter {

		private final RedisCacheWriter delegate;

		WrappingWriter(RedisCacheWriter delegate) {
			this.delegate = delegate;
		}

		CacheOptions getOptions() {
			return ((ReplicaAwareCacheWriter) this.delegate).getOptions();
		}

		@Override
		public byte @Nullable [] get(String name, byte[] key) {
			return this.delegate.get(name, key);
		}

		@Override
		public boolean supportsAsyncRetrieve() {
			return this.delegate.supportsAsyncRetrieve();
		}

		@Override
		public CompletableFuture<byte[]> retrieve(String name, byte[] key, @Nullable Duration ttl) {
			return this.delegate.retrieve(name, key, ttl);
		}

		@Override
		public void put(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
			this.delegate.put(name, key, value, ttl);
		}

		@Override
		public CompletableFuture<Void> store(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
			return this.delegate.store(name, key, value, ttl);
		}

		@Override
		public byte @Nullable [] putIfAbsent(String name, byte[] key, byte[] value, @Nullable Duration ttl) {
			return this.delegate.putIfAbsent(name, key, value, ttl);
		}

		@Override
		public void evict(String name, byte[] key) {
			this.delegate.evict(name, key);
		}

		@Override
		public void clear(String name, byte[] pattern) {
			this.delegate.clear(name, pattern);
		}

		@Override
		public void clearStatistics(String name) {
			this.delegate.clearStatistics(name);
		}

		@Override
		public RedisCacheWriter withStatisticsCollector(CacheStatisticsCollector cacheStatisticsCollector) {
			return new WrappingWriter(this.delegate.withStatisticsCollector(cacheStatisticsCollector));
		}

		@Override
		public CacheStatistics getCacheStatistics(String cacheName) {
			return this.delegate.getCacheStatistics(cacheName);
		}

	}

}
