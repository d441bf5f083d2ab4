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
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Which beans become proxies, and what happens around their methods.
 */
class ReadRequirementPostProcessorTests {

	private static final ReadRequirement PRIMARY = ReadRequirement.primary();

	private static final ReadRequirement REPLICA = ReadRequirement.anyReplica();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withBean(ReadRequirementPostProcessor.class);

	@AfterEach
	void noScopeIsLeftOpen() {
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Nested
	class Proxies {

		@Test
		void beanWithoutAnnotationIsNotProxied() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(Unannotated.class)
				.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(Unannotated.class))).isFalse());
		}

		@Test
		void beanWithAnnotationIsProxiedOnce() {
			ReadRequirementPostProcessorTests.this.contextRunner.withUserConfiguration(ClassProxyingConfig.class)
				.withBean(Catalog.class)
				.run((context) -> {
					Catalog catalog = context.getBean(Catalog.class);
					assertThat(AopUtils.isCglibProxy(catalog)).isTrue();
					assertThat(AopUtils.getTargetClass(catalog)).isSameAs(Catalog.class);
				});
		}

		@Test
		void classIsProxiedWhenProxyTargetClassIsSet() {
			new ApplicationContextRunner().withBean(ReadRequirementPostProcessor.class, () -> postProcessor(true))
				.withBean(Shelf.class, DefaultShelf::new)
				.run((context) -> assertThat(context.getBean(Shelf.class)).isInstanceOf(DefaultShelf.class));
		}

		@Test
		void interfaceIsProxiedWhenProxyTargetClassIsNotSet() {
			new ApplicationContextRunner().withBean(ReadRequirementPostProcessor.class, () -> postProcessor(false))
				.withBean(Shelf.class, DefaultShelf::new)
				.run((context) -> assertThat(context.getBean(Shelf.class)).isInstanceOf(Proxy.class));
		}

		@Test
		void proxiesFollowTheDefaultOfTheContext() {
			ReadRequirementPostProcessorTests.this.contextRunner.withUserConfiguration(ClassProxyingConfig.class)
				.withBean(Shelf.class, DefaultShelf::new)
				.run((context) -> assertThat(context.getBean(Shelf.class)).isInstanceOf(DefaultShelf.class));
		}

		@Test
		void finalClassWithoutInterfaceStopsTheStart() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(FinalCatalog.class)
				.run((context) -> assertThat(context).hasFailed()
					.getFailure()
					.hasRootCauseInstanceOf(IllegalArgumentException.class)
					.hasCauseInstanceOf(AopConfigException.class)
					.hasMessageContaining("Could not generate CGLIB subclass of " + FinalCatalog.class));
		}

		@Test
		void finalClassWithInterfaceIsProxiedThroughIt() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(Shelf.class, FinalShelf::new)
				.run((context) -> assertThat(context.getBean(Shelf.class).read()).isSameAs(PRIMARY));
		}

		@Test
		void objectOfFactoryBeanIsProxied() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(CatalogFactoryBean.class)
				.run((context) -> assertThat(context.getBean(Catalog.class).read()).isSameAs(PRIMARY));
		}

		@Test
		void plainJdkProxyOfFactoryBeanIsProxied() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(ShelfFactoryBean.class)
				.run((context) -> assertThat(context.getBean(Shelf.class).read()).isSameAs(PRIMARY));
		}

		@Test
		void scopedBeanIsProxied() {
			ReadRequirementPostProcessorTests.this.contextRunner.withUserConfiguration(ScopedConfig.class)
				.run((context) -> assertThat(context.getBean(Catalog.class).read()).isSameAs(PRIMARY));
		}

		@Test
		void subclassesAreToldApartThoughTheyInheritTheSameMethod() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(FirstCatalog.class)
				.withBean(SecondCatalog.class)
				.run((context) -> {
					assertThat(context.getBean(FirstCatalog.class).read()).isSameAs(PRIMARY);
					assertThat(context.getBean(SecondCatalog.class).read()).isSameAs(REPLICA);
				});
		}

		private ReadRequirementPostProcessor postProcessor(boolean proxyTargetClass) {
			ReadRequirementPostProcessor postProcessor = new ReadRequirementPostProcessor();
			postProcessor.setProxyTargetClass(proxyTargetClass);
			return postProcessor;
		}

	}

	@Nested
	class Scopes {

		@Test
		void scopeEndsWithTheMethod() {
			withCatalog((catalog) -> {
				assertThat(catalog.read()).isSameAs(PRIMARY);
				assertThat(RoutingContext.currentRequirement()).isNull();
			});
		}

		@Test
		void scopeEndsWithAnException() {
			withCatalog((catalog) -> {
				assertThatIllegalStateException().isThrownBy(catalog::fail).withMessage("primary");
				assertThat(RoutingContext.currentRequirement()).isNull();
			});
		}

		@Test
		void checkedExceptionReachesTheCaller() {
			withCatalog((catalog) -> {
				assertThatExceptionOfType(IOException.class).isThrownBy(catalog::failChecked).withMessage("primary");
				assertThat(RoutingContext.currentRequirement()).isNull();
			});
		}

		@Test
		void selfInvocationIsNotIntercepted() {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(SelfInvoking.class)
				.run((context) -> assertThat(context.getBean(SelfInvoking.class).readThroughThis()).isNull());
		}

		@Test
		void scopeDoesNotReachIntoReturnedFuture() {
			withCatalog((catalog) -> {
				CompletableFuture<Void> trigger = new CompletableFuture<>();
				CompletableFuture<ReadRequirement> read = catalog.readAfter(trigger);
				trigger.complete(null);
				assertThat(read).isCompletedWithValue(null);
			});
		}

		@Test
		void scopeDoesNotReachIntoReturnedPublisher() {
			withCatalog((catalog) -> assertThat(catalog.readWhenSubscribed().blockOptional()).isEmpty());
		}

		private void withCatalog(Consumer<Catalog> test) {
			ReadRequirementPostProcessorTests.this.contextRunner.withBean(Catalog.class)
				.run((context) -> test.accept(context.getBean(Catalog.class)));
		}

	}

	@Nested
	class NestedCalls {

		private final ApplicationContextRunner contextRunner = ReadRequirementPostProcessorTests.this.contextRunner
			.withBean(Catalog.class)
			.withBean(Prices.class)
			.withBean(Page.class);

		@Test
		void calledMethodTightensWhatItsCallerAskedFor() {
			this.contextRunner.run((context) -> assertThat(context.getBean(Page.class).readReplicaThenPrimary())
				.containsExactly(REPLICA, PRIMARY, REPLICA));
		}

		@Test
		void calledMethodDoesNotLoosenWhatItsCallerAskedFor() {
			this.contextRunner.run((context) -> assertThat(context.getBean(Page.class).readPrimaryThenReplica())
				.containsExactly(PRIMARY, PRIMARY, PRIMARY));
		}

		@Test
		void methodDoesNotLoosenScopeOpenedInCode() {
			this.contextRunner.run((context) -> {
				ReadRequirement requirement = RoutingContext.call(PRIMARY,
						() -> context.getBean(Prices.class).readReplica());
				assertThat(requirement).isSameAs(PRIMARY);
			});
		}

		@Test
		void methodWithoutAnnotationKeepsTheScopeOfItsCaller() {
			this.contextRunner.run((context) -> {
				ReadRequirement requirement = RoutingContext.call(REPLICA, () -> context.getBean(Prices.class).read());
				assertThat(requirement).isSameAs(REPLICA);
			});
		}

	}

	static class Unannotated {

		ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

	}

	@ReadFromPrimary
	static class Catalog {

		ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

		void fail() {
			throw new IllegalStateException(String.valueOf(RoutingContext.currentRequirement()));
		}

		void failChecked() throws IOException {
			throw new IOException(String.valueOf(RoutingContext.currentRequirement()));
		}

		CompletableFuture<ReadRequirement> readAfter(CompletableFuture<Void> trigger) {
			return trigger.thenApply((ignored) -> RoutingContext.currentRequirement());
		}

		Mono<ReadRequirement> readWhenSubscribed() {
			return Mono.fromSupplier(RoutingContext::currentRequirement);
		}

	}

	static class SelfInvoking {

		ReadRequirement readThroughThis() {
			return read();
		}

		@ReadFromPrimary
		ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

	}

	static class Prices {

		ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

		@ReadFromReplica
		ReadRequirement readReplica() {
			return RoutingContext.currentRequirement();
		}

	}

	static class Page {

		private final Catalog catalog;

		private final Prices prices;

		Page(Catalog catalog, Prices prices) {
			this.catalog = catalog;
			this.prices = prices;
		}

		@ReadFromReplica
		List<ReadRequirement> readReplicaThenPrimary() {
			List<ReadRequirement> requirements = new ArrayList<>();
			requirements.add(RoutingContext.currentRequirement());
			requirements.add(this.catalog.read());
			requirements.add(RoutingContext.currentRequirement());
			return requirements;
		}

		@ReadFromPrimary
		List<ReadRequirement> readPrimaryThenReplica() {
			List<ReadRequirement> requirements = new ArrayList<>();
			requirements.add(RoutingContext.currentRequirement());
			requirements.add(this.prices.readReplica());
			requirements.add(RoutingContext.currentRequirement());
			return requirements;
		}

	}

	interface Shelf {

		@ReadFromPrimary
		ReadRequirement read();

	}

	static class DefaultShelf implements Shelf {

		@Override
		public ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

	}

	static final class FinalShelf implements Shelf {

		@Override
		public ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

	}

	static class FirstCatalog extends Catalog {

	}

	@ReadFromReplica
	static class SecondCatalog extends Catalog {

	}

	@ReadFromPrimary
	static final class FinalCatalog {

		void read() {
		}

	}

	static class CatalogFactoryBean implements FactoryBean<Catalog> {

		@Override
		public Catalog getObject() {
			return new Catalog();
		}

		@Override
		public Class<?> getObjectType() {
			return Catalog.class;
		}

	}

	static class ShelfFactoryBean implements FactoryBean<Shelf> {

		@Override
		public Shelf getObject() {
			return (Shelf) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Shelf.class },
					(proxy, method, args) -> RoutingContext.currentRequirement());
		}

		@Override
		public Class<?> getObjectType() {
			return Shelf.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableCaching(proxyTargetClass = true)
	static class ClassProxyingConfig {

		@Bean
		NoOpCacheManager cacheManager() {
			return new NoOpCacheManager();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScopedConfig {

		@Bean
		@Scope(scopeName = "prototype", proxyMode = ScopedProxyMode.TARGET_CLASS)
		Catalog catalog() {
			return new Catalog();
		}

	}

}
