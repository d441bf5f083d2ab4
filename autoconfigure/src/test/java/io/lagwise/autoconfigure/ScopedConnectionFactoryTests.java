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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lagwise.cache.ReplicaAwareCacheWriter;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.routing.ReplicationReporter;
import io.lettuce.core.ReadFrom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.AbstractFactoryBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.Scope;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.PriorityOrdered;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.session.data.redis.RedisSessionRepository;
import org.springframework.session.data.redis.config.annotation.web.http.EnableRedisHttpSession;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Connection factories that others see through a proxy only, and those that nothing can
 * be done for. No server is needed.
 */
@ExtendWith(OutputCaptureExtension.class)
class ScopedConnectionFactoryTests {

	private static final String TARGET = "scopedTarget.factory";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, LagwiseSessionAutoConfiguration.class,
				LagwiseSpringSessionAutoConfiguration.class, DataRedisAutoConfiguration.class,
				SslAutoConfiguration.class))
		.withInitializer((context) -> context.getBeanFactory().registerScope("refresh", new Refreshable()))
		.withPropertyValues("spring.data.redis.port=1");

	@ParameterizedTest
	@ValueSource(classes = { ByClass.class, ByInterfaces.class })
	void theFactoryBehindTheProxyIsReplacedAndKeepsTheNameOfTheProxy(Class<?> configuration, CapturedOutput output) {
		this.contextRunner.withUserConfiguration(configuration, Names.class).run((context) -> {
			assertThat(AopUtils.isAopProxy(context.getBean("factory"))).isTrue();
			assertThat(context.getBean(TARGET)).isInstanceOf(ReplicaAwareConnectionFactory.class);
			assertThat(context.getBean(Names.class).names).containsOnlyKeys("factory");
		});
		assertThat(output).doesNotContain("not routed to replicas");
	}

	@ParameterizedTest
	@ValueSource(classes = { ByClass.class, ByInterfaces.class })
	void sessionsAreOpenedByTheFactoryThatIsThereNow(Class<?> configuration) {
		this.contextRunner.withUserConfiguration(configuration).run((context) -> {
			ConsistencySessions sessions = context.getBean(ConsistencySessions.class);
			assertThat(sessions.open()).isNotNull();
			refresh(beans(context));
			assertThat(sessions.open()).isNotNull();
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { ByClass.class, ByInterfaces.class })
	void reportsAreOfTheFactoryThatIsThereNow(Class<?> configuration) {
		this.contextRunner.withUserConfiguration(configuration).run((context) -> {
			ConfigurableListableBeanFactory beanFactory = beans(context);
			Map<String, ReplicationReporter> reporters = ReplicationReporters.of(beanFactory);
			assertThat(reporters).containsOnlyKeys("factory");
			assertThat(reporters.get("factory").report().source()).contains("127.0.0.1:1");
			refresh(beanFactory);
			assertThat(reporters.get("factory").report().source()).contains("127.0.0.1:1");
			((LettuceConnectionFactory) context.getBean(TARGET)).stop();
			assertThat(reporters.get("factory").report().source()).isEqualTo("a factory that is not running");
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { ByClass.class, ByInterfaces.class })
	void cachesAreGivenTheirWriter(Class<?> configuration) {
		this.contextRunner.withUserConfiguration(configuration, Caches.class)
			.run((context) -> assertThat(
					ReflectionTestUtils.getField(context.getBean(RedisCacheManager.class), "cacheWriter"))
				.isInstanceOf(ReplicaAwareCacheWriter.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { RecordingByClass.class, RecordingByInterfaces.class })
	void sessionsOfSpringSessionAreReadFromThePrimary(Class<?> configuration) {
		this.contextRunner.withUserConfiguration(configuration, Sessions.class).run((context) -> {
			RedisTemplate<?, ?> template = (RedisTemplate<?, ?>) context.getBean(RedisSessionRepository.class)
				.getSessionRedisOperations();
			assertThat(template.getConnectionFactory() instanceof LettuceConnectionFactory)
				.isEqualTo(context.getBean("factory") instanceof LettuceConnectionFactory);
			template.execute((RedisCallback<Object>) (connection) -> null);
			assertThat(RecordingFactory.requirement).isEqualTo(ReadRequirement.primary().kept());
			RecordingFactory.requirement = null;
			refresh(beans(context));
			template.execute((RedisCallback<Object>) (connection) -> null);
			assertThat(RecordingFactory.requirement).isEqualTo(ReadRequirement.primary().kept());
		});
	}

	private static ConfigurableListableBeanFactory beans(AssertableApplicationContext context) {
		return ((ConfigurableApplicationContext) context.getSourceApplicationContext()).getBeanFactory();
	}

	private static void refresh(ConfigurableListableBeanFactory beanFactory) {
		((Refreshable) beanFactory.getRegisteredScope("refresh")).refresh();
	}

	@Nested
	class WhatCannotBeProtected {

		@Test
		void aFactoryThatItsMethodHasStarted(CapturedOutput output) {
			ScopedConnectionFactoryTests.this.contextRunner.withUserConfiguration(Started.class)
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(warnings(output)).containsOnlyOnce(
					"Reads of the Redis connection factory 'started' are not routed to replicas: it has been started "
							+ "already. Let its @Bean method return it without a call of afterPropertiesSet() or start()")
				.doesNotContain("read-from");
		}

		@Test
		void aStartedFactoryThatReadsFromReplicas(CapturedOutput output) {
			ScopedConnectionFactoryTests.this.contextRunner.withUserConfiguration(StartedWithReadFrom.class)
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(warnings(output))
				.containsOnlyOnce("its read-from sends reads to replicas that may lack what was "
						+ "written, those of sessions and caches included");
		}

		@Test
		void aFactoryOfAFactoryBean(CapturedOutput output) {
			ScopedConnectionFactoryTests.this.contextRunner.withBean("made", Maker.class)
				.run((context) -> assertThat(context.getBean("made")).isNotNull());
			assertThat(warnings(output))
				.containsOnlyOnce("'made' are not routed to replicas: it comes from a FactoryBean");
		}

		@Test
		void aFactoryThatIsNeededTooEarly(CapturedOutput output) {
			ScopedConnectionFactoryTests.this.contextRunner.withUserConfiguration(Early.class)
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(warnings(output))
				.containsOnlyOnce("'early' are not routed to replicas: it was created before Lagwise could replace it");
		}

		@Test
		void aFactoryThatWasRegisteredAsAnObject(CapturedOutput output) {
			ScopedConnectionFactoryTests.this.contextRunner
				.withInitializer((context) -> context.getBeanFactory()
					.registerSingleton("object", new LettuceConnectionFactory("127.0.0.1", 1)))
				.run((context) -> assertThat(context).hasNotFailed());
			assertThat(warnings(output)).containsOnlyOnce(
					"'object' are not routed to replicas: it was created before Lagwise could replace it");
		}

		private static String warnings(CapturedOutput output) {
			return String.join("\n", output.getAll().lines().filter((line) -> line.contains("WARN")).toList());
		}

	}

	/**
	 * As the refresh scope of Spring Cloud: one object until all of them are thrown away.
	 */
	static class Refreshable implements Scope {

		private final Map<String, Object> objects = new ConcurrentHashMap<>();

		private final Map<String, Runnable> callbacks = new ConcurrentHashMap<>();

		@Override
		public Object get(String name, ObjectFactory<?> objectFactory) {
			Object object = this.objects.get(name);
			if (object == null) {
				object = objectFactory.getObject();
				this.objects.put(name, object);
			}
			return object;
		}

		@Override
		public @Nullable Object remove(String name) {
			this.callbacks.remove(name);
			return this.objects.remove(name);
		}

		@Override
		public void registerDestructionCallback(String name, Runnable callback) {
			this.callbacks.put(name, callback);
		}

		void refresh() {
			this.objects.clear();
			this.callbacks.values().forEach(Runnable::run);
			this.callbacks.clear();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByClass {

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.TARGET_CLASS)
		LettuceConnectionFactory factory() {
			return new LettuceConnectionFactory("127.0.0.1", 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ByInterfaces {

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.INTERFACES)
		LettuceConnectionFactory factory() {
			return new LettuceConnectionFactory("127.0.0.1", 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RecordingByClass {

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.TARGET_CLASS)
		LettuceConnectionFactory factory() {
			return new RecordingFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RecordingByInterfaces {

		@Bean
		@org.springframework.context.annotation.Scope(scopeName = "refresh", proxyMode = ScopedProxyMode.INTERFACES)
		LettuceConnectionFactory factory() {
			return new RecordingFactory();
		}

	}

	static class RecordingFactory extends ReplicaAwareConnectionFactory {

		private static @Nullable ReadRequirement requirement;

		RecordingFactory() {
			super(new RedisStandaloneConfiguration("127.0.0.1", 1), LettuceClientConfiguration.defaultConfiguration());
		}

		@Override
		public RedisConnection getConnection() {
			requirement = RoutingContext.currentRequirement();
			return mock(RedisConnection.class);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Names {

		private final Map<String, ReplicaReadOptions> names = new ConcurrentHashMap<>();

		@Bean
		ReadOptionsCustomizer names() {
			return (name, options) -> {
				this.names.put(name, options);
				return options;
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Caches {

		@Bean
		RedisCacheManager cacheManager(RedisConnectionFactory factory) {
			return RedisCacheManager.create(factory);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableRedisHttpSession
	static class Sessions {

	}

	@Configuration(proxyBeanMethods = false)
	static class Started {

		@Bean
		LettuceConnectionFactory started() {
			LettuceConnectionFactory factory = new LettuceConnectionFactory("127.0.0.1", 1);
			factory.afterPropertiesSet();
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StartedWithReadFrom {

		@Bean
		LettuceConnectionFactory started() {
			LettuceConnectionFactory factory = new LettuceConnectionFactory(
					new RedisStandaloneConfiguration("127.0.0.1", 1),
					LettuceClientConfiguration.builder().readFrom(ReadFrom.REPLICA_PREFERRED).build());
			factory.afterPropertiesSet();
			return factory;
		}

	}

	static class Maker extends AbstractFactoryBean<LettuceConnectionFactory> {

		@Override
		public Class<?> getObjectType() {
			return LettuceConnectionFactory.class;
		}

		@Override
		protected LettuceConnectionFactory createInstance() {
			return new LettuceConnectionFactory("127.0.0.1", 1);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		static LettuceConnectionFactory early() {
			return new LettuceConnectionFactory("127.0.0.1", 1);
		}

		@Bean
		static Eager eager(RedisConnectionFactory factory) {
			return new Eager();
		}

	}

	static class Eager implements BeanPostProcessor, PriorityOrdered {

		@Override
		public int getOrder() {
			return 0;
		}

	}

}
