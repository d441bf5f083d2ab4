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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.scheduling.annotation.Async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What is said of annotations that cannot be kept, or not to the end.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnkeptAnnotationTests {

	@Test
	void aBoundWithoutAUnitThatIsTooStrictSaysInWhichUnitItWasRead() {
		assertThatException().isThrownBy(() -> start(true, WithoutUnit.class))
			.havingRootCause()
			.isInstanceOf(InvalidAnnotationException.class)
			.withMessageContaining("with value '5' (5 ms, since it has no unit) is less than");
	}

	private static AnnotationConfigApplicationContext start(boolean proxyTargetClass, Class<?> bean) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		ReadRequirementPostProcessor reads = new ReadRequirementPostProcessor();
		reads.setProxyTargetClass(proxyTargetClass);
		WriteRequirementPostProcessor writes = new WriteRequirementPostProcessor();
		writes.setProxyTargetClass(proxyTargetClass);
		context.registerBean(ReadRequirementPostProcessor.class, () -> reads);
		context.registerBean(WriteRequirementPostProcessor.class, () -> writes);
		context.register(bean);
		context.refresh();
		return context;
	}

	@Nested
	class OfMethodsThatGoOn {

		@ParameterizedTest
		@CsvSource({ "ReturnsFuture, CompletableFuture", "ReturnsStage, CompletionStage", "ReturnsPlainFuture, Future",
				"ReturnsMono, Mono", "ReturnsFlux, Flux", "ReturnsPublisher, Publisher", "Implements, Mono" })
		void areToldOnceWithTheWayOut(String bean, String type, CapturedOutput output) throws Exception {
			Class<?> beanType = Class.forName(UnkeptAnnotationTests.class.getName() + "$" + bean);
			start(true, beanType).close();
			assertThat(output)
				.containsOnlyOnce("covers method read() of " + beanType.getName() + ", which returns a " + type
						+ ": that holds for the reads that it makes itself until it returns or suspends")
				.contains("lagwise.reads.default-requirement");
		}

		@Test
		void whatTheMethodReadsItselfIsReadAsItAsks() {
			try (AnnotationConfigApplicationContext context = start(true, ReturnsFuture.class)) {
				assertThat(context.getBean(ReturnsFuture.class).read()).isCompletedWithValue(ReadRequirement.primary());
			}
		}

		@ParameterizedTest
		@ValueSource(classes = { Asynchronous.class, AsynchronousClass.class, Cached.class, Blocking.class,
				Unannotated.class })
		void thatHoldToTheEndAreNotMentioned(Class<?> bean, CapturedOutput output) {
			start(true, bean).close();
			assertThat(output).doesNotContain("WARN");
		}

	}

	@Nested
	class OfMethodsThatNoProxySees {

		@ParameterizedTest
		@CsvSource({ "PrivateMethod, ReadFromPrimary, private", "StaticMethod, ConsistentRead, static",
				"FinalMethod, ReadFromReplica, final", "PrivateWrite, WaitForReplicas, private",
				"FinalWrite, WaitForReplicas, final" })
		void stopTheStart(String bean, String annotation, String modifier) throws Exception {
			Class<?> beanType = Class.forName(UnkeptAnnotationTests.class.getName() + "$" + bean);
			assertThatException().isThrownBy(() -> start(true, beanType))
				.havingRootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.withMessage("@" + annotation + " on method hidden() of " + beanType.getName() + ", which is "
						+ modifier + ", would have no effect: no proxy sees its calls");
		}

		@Test
		void areFineInAFinalMethodOfAnInterfaceWhereProxiesAreOfInterfaces() {
			try (AnnotationConfigApplicationContext context = start(false, FinalOfInterface.class)) {
				assertThat(context.getBean(Reads.class).requirement()).isEqualTo(ReadRequirement.primary());
			}
		}

		@Test
		void stopTheStartOfAFinalClass() {
			assertThatException().isThrownBy(() -> start(true, FinalClass.class))
				.havingRootCause()
				.isInstanceOf(InvalidAnnotationException.class)
				.withMessageContaining("covers methods of class " + FinalClass.class.getName() + ", which is final");
			start(false, FinalOfInterface.class).close();
		}

		@Test
		void doNotMatterWhereTheyHaveNoAnnotationThemselves() {
			start(true, WithHelpers.class).close();
		}

	}

	@ReadFromPrimary
	static class ReturnsFuture {

		CompletableFuture<ReadRequirement> read() {
			return CompletableFuture.completedFuture(RoutingContext.currentRequirement());
		}

	}

	static class ReturnsStage {

		@ConsistentRead
		CompletionStage<String> read() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class ReturnsPlainFuture {

		@ReadFromReplica
		Future<String> read() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class ReturnsMono {

		@ConsistentRead
		Mono<String> read() {
			return Mono.empty();
		}

	}

	static class ReturnsFlux {

		@ConsistentRead
		Flux<String> read() {
			return Flux.empty();
		}

	}

	static class ReturnsPublisher {

		@ReadFromPrimary
		Publisher<String> read() {
			return Flux.empty();
		}

	}

	interface Reactive<T> {

		@ReadFromPrimary
		T read();

	}

	static class Implements implements Reactive<Mono<String>> {

		@Override
		public Mono<String> read() {
			return Mono.empty();
		}

	}

	static class Asynchronous {

		@Async
		@ReadFromPrimary
		CompletableFuture<String> read() {
			return CompletableFuture.completedFuture("");
		}

	}

	@Async
	static class AsynchronousClass {

		@ReadFromPrimary
		CompletableFuture<String> read() {
			return CompletableFuture.completedFuture("");
		}

	}

	static class Cached {

		@Cacheable("prices")
		@ReadFromPrimary
		Mono<String> read() {
			return Mono.empty();
		}

	}

	static class Blocking {

		@ReadFromPrimary
		String read() {
			return "";
		}

	}

	static class Unannotated {

		@ReadFromPrimary
		String read() {
			return "";
		}

		Mono<String> other() {
			return Mono.empty();
		}

	}

	static class WithoutUnit {

		@ReadFromReplica(maxStaleness = "5")
		String read() {
			return "";
		}

	}

	static class PrivateMethod {

		void read() {
			hidden();
		}

		@ReadFromPrimary
		private void hidden() {
		}

	}

	static class StaticMethod {

		@ConsistentRead
		static void hidden() {
		}

	}

	static class FinalMethod {

		@ReadFromReplica
		final void hidden() {
		}

	}

	static class PrivateWrite {

		void write() {
			hidden();
		}

		@WaitForReplicas
		private void hidden() {
		}

	}

	static class FinalWrite {

		@WaitForReplicas
		final void hidden() {
		}

	}

	interface Reads {

		ReadRequirement requirement();

	}

	static final class FinalOfInterface implements Reads {

		@Override
		@ReadFromPrimary
		public ReadRequirement requirement() {
			return RoutingContext.currentRequirement();
		}

	}

	@ReadFromPrimary
	static final class FinalClass {

		void read() {
		}

	}

	@ReadFromPrimary
	static class WithHelpers {

		static void begin() {
		}

		final void end() {
			help();
		}

		private void help() {
		}

	}

}
