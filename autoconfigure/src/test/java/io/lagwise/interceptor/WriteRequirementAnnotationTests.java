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

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.ReadFromPrimary;
import io.lagwise.annotation.WaitForReplicas;
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
 * Where {@code @WaitForReplicas} can stand and which one counts, through both kinds of
 * proxies.
 */
@ParameterizedClass(name = "{0} proxy")
@EnumSource
class WriteRequirementAnnotationTests {

	@Parameter
	ProxyType proxyType;

	private final RecordedWrites writes = new RecordedWrites();

	private String waitOf(Plain target) {
		target.writes = this.writes;
		this.proxyType.<Writes>proxy(target).write();
		assertThat(RoutingContext.currentWrites()).isNull();
		return this.writes.requirement();
	}

	@Nested
	class OnMethods {

		@Test
		void allReplicasAreWaitedForUnlessSet() {
			assertThat(waitOf(new AllMethod())).isEqualTo("ALL null DEGRADE");
		}

		@Test
		void attributesAreKept() {
			assertThat(waitOf(new TwoMethod())).isEqualTo("2 PT0.2S FAIL");
		}

		@Test
		void methodWithoutAnnotationIsNotWaitedFor() {
			AllMethod target = new AllMethod();
			target.writes = WriteRequirementAnnotationTests.this.writes;
			WriteRequirementAnnotationTests.this.proxyType.<Writes>proxy(target).writeOther();
			assertThat(target.writes.events()).containsExactly("write outside");
		}

		@Test
		void annotationOnInterfaceMethodCoversItsImplementation() {
			assertThat(waitOf(new ImplementsOneMethod())).isEqualTo("1 null DEGRADE");
		}

		@Test
		void annotationOnSuperclassMethodCoversItsOverride() {
			assertThat(waitOf(new OverridesWithoutAnnotation())).isEqualTo("2 PT0.2S FAIL");
		}

		@Test
		void annotationOnSuperclassMethodCoversInheritedMethod() {
			assertThat(waitOf(new InheritsMethod())).isEqualTo("2 PT0.2S FAIL");
		}

		@Test
		void annotationOnOverrideReplacesTheOneOnSuperclassMethod() {
			assertThat(waitOf(new OverridesWithAll())).isEqualTo("ALL null DEGRADE");
		}

		@Test
		void annotationOnImplementationReplacesTheOneOnInterfaceMethod() {
			assertThat(waitOf(new ImplementsWithThree())).isEqualTo("3 null DEGRADE");
		}

		@Test
		void mostThatUnrelatedInterfacesAskForHolds() {
			assertThat(waitOf(new ImplementsUnrelatedInterfaces())).isEqualTo("3 PT1S FAIL");
		}

	}

	@Nested
	class OnTypes {

		@Test
		void annotationOnClassCoversItsMethods() {
			assertThat(waitOf(new TwoClass())).isEqualTo("2 null DEGRADE");
		}

		@Test
		void annotationOnInterfaceCoversItsImplementations() {
			assertThat(waitOf(new ImplementsThreeInterface())).isEqualTo("3 null DEGRADE");
		}

		@Test
		void annotationOnClassReplacesTheOneOnItsInterface() {
			assertThat(waitOf(new TwoClassOfThreeInterface())).isEqualTo("2 null DEGRADE");
		}

		@Test
		void annotationOnMethodReplacesTheOneOnItsClass() {
			assertThat(waitOf(new OneMethodInTwoClass())).isEqualTo("1 null DEGRADE");
		}

		@Test
		void annotationForReadsOnMethodLeavesTheOneOnItsClass() {
			assertThat(waitOf(new PrimaryMethodInTwoClass())).isEqualTo("2 null DEGRADE");
		}

	}

	@Nested
	class AsMetaAnnotations {

		@Test
		void composedAnnotationCoversItsMethod() {
			assertThat(waitOf(new DurableMethod())).isEqualTo("1 PT0.1S FAIL");
		}

		@Test
		void aliasInComposedAnnotationIsFollowed() {
			assertThat(waitOf(new DurableForLongerMethod())).isEqualTo("1 PT5S FAIL");
		}

		@Test
		void mostOfComposedAndDirectAnnotationHolds() {
			assertThat(waitOf(new DurableAndAllMethod())).isEqualTo("ALL PT0.1S FAIL");
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
			WriteRequirementPostProcessor postProcessor = new WriteRequirementPostProcessor();
			postProcessor.setProxyTargetClass(this.proxyTargetClass);
			Object proxy = postProcessor.postProcessAfterInitialization(target, "bean");
			assertThat(AopUtils.isAopProxy(proxy)).isTrue();
			assertThat(Proxy.isProxyClass(proxy.getClass())).isNotEqualTo(this.proxyTargetClass);
			return (T) proxy;
		}

	}

	@WaitForReplicas(replicas = 1, onShortfall = OnShortfall.FAIL, timeout = "100ms")
	@Retention(RetentionPolicy.RUNTIME)
	@interface Durable {

		@AliasFor(annotation = WaitForReplicas.class, attribute = "timeout")
		String within() default "100ms";

	}

	interface Writes {

		void write();

		void writeOther();

	}

	interface OneMethodWrites extends Writes {

		@Override
		@WaitForReplicas(replicas = 1)
		void write();

	}

	interface ThreeMethodWrites extends Writes {

		@Override
		@WaitForReplicas(replicas = 3, timeout = "300ms", onShortfall = OnShortfall.FAIL)
		void write();

	}

	interface LongMethodWrites extends Writes {

		@Override
		@WaitForReplicas(replicas = 2, timeout = "PT1S")
		void write();

	}

	@WaitForReplicas(replicas = 3)
	interface ThreeWrites extends Writes {

	}

	static class Plain implements Writes {

		RecordedWrites writes;

		@Override
		public void write() {
			this.writes.write();
		}

		@Override
		public void writeOther() {
			this.writes.write();
		}

	}

	static class AllMethod extends Plain {

		@Override
		@WaitForReplicas
		public void write() {
			super.write();
		}

	}

	static class TwoMethod extends Plain {

		@Override
		@WaitForReplicas(replicas = 2, timeout = "200ms", onShortfall = OnShortfall.FAIL)
		public void write() {
			super.write();
		}

	}

	static class ImplementsOneMethod extends Plain implements OneMethodWrites {

		@Override
		public void write() {
			super.write();
		}

	}

	static class OverridesWithoutAnnotation extends TwoMethod {

		@Override
		public void write() {
			super.write();
		}

	}

	static class InheritsMethod extends TwoMethod {

	}

	static class OverridesWithAll extends TwoMethod {

		@Override
		@WaitForReplicas
		public void write() {
			super.write();
		}

	}

	static class ImplementsWithThree extends Plain implements OneMethodWrites {

		@Override
		@WaitForReplicas(replicas = 3)
		public void write() {
			super.write();
		}

	}

	static class ImplementsUnrelatedInterfaces extends Plain implements ThreeMethodWrites, LongMethodWrites {

		@Override
		public void write() {
			super.write();
		}

	}

	@WaitForReplicas(replicas = 2)
	static class TwoClass extends Plain {

	}

	static class ImplementsThreeInterface extends Plain implements ThreeWrites {

	}

	@WaitForReplicas(replicas = 2)
	static class TwoClassOfThreeInterface extends Plain implements ThreeWrites {

	}

	@WaitForReplicas(replicas = 2)
	static class OneMethodInTwoClass extends Plain {

		@Override
		@WaitForReplicas(replicas = 1)
		public void write() {
			super.write();
		}

	}

	@WaitForReplicas(replicas = 2)
	static class PrimaryMethodInTwoClass extends Plain {

		@Override
		@ReadFromPrimary
		public void write() {
			super.write();
		}

	}

	static class DurableMethod extends Plain {

		@Override
		@Durable
		public void write() {
			super.write();
		}

	}

	static class DurableForLongerMethod extends Plain {

		@Override
		@Durable(within = "5s")
		public void write() {
			super.write();
		}

	}

	static class DurableAndAllMethod extends Plain {

		@Override
		@Durable
		@WaitForReplicas
		public void write() {
			super.write();
		}

	}

}
