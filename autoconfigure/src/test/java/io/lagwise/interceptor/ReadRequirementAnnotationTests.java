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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.time.Duration;

import io.lagwise.annotation.ConsistentRead;
import io.lagwise.annotation.Fallback;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.ReadFromReplica;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.annotation.AliasFor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where annotations can stand and which of them counts, through both kinds of proxies.
 */
@ParameterizedClass(name = "{0} proxy")
@EnumSource
class ReadRequirementAnnotationTests {

	private static final ReadRequirement PRIMARY = ReadRequirement.primary();

	private static final ReadRequirement REPLICA = ReadRequirement.anyReplica();

	private static final ReadRequirement REPLICA_ONLY = ReadRequirement.anyReplica(Fallback.NONE);

	@Parameter
	ProxyType proxyType;

	private Reads proxy(Reads target) {
		return this.proxyType.proxy(target);
	}

	@Nested
	class OnMethods {

		@Test
		void primaryIsRequiredByAnnotatedMethod() {
			assertThat(proxy(new PrimaryMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void replicaIsAllowedByAnnotatedMethod() {
			assertThat(proxy(new ReplicaMethod()).read()).isSameAs(REPLICA);
		}

		@Test
		void fallbackOfAnnotationIsKept() {
			assertThat(proxy(new ReplicaOnlyMethod()).read()).isSameAs(REPLICA_ONLY);
		}

		@Test
		void methodWithoutAnnotationAsksForNothing() {
			assertThat(proxy(new PrimaryMethod()).readOther()).isNull();
		}

		@Test
		void strictestOfTwoAnnotationsOnOneMethodWins() {
			assertThat(proxy(new BothOnMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnInterfaceMethodCoversItsImplementation() {
			assertThat(proxy(new ImplementsPrimaryMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnSuperclassMethodCoversItsOverride() {
			assertThat(proxy(new OverridesWithoutAnnotation()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnSuperclassMethodCoversInheritedMethod() {
			assertThat(proxy(new InheritsMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnOverrideReplacesTheOneOnSuperclassMethod() {
			assertThat(proxy(new OverridesWithReplica()).read()).isSameAs(REPLICA);
		}

		@Test
		void annotationOnImplementationReplacesTheOneOnInterfaceMethod() {
			assertThat(proxy(new ImplementsWithReplica()).read()).isSameAs(REPLICA);
		}

		@Test
		void annotationOnSubinterfaceMethodReplacesTheOneOnItsSuperinterface() {
			assertThat(proxy(new ImplementsReplicaSubinterface()).read()).isSameAs(REPLICA);
		}

		@Test
		void strictestOfUnrelatedInterfacesWins() {
			assertThat(proxy(new ImplementsUnrelatedInterfaces()).read()).isSameAs(PRIMARY);
		}

		@Test
		void strictestOfSuperclassAndUnrelatedInterfaceWins() {
			assertThat(proxy(new ExtendsPrimaryImplementsReplica()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnInterfaceCoversMethodInheritedFromUnrelatedSuperclass() {
			assertThat(proxy(new InheritsImplementation()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnDefaultMethodCoversIt() {
			assertThat(proxy(new UsesDefaultMethod()).readDefault()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnGenericInterfaceMethodCoversItsImplementation() {
			GenericReads<String> reads = ReadRequirementAnnotationTests.this.proxyType.proxy(new ImplementsGeneric());
			assertThat(reads.read("key")).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnGenericInterfaceCoversMethodInheritedFromUnrelatedSuperclass() {
			GenericReads<String> reads = ReadRequirementAnnotationTests.this.proxyType
				.proxy(new InheritsGenericImplementation());
			assertThat(reads.read("key")).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnImplementationOfGenericMethodCoversIt() {
			GenericReads<String> reads = ReadRequirementAnnotationTests.this.proxyType
				.proxy(new ImplementsGenericWithReplica());
			assertThat(reads.read("key")).isSameAs(REPLICA);
		}

	}

	@Nested
	class OnTypes {

		@Test
		void annotationOnClassCoversItsMethods() {
			assertThat(proxy(new PrimaryClass()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnClassCoversInheritedMethods() {
			assertThat(proxy(new PrimarySubclassOfPlain()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnInterfaceCoversItsImplementations() {
			assertThat(proxy(new ImplementsPrimaryInterface()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnSuperclassCoversItsSubclasses() {
			assertThat(proxy(new PlainSubclassOfPrimary()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnClassReplacesTheOneOnItsSuperclass() {
			assertThat(proxy(new ReplicaSubclassOfPrimary()).read()).isSameAs(REPLICA);
		}

		@Test
		void annotationOnClassReplacesTheOneOnItsInterface() {
			assertThat(proxy(new ReplicaClassOfPrimaryInterface()).read()).isSameAs(REPLICA);
		}

		@Test
		void strictestOfTwoAnnotationsOnOneClassWins() {
			assertThat(proxy(new BothOnClass()).read()).isSameAs(PRIMARY);
		}

		@Test
		void strictestOfUnrelatedInterfacesWins() {
			assertThat(proxy(new ImplementsPrimaryAndReplicaInterfaces()).read()).isSameAs(PRIMARY);
		}

		@Test
		void methodsOfObjectAreNotCovered() {
			assertThat(proxy(new PrimaryClass())).hasToString("null");
		}

	}

	@Nested
	class OnMethodsAndTypes {

		@Test
		void annotationOnMethodReplacesTheOneOnItsClass() {
			assertThat(proxy(new ReplicaMethodInPrimaryClass()).read()).isSameAs(REPLICA);
		}

		@Test
		void annotationOnClassCoversTheOtherMethods() {
			assertThat(proxy(new ReplicaMethodInPrimaryClass()).readOther()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnInterfaceMethodReplacesTheOneOnTheClass() {
			assertThat(proxy(new ReplicaClassImplementsPrimaryMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void annotationOnInheritedMethodReplacesTheOneOnTheSubclass() {
			assertThat(proxy(new ReplicaSubclassInheritsPrimaryMethod()).read()).isSameAs(PRIMARY);
		}

	}

	@Nested
	class WithConsistencyAndBounds {

		@Test
		void consistencyIsRequiredByAnnotatedMethod() {
			assertThat(proxy(new ConsistentMethod()).read()).isSameAs(ReadRequirement.consistent());
		}

		@Test
		void timeToWaitIsKept() {
			assertThat(proxy(new ConsistentAfterWaitMethod()).read()).usingRecursiveComparison()
				.isEqualTo(ReadRequirement.consistent(Duration.ofMillis(5)));
		}

		@Test
		void notWaitingAtAllIsATimeToo() {
			assertThat(proxy(new ConsistentWithoutWaitMethod()).read()).usingRecursiveComparison()
				.isEqualTo(ReadRequirement.consistent(Duration.ZERO));
		}

		@Test
		void boundIsKept() {
			assertThat(proxy(new BoundedMethod()).read()).usingRecursiveComparison()
				.isEqualTo(ReadRequirement.maxStaleness(Duration.ofMillis(500)));
		}

		@Test
		void boundAndFallbackAreKept() {
			assertThat(proxy(new BoundedWithoutFallbackMethod()).read())
				.hasToString("any-replica within 2000 ms without fallback");
		}

		@Test
		void annotationOnMethodReplacesTheOneOnItsClass() {
			assertThat(proxy(new BoundedMethodInConsistentClass()).read()).hasToString("any-replica within 500 ms");
			assertThat(proxy(new BoundedMethodInConsistentClass()).readOther()).isSameAs(ReadRequirement.consistent());
		}

		@Test
		void twoAnnotationsOnOneMethodBothHold() {
			assertThat(proxy(new ConsistentAndBoundedMethod()).read()).hasToString("consistent within 500 ms");
		}

		@Test
		void primaryCoversBoth() {
			assertThat(proxy(new PrimaryConsistentMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void unrelatedInterfacesBothHold() {
			assertThat(proxy(new ImplementsConsistentAndBounded()).read())
				.hasToString("consistent within 500 ms without fallback");
		}

		@Test
		void aliasInComposedAnnotationIsFollowed() {
			assertThat(proxy(new NewsMethod()).read()).hasToString("any-replica within 3000 ms");
		}

	}

	@Nested
	class AsMetaAnnotations {

		@Test
		void composedAnnotationOnMethodCoversIt() {
			assertThat(proxy(new FreshMethod()).read()).isSameAs(PRIMARY);
		}

		@Test
		void composedAnnotationOnClassCoversItsMethods() {
			assertThat(proxy(new FreshClass()).read()).isSameAs(PRIMARY);
		}

		@Test
		void composedAnnotationOnInterfaceCoversItsImplementations() {
			assertThat(proxy(new ImplementsFreshInterface()).read()).isSameAs(PRIMARY);
		}

		@Test
		void attributeOfComposedAnnotationIsKept() {
			assertThat(proxy(new ReportMethod()).read()).isSameAs(REPLICA_ONLY);
		}

		@Test
		void aliasInComposedAnnotationIsFollowed() {
			assertThat(proxy(new CatalogMethod()).read()).isSameAs(REPLICA_ONLY);
		}

		@Test
		void strictestOfComposedAndDirectAnnotationWins() {
			assertThat(proxy(new ReportAndReplicaMethod()).read()).isSameAs(REPLICA_ONLY);
		}

	}

	enum ProxyType {

		CGLIB(true), JDK(false);

		private final boolean proxyTargetClass;

		ProxyType(boolean proxyTargetClass) {
			this.proxyTargetClass = proxyTargetClass;
		}

		@SuppressWarnings("unchecked")
		<T> T proxy(T target) {
			ReadRequirementPostProcessor postProcessor = new ReadRequirementPostProcessor();
			postProcessor.setProxyTargetClass(this.proxyTargetClass);
			Object proxy = postProcessor.postProcessAfterInitialization(target, "bean");
			assertThat(AopUtils.isAopProxy(proxy)).isTrue();
			assertThat(Proxy.isProxyClass(proxy.getClass())).isNotEqualTo(this.proxyTargetClass);
			return (T) proxy;
		}

	}

	@ReadFromPrimary
	@Retention(RetentionPolicy.RUNTIME)
	@interface Fresh {

	}

	@ReadFromReplica(fallback = Fallback.NONE)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Report {

	}

	@ReadFromReplica
	@Retention(RetentionPolicy.RUNTIME)
	@interface Catalog {

		@AliasFor(annotation = ReadFromReplica.class, attribute = "fallback")
		Fallback otherwise();

	}

	@ReadFromReplica
	@Retention(RetentionPolicy.RUNTIME)
	@interface News {

		@AliasFor(annotation = ReadFromReplica.class, attribute = "maxStaleness")
		String within();

	}

	interface Reads {

		ReadRequirement read();

		ReadRequirement readOther();

		default ReadRequirement readDefault() {
			return RoutingContext.currentRequirement();
		}

	}

	interface GenericReads<K> {

		@ReadFromPrimary
		ReadRequirement read(K key);

	}

	interface PrimaryMethodReads extends Reads {

		@Override
		@ReadFromPrimary
		ReadRequirement read();

	}

	interface ReplicaMethodReads extends Reads {

		@Override
		@ReadFromReplica
		ReadRequirement read();

	}

	interface ReplicaMethodOfPrimaryMethodReads extends PrimaryMethodReads {

		@Override
		@ReadFromReplica
		ReadRequirement read();

	}

	interface PrimaryDefaultReads extends Reads {

		@Override
		@ReadFromPrimary
		default ReadRequirement readDefault() {
			return RoutingContext.currentRequirement();
		}

	}

	@ReadFromPrimary
	interface PrimaryReads extends Reads {

	}

	@ReadFromReplica
	interface ReplicaReads extends Reads {

	}

	@ConsistentRead
	interface ConsistentReads extends Reads {

	}

	@ReadFromReplica(maxStaleness = "PT0.5S", fallback = Fallback.NONE)
	interface BoundedReads extends Reads {

	}

	@Fresh
	interface FreshReads extends Reads {

	}

	static class Plain implements Reads {

		@Override
		public ReadRequirement read() {
			return RoutingContext.currentRequirement();
		}

		@Override
		public ReadRequirement readOther() {
			return RoutingContext.currentRequirement();
		}

	}

	static class PrimaryMethod extends Plain {

		@Override
		@ReadFromPrimary
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ReplicaMethod extends Plain {

		@Override
		@ReadFromReplica
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ReplicaOnlyMethod extends Plain {

		@Override
		@ReadFromReplica(fallback = Fallback.NONE)
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class BothOnMethod extends Plain {

		@Override
		@ReadFromReplica
		@ReadFromPrimary
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ImplementsPrimaryMethod extends Plain implements PrimaryMethodReads {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class OverridesWithoutAnnotation extends PrimaryMethod {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class InheritsMethod extends PrimaryMethod {

	}

	static class OverridesWithReplica extends PrimaryMethod {

		@Override
		@ReadFromReplica
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ImplementsWithReplica extends Plain implements PrimaryMethodReads {

		@Override
		@ReadFromReplica
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ImplementsReplicaSubinterface extends Plain implements ReplicaMethodOfPrimaryMethodReads {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ImplementsUnrelatedInterfaces extends Plain implements ReplicaMethodReads, PrimaryMethodReads {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ExtendsPrimaryImplementsReplica extends PrimaryMethod implements ReplicaMethodReads {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class InheritsImplementation extends Plain implements PrimaryMethodReads {

	}

	static class UsesDefaultMethod extends Plain implements PrimaryDefaultReads {

	}

	static class ImplementsGeneric implements GenericReads<String> {

		@Override
		public ReadRequirement read(String key) {
			return RoutingContext.currentRequirement();
		}

	}

	public static class KeyedReads {

		public ReadRequirement read(String key) {
			return RoutingContext.currentRequirement();
		}

	}

	static class InheritsGenericImplementation extends KeyedReads implements GenericReads<String> {

	}

	static class ImplementsGenericWithReplica implements GenericReads<String> {

		@Override
		@ReadFromReplica
		public ReadRequirement read(String key) {
			return RoutingContext.currentRequirement();
		}

	}

	@ReadFromPrimary
	static class PrimaryClass extends Plain {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

		@Override
		public String toString() {
			return String.valueOf(RoutingContext.currentRequirement());
		}

	}

	@ReadFromPrimary
	static class PrimarySubclassOfPlain extends Plain {

	}

	static class ImplementsPrimaryInterface extends Plain implements PrimaryReads {

	}

	static class PlainSubclassOfPrimary extends PrimaryClass {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	@ReadFromReplica
	static class ReplicaSubclassOfPrimary extends PrimaryClass {

	}

	@ReadFromReplica
	static class ReplicaClassOfPrimaryInterface extends Plain implements PrimaryReads {

	}

	@ReadFromReplica
	@ReadFromPrimary
	static class BothOnClass extends Plain {

	}

	static class ImplementsPrimaryAndReplicaInterfaces extends Plain implements ReplicaReads, PrimaryReads {

	}

	@ReadFromPrimary
	static class ReplicaMethodInPrimaryClass extends Plain {

		@Override
		@ReadFromReplica
		public ReadRequirement read() {
			return super.read();
		}

	}

	@ReadFromReplica
	static class ReplicaClassImplementsPrimaryMethod extends Plain implements PrimaryMethodReads {

		@Override
		public ReadRequirement read() {
			return super.read();
		}

	}

	@ReadFromReplica
	static class ReplicaSubclassInheritsPrimaryMethod extends PrimaryMethod {

	}

	static class FreshMethod extends Plain {

		@Override
		@Fresh
		public ReadRequirement read() {
			return super.read();
		}

	}

	@Fresh
	static class FreshClass extends Plain {

	}

	static class ImplementsFreshInterface extends Plain implements FreshReads {

	}

	static class ReportMethod extends Plain {

		@Override
		@Report
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class CatalogMethod extends Plain {

		@Override
		@Catalog(otherwise = Fallback.NONE)
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ReportAndReplicaMethod extends Plain {

		@Override
		@ReadFromReplica
		@Report
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ConsistentMethod extends Plain {

		@Override
		@ConsistentRead
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ConsistentAfterWaitMethod extends Plain {

		@Override
		@ConsistentRead(maxWait = "5ms")
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ConsistentWithoutWaitMethod extends Plain {

		@Override
		@ConsistentRead(maxWait = "0")
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class BoundedMethod extends Plain {

		@Override
		@ReadFromReplica(maxStaleness = "500ms")
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class BoundedWithoutFallbackMethod extends Plain {

		@Override
		@ReadFromReplica(maxStaleness = "2s", fallback = Fallback.NONE)
		public ReadRequirement read() {
			return super.read();
		}

	}

	@ConsistentRead
	static class BoundedMethodInConsistentClass extends Plain {

		@Override
		@ReadFromReplica(maxStaleness = " 500ms ")
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ConsistentAndBoundedMethod extends Plain {

		@Override
		@ConsistentRead
		@ReadFromReplica(maxStaleness = "500ms")
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class PrimaryConsistentMethod extends Plain {

		@Override
		@ConsistentRead
		@ReadFromPrimary
		@ReadFromReplica(maxStaleness = "500ms")
		public ReadRequirement read() {
			return super.read();
		}

	}

	static class ImplementsConsistentAndBounded extends Plain implements ConsistentReads, BoundedReads {

	}

	static class NewsMethod extends Plain {

		@Override
		@News(within = "3s")
		public ReadRequirement read() {
			return super.read();
		}

	}

}
