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

import java.util.function.Supplier;

import io.lagwise.routing.ReplicationReporter;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.cache.CacheManager;
import org.springframework.cache.support.CompositeCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

/**
 * Which cache managers are given another writer.
 */
class CacheWriterReplacerTests {

	private final RedisConnectionFactory routed = mock(RedisConnectionFactory.class,
			withSettings().extraInterfaces(ReplicationReporter.class));

	@Test
	void aManagerGetsAWriterForTheCachesThatItHasAndThoseThatItWillHave() {
		RedisCacheManager cacheManager = bean(RedisCacheManager.class, () -> manager(this.routed));
		assertReplaced(cacheManager);
	}

	@Test
	void aManagerThatAFactoryBeanHasMadeGetsAWriter() {
		try (AnnotationConfigApplicationContext context = context()) {
			context.registerBean("cacheManager", ManagerFactory.class, () -> new ManagerFactory(this.routed));
			context.refresh();
			assertReplaced(context.getBean(RedisCacheManager.class));
		}
	}

	@Test
	void aManagerInsideAnotherOneGetsAWriter() {
		RedisCacheManager cacheManager = manager(this.routed);
		bean(CompositeCacheManager.class, () -> new CompositeCacheManager(cacheManager));
		assertReplaced(cacheManager);
	}

	@Test
	void managersThatAreMadeAnewShareWhatIsKnownOfTheirCaches() {
		try (AnnotationConfigApplicationContext context = context()) {
			context.registerBean("cacheManager", RedisCacheManager.class, () -> manager(this.routed),
					(definition) -> ((AbstractBeanDefinition) definition).setScope(BeanDefinition.SCOPE_PROTOTYPE));
			context.refresh();
			Object one = ReflectionTestUtils.getField(writer(context.getBean(RedisCacheManager.class)), "caches");
			Object other = ReflectionTestUtils.getField(writer(context.getBean(RedisCacheManager.class)), "caches");
			assertThat(one).isNotNull().isSameAs(other);
		}
	}

	@Test
	void aManagerWhoseReadsAreNotRoutedIsLeftAlone() {
		RedisCacheManager cacheManager = manager(mock(RedisConnectionFactory.class));
		Object writer = writer(cacheManager);
		assertThat(writer(bean(RedisCacheManager.class, () -> cacheManager))).isSameAs(writer);
	}

	private static void assertReplaced(RedisCacheManager cacheManager) {
		assertThat(writer(cacheManager)).isInstanceOf(ReplicaAwareCacheWriter.class);
		for (String name : new String[] { "present", "later" }) {
			assertThat(writer(cacheManager.getCache(name))).isSameAs(writer(cacheManager));
		}
	}

	private static Object writer(Object holder) {
		return ReflectionTestUtils.getField(holder, "cacheWriter");
	}

	private static RedisCacheManager manager(RedisConnectionFactory connectionFactory) {
		RedisCacheManager cacheManager = RedisCacheManager.create(connectionFactory);
		cacheManager.afterPropertiesSet();
		cacheManager.getCache("present");
		return cacheManager;
	}

	private static AnnotationConfigApplicationContext context() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(CacheWriterReplacer.class, () -> new CacheWriterReplacer(
				() -> CacheOptions.DEFAULTS.withRequirements(CacheOptions.DEFAULTS.requirements())));
		return context;
	}

	private static <T extends CacheManager> T bean(Class<T> type, Supplier<T> supplier) {
		try (AnnotationConfigApplicationContext context = context()) {
			context.registerBean("cacheManager", type, supplier);
			context.refresh();
			return context.getBean(type);
		}
	}

	private record ManagerFactory(RedisConnectionFactory connectionFactory) implements FactoryBean<RedisCacheManager> {

		@Override
		public RedisCacheManager getObject() {
			return manager(this.connectionFactory);
		}

		@Override
		public Class<?> getObjectType() {
			return RedisCacheManager.class;
		}

	}

}
