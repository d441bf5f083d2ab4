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

package io.lagwise.interceptor;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the scope stands among the interceptors of Spring: inside {@code @Async}, outside
 * all others.
 */
@ParameterizedClass(name = "proxyTargetClass = {0}")
@ValueSource(booleans = { true, false })
class ReadRequirementOrderTests {

	private static final List<String> events = new CopyOnWriteArrayList<>();

	@Parameter
	boolean proxyTargetClass;

	@BeforeEach
	void forgetEvents() {
		events.clear();
	}

	@AfterEach
	void noScopeIsLeftOpen() {
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	private void withStock(Consumer<Stock> test, Class<?>... configurations) {
		contextRunner(configurations).run((context) -> {
			Stock stock = context.getBean(Stock.class);
			assertThat(AopUtils.isCglibProxy(stock)).isEqualTo(this.proxyTargetClass);
			test.accept(stock);
		});
	}

	private ApplicationContextRunner contextRunner(Class<?>... configurations) {
		return new ApplicationContextRunner().withInitializer(this::configureProxies)
			.withUserConfiguration(configurations)
			.withUserConfiguration(ScopeConfig.class)
			.withBean(Stock.class, DefaultStock::new);
	}

	private void configureProxies(ConfigurableApplicationContext context) {
		if (this.proxyTargetClass) {
			BeanDefinitionRegistry registry = (BeanDefinitionRegistry) context;
			AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
			AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
		}
	}

	private static void record(String event) {
		String worker = Thread.currentThread().getName().startsWith("worker") ? ", worker thread" : "";
		events.add(event + ": " + RoutingContext.currentRequirement() + (event.equals("method") ? worker : ""));
	}

	@Nested
	class WithCache {

		@Test
		void lookUpIsCovered() {
			withStock((stock) -> {
				stock.cached();
				assertThat(events).containsExactly("look-up: primary", "method: primary", "put: primary");
			}, CacheConfig.class);
		}

		@Test
		void hitIsCovered() {
			withStock((stock) -> {
				stock.cached();
				events.clear();
				stock.cached();
				assertThat(events).containsExactly("look-up: primary");
			}, CacheConfig.class);
		}

		@Test
		void lookUpIsCoveredByAnnotationOnTheClass() {
			withStock((stock) -> {
				stock.cachedByClass();
				assertThat(events).containsExactly("look-up: any-replica", "method: any-replica", "put: any-replica");
			}, CacheConfig.class);
		}

		@Test
		void lookUpIsCoveredByAnnotationOnTheCaller() {
			contextRunner(CacheConfig.class).withBean(Warehouse.class).run((context) -> {
				context.getBean(Warehouse.class).readCached();
				assertThat(events).containsExactly("look-up: primary", "method: primary", "put: primary");
			});
		}

		@Test
		void lookUpIsNotCoveredByAnnotationOnTheLoader() {
			contextRunner(CacheConfig.class).withBean(CachedWarehouse.class).run((context) -> {
				context.getBean(CachedWarehouse.class).readThroughCache();
				assertThat(events).containsExactly("look-up: null", "method: primary", "put: null");
			});
		}

		@Test
		void lookUpIsCoveredWhenCachingAsksForTheHighestPrecedence() {
			withStock((stock) -> {
				stock.cached();
				assertThat(events).containsExactly("look-up: primary", "method: primary", "put: primary");
			}, HighestPrecedenceCacheConfig.class);
		}

	}

	@Nested
	class WithTransaction {

		@Test
		void wholeTransactionIsCovered() {
			withStock((stock) -> {
				stock.transactional();
				assertThat(events).containsExactly("begin: primary", "method: primary", "commit: primary");
			}, TransactionConfig.class);
		}

	}

	@Nested
	class WithAsync {

		@Test
		void methodIsCoveredOnTheThreadThatRunsIt() {
			withStock((stock) -> {
				stock.asynchronous().join();
				assertThat(events).containsExactly("submit: null", "method: primary, worker thread");
			}, AsyncConfig.class);
		}

		@ParameterizedTest
		@ValueSource(classes = { EarlyAsyncConfig.class, LateAsyncConfig.class })
		void methodIsCoveredWhateverTheOrderOfAsync(Class<?> config) {
			withStock((stock) -> {
				stock.asynchronous().join();
				assertThat(events).containsExactly("submit: null", "method: primary, worker thread");
			}, config);
		}

		@Test
		void scopeOfTheCallerStaysOnItsThread() {
			withStock((stock) -> {
				RoutingContext.call(ReadRequirement.primary(), stock::asynchronousFromReplica).join();
				assertThat(events).containsExactly("submit: primary", "method: any-replica, worker thread");
			}, AsyncConfig.class);
		}

	}

	@Nested
	class WithAll {

		@Test
		void scopeStandsInsideAsyncAndOutsideCacheAndTransaction() {
			withStock((stock) -> {
				stock.everything().join();
				assertThat(events).containsExactly("submit: null", "begin: primary", "look-up: primary",
						"method: primary, worker thread", "put: primary", "commit: primary");
			}, AsyncConfig.class, TransactionConfig.class, CacheConfig.class);
		}

		@Test
		void orderOfConfigurationsDoesNotMatter() {
			withStock((stock) -> {
				stock.everything().join();
				assertThat(events).containsExactly("submit: null", "begin: primary", "look-up: primary",
						"method: primary, worker thread", "put: primary", "commit: primary");
			}, ScopeConfig.class, TransactionConfig.class, CacheConfig.class, AsyncConfig.class);
		}

		@Test
		void oneProxyServesAll() {
			withStock((stock) -> assertThat(AopUtils.getTargetClass(stock)).isSameAs(DefaultStock.class),
					AsyncConfig.class, TransactionConfig.class, CacheConfig.class);
		}

	}

	interface Stock {

		String cached();

		String cachedByClass();

		String load();

		void transactional();

		CompletableFuture<Void> asynchronous();

		CompletableFuture<Void> asynchronousFromReplica();

		CompletableFuture<String> everything();

	}

	@ReadFromReplica
	static class DefaultStock implements Stock {

		@Override
		@Cacheable("stock")
		@ReadFromPrimary
		public String cached() {
			return load();
		}

		@Override
		@Cacheable("stock")
		public String cachedByClass() {
			return load();
		}

		@Override
		@ReadFromPrimary
		public String load() {
			record("method");
			return "7";
		}

		@Override
		@Transactional
		@ReadFromPrimary
		public void transactional() {
			record("method");
		}

		@Override
		@Async
		@ReadFromPrimary
		public CompletableFuture<Void> asynchronous() {
			record("method");
			return CompletableFuture.completedFuture(null);
		}

		@Override
		@Async
		public CompletableFuture<Void> asynchronousFromReplica() {
			record("method");
			return CompletableFuture.completedFuture(null);
		}

		@Override
		@Async
		@Transactional
		@Cacheable("stock")
		@ReadFromPrimary
		public CompletableFuture<String> everything() {
			record("method");
			return CompletableFuture.completedFuture("7");
		}

	}

	static class Warehouse {

		private final Shelf shelf;

		Warehouse(Shelf shelf) {
			this.shelf = shelf;
		}

		@ReadFromPrimary
		String readCached() {
			return this.shelf.cached();
		}

	}

	static class CachedWarehouse {

		private final Stock stock;

		CachedWarehouse(Stock stock) {
			this.stock = stock;
		}

		@Cacheable("stock")
		String readThroughCache() {
			return this.stock.load();
		}

	}

	static class Shelf {

		@Cacheable("stock")
		String cached() {
			record("method");
			return "7";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopeConfig {

		@Bean
		static ReadRequirementPostProcessor readRequirementPostProcessor() {
			return new ReadRequirementPostProcessor();
		}

	}

	static class CacheBeans {

		@Bean
		Shelf shelf() {
			return new Shelf();
		}

		@Bean
		SimpleCacheManager cacheManager() {
			SimpleCacheManager cacheManager = new SimpleCacheManager();
			cacheManager.setCaches(List.of(new RecordingCache()));
			return cacheManager;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching
	static class CacheConfig extends CacheBeans {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(order = Ordered.HIGHEST_PRECEDENCE)
	static class HighestPrecedenceCacheConfig extends CacheBeans {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = 0)
	static class TransactionConfig {

		@Bean
		RecordingTransactionManager transactionManager() {
			return new RecordingTransactionManager();
		}

	}

	static class AsyncBeans {

		@Bean
		SimpleAsyncTaskExecutor taskExecutor() {
			return new RecordingTaskExecutor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncConfig extends AsyncBeans {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(order = Ordered.HIGHEST_PRECEDENCE + 2)
	static class EarlyAsyncConfig extends AsyncBeans {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(order = 0)
	static class LateAsyncConfig extends AsyncBeans {

	}

	@SuppressWarnings("serial")
	static class RecordingTaskExecutor extends SimpleAsyncTaskExecutor {

		RecordingTaskExecutor() {
			super("worker-");
		}

		@Override
		public void execute(Runnable task) {
			record("submit");
			super.execute(task);
		}

	}

	static class RecordingCache extends ConcurrentMapCache {

		RecordingCache() {
			super("stock");
		}

		@Override
		protected Object lookup(Object key) {
			record("look-up");
			return super.lookup(key);
		}

		@Override
		public void put(Object key, Object value) {
			record("put");
			super.put(key, value);
		}

	}

	@SuppressWarnings("serial")
	static class RecordingTransactionManager extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			record("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			record("commit");
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			record("rollback");
		}

	}

}
