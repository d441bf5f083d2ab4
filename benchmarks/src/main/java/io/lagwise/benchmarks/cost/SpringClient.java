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

package io.lagwise.benchmarks.cost;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.NodeGuards;
import io.lagwise.routing.ReadListener;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisTemplate;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/**
 * What Spring Boot makes of the properties, with or without Lagwise.
 *
 * @param template a template of bytes
 */
record SpringClient(RedisTemplate<byte[], byte[]> template) {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	static ConfigurableApplicationContext plain(Map<String, Object> servers, @Nullable String readFrom) {
		Map<String, Object> properties = new LinkedHashMap<>(servers);
		properties.put("lagwise.enabled", false);
		if (readFrom != null) {
			properties.put("spring.data.redis.lettuce.read-from", readFrom);
		}
		return start(properties, new DefaultRequirement(null));
	}

	/**
	 * Start an application with the starter, nothing of it switched off, and wait until
	 * it reads from all replicas.
	 */
	static ConfigurableApplicationContext lagwise(Servers servers, @Nullable ReadRequirement requirement,
			String... properties) {
		ConfigurableApplicationContext context = start(servers.throughSentinels(), new DefaultRequirement(requirement),
				properties);
		ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
		ReplicaReadOptions options = factory.getReadOptions();
		if (options.nodeGuards() == NodeGuards.NONE || options.readListener() == ReadListener.NONE) {
			throw new IllegalStateException("Breakers and meters must be on");
		}
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (factory.getReadableReplicas().size() < servers.nodes().size() - 1) {
			if (System.nanoTime() - end > 0) {
				throw new IllegalStateException("Lagwise does not read from all replicas: " + factory.report());
			}
			Thread.onSpinWait();
		}
		return context;
	}

	/**
	 * Return the native connection that the context's factory gives out.
	 */
	@SuppressWarnings({ "unchecked", "deprecation" })
	static NativeReads nativeReads(ConfigurableApplicationContext context) {
		RedisConnection connection = context.getBean(RedisConnectionFactory.class).getConnection();
		RedisAsyncCommands<byte[], byte[]> commands = (RedisAsyncCommands<byte[], byte[]>) connection
			.getNativeConnection();
		return new NativeReads(commands.getStatefulConnection(), () -> {
			connection.close();
			context.close();
		});
	}

	private static ConfigurableApplicationContext start(Map<String, Object> servers, DefaultRequirement requirement,
			String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(servers)
			.properties(properties)
			.initializers((context) -> ((GenericApplicationContext) context).registerBean(DefaultRequirement.class,
					() -> requirement))
			.run();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		MeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		SpringClient springClient(RedisConnectionFactory connectionFactory) {
			RedisTemplate<byte[], byte[]> template = new RedisTemplate<>();
			template.setConnectionFactory(connectionFactory);
			template.setDefaultSerializer(RedisSerializer.byteArray());
			template.afterPropertiesSet();
			return new SpringClient(template);
		}

		@Bean
		RedisCacheManager cacheManager(RedisConnectionFactory connectionFactory) {
			return RedisCacheManager.builder(connectionFactory)
				.cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
					.serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.byteArray())))
				.build();
		}

	}

	/**
	 * Sets what reads ask for; there is no property for a bound.
	 */
	record DefaultRequirement(@Nullable ReadRequirement requirement) implements BeanPostProcessor {

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (this.requirement != null && bean instanceof ReplicaAwareConnectionFactory factory) {
				factory.setReadOptions(factory.getReadOptions().withDefaultRequirement(this.requirement));
			}
			return bean;
		}

	}

}
