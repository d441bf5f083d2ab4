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

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a scope open with what a method asks of its reads while the method runs.
 */
final class ReadRequirementInterceptor implements MethodInterceptor {

	private final ReadRequirementSource source;

	ReadRequirementInterceptor(ReadRequirementSource source) {
		this.source = source;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		ReadRequirement requirement = this.source.resolve(invocation);
		if (requirement == null) {
			return invocation.proceed();
		}
		try (RoutingContext.Scope scope = RoutingContext.open(requirement)) {
			return invocation.proceed();
		}
	}

}
