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

import java.util.Set;
import java.util.stream.StreamSupport;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.data.redis.core.RedisKeyValueAdapter;
import org.springframework.data.redis.core.mapping.RedisPersistentEntity;
import org.springframework.data.redis.core.mapping.RedisPersistentProperty;

/**
 * Lets an adapter of Redis repositories write by what the primary says, and asks the
 * primary where replicas contradict each other about an entity.
 */
final class RepositoryInterceptor implements MethodInterceptor {

	/**
	 * The methods that write, and the one by which an insert decides whether it may.
	 */
	static final Set<String> WRITES = Set.of("contains", "put", "update", "delete", "deleteAllOf");

	/**
	 * The methods that ask for entities one by one.
	 */
	static final Set<String> FINDERS = Set.of("get", "getAllOf", "find");

	// what a server says of the time to live of a key that it does not have
	private static final long NO_KEY = -2;

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		if (WRITES.contains(invocation.getMethod().getName())) {
			return readFromPrimary(invocation);
		}
		MethodInvocation again = ((ProxyMethodInvocation) invocation).invocableClone();
		Object answer = readFromOneReplica(invocation);
		return (mayAskThePrimary() && isContradictory(invocation.getThis(), answer)) ? readFromPrimary(again) : answer;
	}

	private static @Nullable Object readFromOneReplica(MethodInvocation invocation) throws Throwable {
		try (RoutingContext.Scope scope = RoutingContext.preferOneReplica()) {
			return invocation.proceed();
		}
	}

	private static @Nullable Object readFromPrimary(MethodInvocation invocation) throws Throwable {
		try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.primary())) {
			return invocation.proceed();
		}
	}

	private static boolean mayAskThePrimary() {
		ReadRequirement requirement = RoutingContext.currentRequirement();
		return requirement == null || (!requirement.requiresPrimary() && requirement.fallback() == Fallback.PRIMARY);
	}

	private static boolean isContradictory(@Nullable Object adapter, @Nullable Object answer) {
		if (answer instanceof Iterable<?> entities) {
			return StreamSupport.stream(entities.spliterator(), false)
				.anyMatch((entity) -> entity == null || isGone(adapter, entity));
		}
		return answer != null && isGone(adapter, answer);
	}

	private static boolean isGone(@Nullable Object adapter, Object entity) {
		RedisPersistentEntity<?> type = (adapter instanceof RedisKeyValueAdapter redis)
				? redis.getConverter().getMappingContext().getPersistentEntity(entity.getClass()) : null;
		RedisPersistentProperty timeToLive = (type != null) ? type.getExplicitTimeToLiveProperty() : null;
		return type != null && timeToLive != null
				&& type.getPropertyAccessor(entity).getProperty(timeToLive) instanceof Number number
				&& number.longValue() == NO_KEY;
	}

}
