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

package io.lagwise.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TestClassAnnotation}.
 */
class TestClassAnnotationTests {

	@Test
	void annotationBecomesASpecification() {
		Specification specification = TestClassAnnotation.specification(Annotated.class);
		assertThat(specification.replicas()).isEqualTo(5);
		assertThat(specification.topology()).isEqualTo(Topology.STATIC);
		assertThat(specification.downAfter()).isEqualTo(Duration.ofMillis(300));
		assertThat(specification.config())
			.isEqualTo(Map.of("save", "60 1", "sentinel failover-timeout", "60000", "notify-keyspace-events", "KEA"));
	}

	@Test
	void defaultsOfAnnotationAndBuilderAreTheSame() {
		assertThat(TestClassAnnotation.specification(Default.class))
			.isEqualTo(ReplicatedRedis.builder().specification());
	}

	@Test
	void annotationIsFoundWhereverItMayBe() {
		Specification specification = TestClassAnnotation.specification(Annotated.class);
		assertThat(TestClassAnnotation.specification(Subclass.class)).isEqualTo(specification);
		assertThat(TestClassAnnotation.specification(Annotated.Inner.class)).isEqualTo(specification);
		assertThat(TestClassAnnotation.specification(Meta.class).replicas()).isEqualTo(7);
		assertThat(TestClassAnnotation.specification(Implementation.class).replicas()).isEqualTo(7);
	}

	@Test
	void nearestAnnotationCounts() {
		assertThat(TestClassAnnotation.specification(Annotated.Other.class).replicas()).isEqualTo(2);
		assertThat(TestClassAnnotation.specification(OverridingSubclass.class).replicas()).isEqualTo(7);
	}

	@Test
	void staticMemberClassAsksForNothing() {
		assertThat(TestClassAnnotation.specification(Annotated.Member.class)).isNull();
		assertThat(TestClassAnnotation.specification(String.class)).isNull();
	}

	@Test
	void directiveWithoutAValueIsRejected() {
		assertThatIllegalStateException().isThrownBy(() -> TestClassAnnotation.specification(NoValue.class))
			.withMessage("'config' of @WithReplicatedRedis must hold directives with their values, but one is 'save'");
	}

	@Test
	void impossibleSpecificationIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> ReplicatedRedis.builder().replicas(-1).specification())
			.withMessage("'replicas' must not be negative, but is -1");
		assertThatIllegalArgumentException().isThrownBy(() -> ReplicatedRedis.builder().sentinels(0).specification())
			.withMessage("'sentinels' must be at least 1 with the topology SENTINEL");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ReplicatedRedis.builder().aclUser("shop", "").specification())
			.withMessage("An ACL user needs a password");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ReplicatedRedis.builder().downAfter(Duration.ZERO).specification())
			.withMessage("'downAfter' must be positive, but is PT0S");
	}

	@Test
	void unknownProviderIsRejected() {
		System.setProperty(Settings.PROVIDER, "moon");
		try {
			assertThatIllegalStateException().isThrownBy(() -> ReplicatedRedis.builder().specification())
				.withMessage("The property lagwise.testkit.provider is 'moon' "
						+ "but must be one of [EMBEDDED, PATH, CONTAINER]");
		}
		finally {
			System.clearProperty(Settings.PROVIDER);
		}
	}

	@WithReplicatedRedis
	static class Default {

	}

	@WithReplicatedRedis(replicas = 5, topology = Topology.STATIC, downAfterMillis = 300,
			config = { "save 60 1", "sentinel failover-timeout 60000", "notify-keyspace-events KEA" })
	static class Annotated {

		class Inner {

		}

		@WithReplicatedRedis
		class Other {

		}

		static class Member {

		}

	}

	static class Subclass extends Annotated {

	}

	@SevenReplicas
	static class OverridingSubclass extends Annotated {

	}

	@SevenReplicas
	static class Meta {

	}

	static class Implementation implements Contract {

	}

	@SevenReplicas
	interface Contract {

	}

	@WithReplicatedRedis(config = "save")
	static class NoValue {

	}

	@Target(ElementType.TYPE)
	@Retention(RetentionPolicy.RUNTIME)
	@WithReplicatedRedis(replicas = 7)
	@interface SevenReplicas {

	}

}
