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

package io.lagwise.cache;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.lagwise.routing.ProxiedReporter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.Cache;
import org.springframework.cache.support.CompositeCacheManager;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.cache.transaction.TransactionAwareCacheManagerProxy;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.data.redis.cache.RedisCache;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.ReflectionUtils;

/**
 * Gives every {@link RedisCacheManager} among the beans, and every one that a
 * {@link CompositeCacheManager} or a {@link TransactionAwareCacheManagerProxy} hides, a
 * {@link ReplicaAwareCacheWriter} in the place of its writer, if that writes to a Redis
 * whose reads are routed.
 */
public final class CacheWriterReplacer implements BeanPostProcessor, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(CacheWriterReplacer.class);

	private static final String CACHE_WRITER = "cacheWriter";

	private final Supplier<CacheOptions> options;

	private final Map<RedisConnectionFactory, CacheStates> caches = new IdentityHashMap<>();

	private final Set<String> unchanged = ConcurrentHashMap.newKeySet();

	/**
	 * Create a replacer.
	 * @param options how caches read, asked for when the first cache manager is there
	 */
	public CacheWriterReplacer(Supplier<CacheOptions> options) {
		this.options = options;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof RedisCacheWriter writer
				&& (writer instanceof ReplicaAwareCacheWriter || ImmediateWriter.isOfSpringData(writer))) {
			RedisCacheWriter replacement = replacement(writer, "The cache writer '" + beanName + "'");
			return (replacement != null) ? replacement : writer;
		}
		replaceIn(bean, beanName);
		return bean;
	}

	/**
	 * What a {@code FactoryBean} has made is only shown when it is finished.
	 */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		replaceIn(bean, beanName);
		return bean;
	}

	private void replaceIn(@Nullable Object candidate, String beanName) {
		if (candidate instanceof RedisCacheManager cacheManager) {
			replaceWriter(cacheManager, beanName);
		}
		else if (candidate instanceof CompositeCacheManager) {
			if (field(candidate, "cacheManagers") instanceof List<?> cacheManagers) {
				cacheManagers.forEach((cacheManager) -> replaceIn(cacheManager, beanName));
			}
		}
		else if (candidate instanceof TransactionAwareCacheManagerProxy) {
			replaceIn(field(candidate, "targetCacheManager"), beanName);
		}
	}

	private void replaceWriter(RedisCacheManager cacheManager, String beanName) {
		String subject = "The cache manager '" + beanName + "'";
		if (!(field(cacheManager, CACHE_WRITER) instanceof RedisCacheWriter writer)) {
			warn(subject, null);
			return;
		}
		RedisCacheWriter replacement = replacement(writer, subject);
		if (replacement == null) {
			return;
		}
		try {
			new DirectFieldAccessor(cacheManager).setPropertyValue(CACHE_WRITER, replacement);
			for (String name : cacheManager.getCacheNames()) {
				if (target(cacheManager.getCache(name)) instanceof RedisCache cache) {
					new DirectFieldAccessor(cache).setPropertyValue(CACHE_WRITER, replacement);
				}
			}
		}
		catch (BeansException ex) {
			warn(subject, ex);
		}
	}

	private void warn(String subject, @Nullable BeansException failure) {
		if (this.unchanged.add(subject)) {
			logger.warn(subject + " cannot be given another writer: its caches may be older than what was written to "
					+ "them. Build it with RedisCacheManager.builder(ReplicaAwareCacheWriter.create(connectionFactory))",
					failure);
		}
	}

	/**
	 * Return what takes the place of a writer, or {@code null} if it stays.
	 */
	private @Nullable RedisCacheWriter replacement(RedisCacheWriter writer, String subject) {
		CacheOptions options = this.options.get();
		if (writer instanceof ReplicaAwareCacheWriter replicaAware) {
			return (replicaAware.getOptions() == CacheOptions.DEFAULTS) ? replacement(replicaAware.delegate(), subject)
					: null;
		}
		ImmediateWriter immediate = ImmediateWriter.of(writer);
		if (immediate != null) {
			return isRouted(immediate.connectionFactory())
					? ReplicaAwareCacheWriter.of(immediate, options, states(immediate.connectionFactory(), options))
					: null;
		}
		ReplicaAwareCacheWriter wrapped = wrappedIn(writer);
		if (wrapped != null) {
			return (wrapped.getOptions() == CacheOptions.DEFAULTS)
					? ReplicaAwareCacheWriter.of(writer, options, new CacheStates(options.requirements())) : null;
		}
		logger.warn(subject + " uses a " + writer.getClass().getName() + ", which may return before it has written: "
				+ "look-ups can be overtaken by that. Build it around a ReplicaAwareCacheWriter, or let it write at once");
		return ReplicaAwareCacheWriter.of(writer, options, new CacheStates(options.requirements()));
	}

	// a proxy may have nothing behind it yet; what is right for replicas is right without
	private static boolean isRouted(RedisConnectionFactory connectionFactory) {
		return ProxiedReporter.find(connectionFactory) != null || (ProxiedReporter.isProxy(connectionFactory)
				&& connectionFactory instanceof LettuceConnectionFactory);
	}

	private synchronized CacheStates states(RedisConnectionFactory connectionFactory, CacheOptions options) {
		return this.caches.computeIfAbsent(connectionFactory, (it) -> new CacheStates(options.requirements()));
	}

	private static @Nullable ReplicaAwareCacheWriter wrappedIn(RedisCacheWriter writer) {
		AtomicReference<@Nullable ReplicaAwareCacheWriter> wrapped = new AtomicReference<>();
		ReflectionUtils.doWithFields(writer.getClass(), (field) -> {
			if (field.trySetAccessible() && field.get(writer) instanceof ReplicaAwareCacheWriter replicaAware) {
				wrapped.set(replicaAware);
			}
		}, (field) -> field.getType().isAssignableFrom(ReplicaAwareCacheWriter.class)
				&& RedisCacheWriter.class.isAssignableFrom(field.getType()));
		return wrapped.get();
	}

	private static @Nullable Cache target(@Nullable Cache cache) {
		return (cache instanceof TransactionAwareCacheDecorator decorator) ? decorator.getTargetCache() : cache;
	}

	private static @Nullable Object field(Object target, String name) {
		DirectFieldAccessor fields = new DirectFieldAccessor(target);
		return fields.isReadableProperty(name) ? fields.getPropertyValue(name) : null;
	}

}
