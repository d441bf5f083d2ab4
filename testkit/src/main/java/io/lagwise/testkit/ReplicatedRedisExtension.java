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

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * Provides the servers to JUnit Jupiter and repairs them before each test.
 */
final class ReplicatedRedisExtension
		implements BeforeAllCallback, TestInstancePreConstructCallback, BeforeEachCallback, ParameterResolver {

	private static final Namespace NAMESPACE = Namespace.create(ReplicatedRedisExtension.class);

	ReplicatedRedisExtension() {
	}

	@Override
	public void beforeAll(ExtensionContext context) {
		context.getRoot()
			.getStore(NAMESPACE)
			.computeIfAbsent(AutoCloseable.class, (type) -> SharedServers::close, AutoCloseable.class);
		redis(context);
	}

	@Override
	public void preConstructTestInstance(TestInstanceFactoryContext factoryContext, ExtensionContext context) {
		// constructors already ask for roles
		redis(context).reset();
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		redis(context).reset();
	}

	@Override
	public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
		return parameter.getParameter().getType() == ReplicatedRedis.class;
	}

	@Override
	public ReplicatedRedis resolveParameter(ParameterContext parameter, ExtensionContext context) {
		return redis(context);
	}

	private static ReplicatedRedis redis(ExtensionContext context) {
		Class<?> testClass = context.getRequiredTestClass();
		Specification specification = TestClassAnnotation.specification(testClass);
		if (specification == null) {
			throw new IllegalStateException("@WithReplicatedRedis is neither on " + testClass.getName()
					+ " nor on its superclasses, interfaces, enclosing classes or their annotations");
		}
		return SharedServers.get(specification);
	}

}
