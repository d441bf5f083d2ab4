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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.support.SimpleCacheManager;
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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What happens around the methods whose writes have to reach replicas, and when.
 */
class WriteRequirementPostProcessorTests {

	private final RecordedWrites writes = new RecordedWrites();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withBean(RecordedWrites.class, () -> this.writes)
		.withBean(WriteRequirementPostProcessor.class)
		.withBean(ReadRequirementPostProcessor.class)
		.withBean(Orders.class)
		.withBean(Desk.class);

	@AfterEach
	void noScopeIsLeftOpen() {
		assertThat(RoutingContext.currentWrites()).isNull();
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	private List<String> events() {
		return this.writes.events();
	}

	private String requirement() {
		return this.writes.requirement();
	}

	@Nested
	class Confirmations {

		@Test
		void writesAreConfirmedWhenTheMethodHasReturned() {
			withOrders((orders) -> {
				assertThat(orders.save("tea")).isEqualTo("saved tea");
				assertThat(events()).containsExactly("write", "confirm", "close");
			});
		}

		@Test
		void writesAreNotConfirmedWhenTheMethodFails() {
			withOrders((orders) -> {
				assertThatIllegalStateException().isThrownBy(orders::fail).withMessage("no tea");
				assertThat(events()).containsExactly("write", "close");
			});
		}

		@Test
		void checkedExceptionReachesTheCaller() {
			withOrders((orders) -> {
				assertThatExceptionOfType(IOException.class).isThrownBy(orders::failChecked).withMessage("no tea");
				assertThat(events()).containsExactly("write", "close");
			});
		}

		@Test
		void shortfallReachesTheCallerAndTheScopeIsClosed() {
			WriteRequirementPostProcessorTests.this.writes.failToConfirm(new IllegalStateException("1 of 2"));
			withOrders((orders) -> {
				assertThatIllegalStateException().isThrownBy(() -> orders.save("tea")).withMessage("1 of 2");
				assertThat(events()).containsExactly("write", "confirm", "close");
			});
		}

		@Test
		void methodThatWritesNothingWaitsForNothing() {
			withOrders((orders) -> {
				orders.look();
				assertThat(events()).isEmpty();
			});
		}

		@Test
		void selfInvocationIsNotIntercepted() {
			withOrders((orders) -> {
				orders.saveThroughThis();
				assertThat(events()).containsExactly("write outside");
			});
		}

		@Test
		void nestedMethodsShareTheWaitOfTheOutermost() {
			withDesk((desk) -> {
				desk.saveTwice();
				assertThat(events()).containsExactly("write", "write", "back at the desk", "confirm", "close");
				assertThat(requirement()).isEqualTo("2 PT0.5S FAIL");
			});
		}

		@Test
		void nestedMethodSharesTheWaitOfAScopeOpenedInCode() {
			withOrders((orders) -> {
				try (WriteScope scope = WriteScope.open(WriteRequirement.allReplicas())) {
					orders.save("tea");
					assertThat(events()).containsExactly("write");
					scope.confirm();
				}
				assertThat(events()).containsExactly("write", "confirm", "close");
				assertThat(requirement()).isEqualTo("ALL PT0.2S DEGRADE");
			});
		}

		@Test
		void nestedMethodThatFailsIsWaitedForWhereItsCallerGoesOn() {
			withDesk((desk) -> {
				desk.saveThoughAnotherFails();
				assertThat(events()).containsExactly("write", "write", "confirm", "close");
			});
		}

		@Test
		void requirementOfReadsIsKeptBesideIt() {
			withOrders((orders) -> {
				assertThat(orders.saveAndRead()).isSameAs(ReadRequirement.primary());
				assertThat(events()).containsExactly("write", "confirm", "close");
			});
		}

		@Test
		void oneProxyServesBothKinds() {
			withOrders((orders) -> assertThat(AopUtils.getTargetClass(orders)).isSameAs(Orders.class));
		}

		@Test
		void timeoutFollowsAPlaceholder() {
			WriteRequirementPostProcessorTests.this.contextRunner.withBean(Archive.class)
				.withPropertyValues("archive.timeout=PT3S")
				.run((context) -> {
					context.getBean(Archive.class).save();
					assertThat(requirement()).isEqualTo("ALL PT3S DEGRADE");
				});
		}

		private void withOrders(Consumer<Orders> test) {
			WriteRequirementPostProcessorTests.this.contextRunner
				.run((context) -> test.accept(context.getBean(Orders.class)));
		}

		private void withDesk(Consumer<Desk> test) {
			WriteRequirementPostProcessorTests.this.contextRunner
				.run((context) -> test.accept(context.getBean(Desk.class)));
		}

	}

	@Nested
	class AmongOtherInterceptors {

		@Test
		void replicasAreWaitedForWhenTheTransactionHasBeenCommitted() {
			withRegister((register) -> {
				register.saveInTransaction();
				assertThat(events()).containsExactly("begin", "write", "commit", "confirm", "close");
			}, TransactionConfig.class);
		}

		@Test
		void replicasAreNotWaitedForWhenTheTransactionIsRolledBack() {
			withRegister((register) -> {
				assertThatIllegalStateException().isThrownBy(register::failInTransaction);
				assertThat(events()).containsExactly("begin", "write", "rollback", "close");
			}, TransactionConfig.class);
		}

		@Test
		void replicasAreWaitedForWhenTheCacheHasBeenWritten() {
			withRegister((register) -> {
				register.saveInCache();
				assertThat(events()).containsExactly("method", "write", "confirm", "close");
			}, CacheConfig.class);
		}

		@Test
		void replicasAreWaitedForOnTheThreadThatWrites() {
			withRegister((register) -> {
				CompletableFuture<Void> done = new CompletableFuture<>();
				register.saveInBackground(done);
				done.orTimeout(30, TimeUnit.SECONDS).join();
			}, AsyncConfig.class);
			assertThat(events()).containsExactly("write on worker-1", "write", "confirm on worker-1", "close");
		}

		@Test
		void orderOfConfigurationsDoesNotMatter() {
			List<String> expected = List.of("begin", "method", "commit", "write", "confirm", "close");
			withRegister((register) -> register.saveInTransactionAndCache(), TransactionConfig.class,
					CacheConfig.class);
			assertThat(events()).containsExactlyElementsOf(expected);
			events().clear();
			withRegister((register) -> register.saveInTransactionAndCache(), CacheConfig.class,
					TransactionConfig.class);
			assertThat(events()).containsExactlyElementsOf(expected);
		}

		private void withRegister(Consumer<Register> test, Class<?>... configurations) {
			WriteRequirementPostProcessorTests.this.contextRunner.withUserConfiguration(configurations)
				.withBean(Register.class)
				.run((context) -> test.accept(context.getBean(Register.class)));
		}

	}

	@Nested
	class Refusals {

		@Test
		void beanWithAMistakeIsRefusedEachTime() {
			WriteRequirementPostProcessorTests.this.contextRunner
				.withBean(Mistaken.class, Mistaken::new, (definition) -> definition.setLazyInit(true))
				.run((context) -> {
					for (int i = 0; i < 2; i++) {
						assertThatExceptionOfType(Exception.class).isThrownBy(() -> context.getBean(Mistaken.class))
							.havingRootCause()
							.isInstanceOf(InvalidAnnotationException.class);
					}
				});
		}

		@Test
		void whatIsNotInterceptedIsNotRefused() {
			WriteRequirementPostProcessorTests.this.contextRunner.withBean(WithPrivateParts.class)
				.run((context) -> assertThat(context).hasNotFailed());
		}

	}

	static class Orders {

		private final RecordedWrites writes;

		Orders(RecordedWrites writes) {
			this.writes = writes;
		}

		@WaitForReplicas(replicas = 1, timeout = "200ms")
		String save(String order) {
			this.writes.write();
			return "saved " + order;
		}

		@WaitForReplicas
		void fail() {
			this.writes.write();
			throw new IllegalStateException("no tea");
		}

		@WaitForReplicas
		void failChecked() throws IOException {
			this.writes.write();
			throw new IOException("no tea");
		}

		@WaitForReplicas
		void look() {
		}

		@WaitForReplicas
		@ReadFromPrimary
		ReadRequirement saveAndRead() {
			this.writes.write();
			return RoutingContext.currentRequirement();
		}

		void saveThroughThis() {
			save("tea");
		}

	}

	static class Desk {

		private final Orders orders;

		private final RecordedWrites writes;

		Desk(Orders orders, RecordedWrites writes) {
			this.orders = orders;
			this.writes = writes;
		}

		@WaitForReplicas(replicas = 2, timeout = "500ms", onShortfall = OnShortfall.FAIL)
		void saveTwice() {
			this.writes.write();
			this.orders.save("tea");
			this.writes.note("back at the desk");
		}

		@WaitForReplicas
		void saveThoughAnotherFails() {
			this.writes.write();
			assertThatIllegalStateException().isThrownBy(this.orders::fail);
		}

	}

	static class Archive {

		private final RecordedWrites writes;

		Archive(RecordedWrites writes) {
			this.writes = writes;
		}

		@WaitForReplicas(timeout = "${archive.timeout}")
		void save() {
			this.writes.write();
		}

	}

	static class Register {

		private final RecordedWrites writes;

		Register(RecordedWrites writes) {
			this.writes = writes;
		}

		@Transactional
		@WaitForReplicas
		void saveInTransaction() {
			this.writes.write();
		}

		@Transactional
		@WaitForReplicas
		void failInTransaction() {
			this.writes.write();
			throw new IllegalStateException("no tea");
		}

		@CachePut("orders")
		@WaitForReplicas
		String saveInCache() {
			this.writes.note("method");
			return "tea";
		}

		@Transactional
		@CachePut("orders")
		@WaitForReplicas
		String saveInTransactionAndCache() {
			this.writes.note("method");
			return "tea";
		}

		@Async
		@WaitForReplicas
		void saveInBackground(CompletableFuture<Void> done) {
			this.writes.note("write on " + Thread.currentThread().getName());
			this.writes.write();
			done.complete(null);
		}

	}

	static class Mistaken {

		@WaitForReplicas(replicas = 0)
		void save() {
		}

	}

	@WaitForReplicas
	static class WithPrivateParts {

		void save() {
			saveLater().join();
			saveSometime();
		}

		private CompletableFuture<Void> saveLater() {
			return CompletableFuture.runAsync(() -> {
			});
		}

		static CompletableFuture<Void> saveSometime() {
			return CompletableFuture.completedFuture(null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(order = Ordered.HIGHEST_PRECEDENCE)
	static class CacheConfig {

		@Bean
		SimpleCacheManager cacheManager(RecordedWrites writes) {
			SimpleCacheManager cacheManager = new SimpleCacheManager();
			cacheManager.setCaches(List.of(new ConcurrentMapCache("orders") {

				@Override
				public void put(Object key, Object value) {
					writes.write();
					super.put(key, value);
				}

			}));
			return cacheManager;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement(order = 0)
	static class TransactionConfig {

		@Bean
		RecordingTransactionManager transactionManager(RecordedWrites writes) {
			return new RecordingTransactionManager(writes);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(order = Ordered.HIGHEST_PRECEDENCE + 2)
	static class AsyncConfig {

		@Bean
		SimpleAsyncTaskExecutor taskExecutor() {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("worker-");
			executor.setTaskTerminationTimeout(Duration.ofSeconds(30).toMillis());
			return executor;
		}

	}

	@SuppressWarnings("serial")
	static class RecordingTransactionManager extends AbstractPlatformTransactionManager {

		private final transient RecordedWrites writes;

		RecordingTransactionManager(RecordedWrites writes) {
			this.writes = writes;
		}

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
			this.writes.note("begin");
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			this.writes.note("commit");
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
			this.writes.note("rollback");
		}

	}

}
