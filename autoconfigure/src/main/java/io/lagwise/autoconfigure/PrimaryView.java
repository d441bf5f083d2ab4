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

package io.lagwise.autoconfigure;

import java.util.Arrays;
import java.util.stream.Stream;

import io.lagwise.connection.PrimaryConnectionFactory;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.routing.ProxiedReporter;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Shows a connection factory to those who must never see a replica.
 */
final class PrimaryView {

	private static final String SPRING_DATA = "org.springframework.data.redis.connection.";

	private static final ReadRequirement PRIMARY = ReadRequirement.primary().kept();

	private static final MethodInterceptor AT_PRIMARY = (invocation) -> {
		try (RoutingContext.Scope scope = RoutingContext.open(PRIMARY)) {
			return invocation.proceed();
		}
	};

	private PrimaryView() {
	}

	/**
	 * Return whether connections of a factory may read from replicas.
	 */
	static boolean isNeeded(@Nullable Object factory) {
		if (factory instanceof Advised proxy) {
			return Arrays.stream(proxy.getAdvisors()).noneMatch((advisor) -> advisor.getAdvice() == AT_PRIMARY);
		}
		// one of the application's own may pass calls on to one that is routed
		return factory instanceof ReplicaAwareConnectionFactory
				|| (factory != null && !(factory instanceof PrimaryConnectionFactory)
						&& !factory.getClass().getName().startsWith(SPRING_DATA));
	}

	/**
	 * Return a view whose connections read from the primary.
	 */
	static <T> T of(T factory, Class<T> type) {
		return (factory instanceof ReplicaAwareConnectionFactory replicaAware && !ProxiedReporter.isProxy(factory))
				? type.cast(replicaAware.primaryOnly()) : keptAtPrimary(factory, type);
	}

	// which factory is behind a proxy may change, so the view goes through it each time
	private static <T> T keptAtPrimary(T factory, Class<T> type) {
		ProxyFactory proxy = new ProxyFactory();
		proxy.setTarget(factory);
		proxy.setInterfaces(Stream.of(RedisConnectionFactory.class, ReactiveRedisConnectionFactory.class)
			.filter((candidate) -> candidate.isInstance(factory))
			.toArray(Class<?>[]::new));
		// containers of listeners ask for the class
		proxy.setProxyTargetClass(factory instanceof LettuceConnectionFactory);
		proxy.addAdvice(AT_PRIMARY);
		return type.cast(proxy.getProxy(type.getClassLoader()));
	}

}
