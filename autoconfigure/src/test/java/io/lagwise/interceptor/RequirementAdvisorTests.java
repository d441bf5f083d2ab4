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

import java.lang.reflect.Method;

import io.lagwise.annotation.ReadFromPrimary;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left alone.
 */
class RequirementAdvisorTests {

	private final RequirementAdvisor advisor = new RequirementAdvisor(new ReadRequirementSource(),
			MethodInvocation::proceed);

	@Test
	void classWithoutAnnotationIsSkippedBeforeItsMethodsAreLookedAt() {
		assertThat(this.advisor.getClassFilter().matches(Unannotated.class)).isFalse();
		assertThat(this.advisor.getClassFilter().matches(Annotated.class)).isTrue();
	}

	@Test
	void methodWithoutRequirementIsNotIntercepted() throws NoSuchMethodException {
		assertThat(this.advisor.matches(method("other"), Annotated.class)).isFalse();
		assertThat(this.advisor.matches(method("read"), Annotated.class)).isTrue();
	}

	private Method method(String name) throws NoSuchMethodException {
		return Annotated.class.getDeclaredMethod(name);
	}

	static class Unannotated {

		void read() {
		}

	}

	static class Annotated extends Unannotated {

		@Override
		@ReadFromPrimary
		void read() {
		}

		void other() {
		}

	}

}
