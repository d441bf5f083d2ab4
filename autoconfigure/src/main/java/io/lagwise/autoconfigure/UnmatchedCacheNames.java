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
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.PatternMatchUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Names the caches in {@code lagwise.cache.caches} that nothing at the start has to do
 * with: neither a cache manager nor the annotation of a bean.
 */
final class UnmatchedCacheNames implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(UnmatchedCacheNames.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Supplier<Set<String>> patterns;

	UnmatchedCacheNames(ConfigurableListableBeanFactory beanFactory, Supplier<Set<String>> patterns) {
		this.beanFactory = beanFactory;
		this.patterns = patterns;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<String> patterns = this.patterns.get();
		if (patterns.isEmpty()) {
			return;
		}
		Set<String> known = new TreeSet<>(ofManagers());
		known.addAll(ofAnnotations());
		for (String pattern : patterns) {
			if (known.stream().noneMatch((name) -> PatternMatchUtils.simpleMatch(pattern, name))) {
				logger.warn(
						"lagwise.cache.caches has an entry for '" + pattern + "', but no cache of that name is known: "
								+ (known.isEmpty() ? "there is none at the start" : "there are " + known)
								+ ". It has an effect only if such a cache is made later; otherwise correct the name");
			}
		}
	}

	private Collection<String> ofManagers() {
		return this.beanFactory.getBeansOfType(RedisCacheManager.class, false, false)
			.values()
			.stream()
			.flatMap((manager) -> manager.getCacheNames().stream())
			.toList();
	}

	private Collection<String> ofAnnotations() {
		Collection<CacheOperationSource> sources = this.beanFactory
			.getBeansOfType(CacheOperationSource.class, false, false)
			.values();
		return Arrays.stream(this.beanFactory.getBeanDefinitionNames())
			.flatMap(this::type)
			.flatMap((type) -> sources.stream()
				.filter((source) -> source.isCandidateClass(type))
				.flatMap((source) -> names(source, type)))
			.toList();
	}

	private Stream<Class<?>> type(String bean) {
		try {
			Class<?> type = AutoProxyUtils.determineTargetClass(this.beanFactory, bean);
			return (type != null) ? Stream.of(ClassUtils.getUserClass(type)) : Stream.empty();
		}
		catch (RuntimeException | LinkageError ex) {
			return Stream.empty();
		}
	}

	/**
	 * Return the names in the annotations of a class, none if it cannot be loaded as a
	 * whole: a warning is not worth a start.
	 */
	private static Stream<String> names(CacheOperationSource source, Class<?> type) {
		try {
			return Stream
				.concat(Arrays.stream(ReflectionUtils.getAllDeclaredMethods(type)), Arrays.stream(type.getMethods()))
				.flatMap((method) -> Stream.ofNullable(source.getCacheOperations(method, type)))
				.flatMap(Collection::stream)
				.map(CacheOperation::getCacheNames)
				.flatMap(Collection::stream)
				.toList()
				.stream();
		}
		catch (RuntimeException | LinkageError ex) {
			return Stream.empty();
		}
	}

}
