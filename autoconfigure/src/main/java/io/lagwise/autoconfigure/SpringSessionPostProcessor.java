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

import java.lang.reflect.Modifier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.aopalliance.intercept.MethodInterceptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.data.redis.connection.ReactiveRedisConnectionFactory;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.ReactiveRedisOperations;
import org.springframework.data.redis.core.ReactiveRedisTemplate;
import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.session.data.redis.ReactiveRedisIndexedSessionRepository;
import org.springframework.session.data.redis.ReactiveRedisSessionRepository;
import org.springframework.session.data.redis.RedisIndexedSessionRepository;
import org.springframework.session.data.redis.RedisSessionExpirationStore;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.config.annotation.web.http.AbstractRedisHttpSessionConfiguration;
import org.springframework.session.data.redis.config.annotation.web.server.AbstractRedisWebSessionConfiguration;
import org.springframework.session.data.redis.config.annotation.web.server.RedisWebSessionConfiguration;

/**
 * Lets the session repositories of Spring Session read from the primary only.
 */
final class SpringSessionPostProcessor implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(SpringSessionPostProcessor.class);

	private final Supplier<RedisConnectionFactory> factory;

	private final Supplier<ReactiveRedisConnectionFactory> reactiveFactory;

	SpringSessionPostProcessor(Supplier<RedisConnectionFactory> factory,
			Supplier<ReactiveRedisConnectionFactory> reactiveFactory) {
		this.factory = factory;
		this.reactiveFactory = reactiveFactory;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractRedisHttpSessionConfiguration<?> configuration) {
			RedisConnectionFactory factory = this.factory.get();
			if (PrimaryView.isNeeded(factory)) {
				RedisConnectionFactory primary = PrimaryView.of(factory, RedisConnectionFactory.class);
				configuration.setRedisConnectionFactory(Only.of(primary), Only.of(primary));
			}
		}
		else if (bean instanceof AbstractRedisWebSessionConfiguration<?> configuration) {
			ReactiveRedisConnectionFactory factory = this.reactiveFactory.get();
			if (PrimaryView.isNeeded(factory)) {
				ReactiveRedisConnectionFactory primary = PrimaryView.of(factory, ReactiveRedisConnectionFactory.class);
				configuration.setRedisConnectionFactory(Only.of(primary), Only.of(primary));
			}
		}
		else if (bean instanceof RedisWebSessionConfiguration configuration) {
			ReactiveRedisConnectionFactory factory = this.reactiveFactory.get();
			if (PrimaryView.isNeeded(factory)) {
				ReactiveRedisConnectionFactory primary = PrimaryView.of(factory, ReactiveRedisConnectionFactory.class);
				configuration.setRedisConnectionFactory(Only.of(primary), Only.of(primary));
			}
		}
		else if (bean instanceof RedisSessionRepository repository) {
			readFromPrimary(repository.getSessionRedisOperations(), beanName);
		}
		else if (bean instanceof RedisIndexedSessionRepository repository) {
			readFromPrimary(repository.getSessionRedisOperations(), beanName);
		}
		else if (bean instanceof ReactiveRedisSessionRepository repository) {
			warnOfReplicas(repository.getSessionRedisOperations(), beanName);
		}
		else if (bean instanceof ReactiveRedisIndexedSessionRepository repository) {
			warnOfReplicas(repository.getSessionRedisOperations(), beanName);
		}
		return bean;
	}

	// a store may have been built on a template that others use as well
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (!(bean instanceof RedisSessionExpirationStore)) {
			return bean;
		}
		ProxyFactory proxy = new ProxyFactory(bean);
		proxy.setProxyTargetClass(!Modifier.isFinal(bean.getClass().getModifiers()));
		proxy.addAdvice((MethodInterceptor) (invocation) -> {
			try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.primary())) {
				return invocation.proceed();
			}
		});
		return proxy.getProxy(bean.getClass().getClassLoader());
	}

	/**
	 * Let a template that a repository was built on by hand read from the primary.
	 */
	private static void readFromPrimary(RedisOperations<String, Object> operations, String beanName) {
		RedisConnectionFactory factory = (operations instanceof RedisTemplate<String, Object> template)
				? template.getConnectionFactory() : null;
		if (factory != null && PrimaryView.isNeeded(factory)) {
			((RedisTemplate<?, ?>) operations)
				.setConnectionFactory(PrimaryView.of(factory, RedisConnectionFactory.class));
			logger.info("The template of the session repository '" + beanName
					+ "' reads from the primary, for others who use it, too");
		}
	}

	private static void warnOfReplicas(ReactiveRedisOperations<String, Object> operations, String beanName) {
		if (operations instanceof ReactiveRedisTemplate<String, Object> template
				&& PrimaryView.isNeeded(template.getConnectionFactory())) {
			logger.warn("The session repository '" + beanName + "' reads from replicas, which do not have the "
					+ "sessions of other instances at once. Build its template on the primaryOnly() of the "
					+ "connection factory");
		}
	}

	/**
	 * Provides one object.
	 */
	private record Only<T>(T object) implements ObjectProvider<T> {

		static <T> ObjectProvider<T> of(T object) {
			return new Only<>(object);
		}

		@Override
		public T getObject() {
			return this.object;
		}

		@Override
		public @Nullable T getIfAvailable() {
			return this.object;
		}

		@Override
		public @Nullable T getIfUnique() {
			return this.object;
		}

		@Override
		public Stream<T> stream() {
			return Stream.of(this.object);
		}

	}

}
