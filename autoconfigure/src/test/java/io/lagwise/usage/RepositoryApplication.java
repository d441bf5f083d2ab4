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

package io.lagwise.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.lagwise.autoconfigure.LagwiseAutoConfiguration;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.event.EventListener;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.RedisKeyExpiredEvent;
import org.springframework.data.redis.core.RedisKeyValueAdapter;
import org.springframework.data.redis.core.RedisKeyValueTemplate;
import org.springframework.data.redis.repository.configuration.EnableRedisRepositories;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An instance of an application with repositories, as Spring Boot configures it.
 */
final class RepositoryApplication implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private RepositoryApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an instance that reads from replicas by Spring's own means.
	 */
	static RepositoryApplication plain(ReplicatedRedis redis) {
		return start(redis, "lagwise.enabled=false", "spring.data.redis.lettuce.read-from=replica-preferred");
	}

	/**
	 * Start an instance that reads from any replica unless something says otherwise.
	 */
	static RepositoryApplication lagwise(ReplicatedRedis redis) {
		RepositoryApplication application = start(redis, "lagwise.reads.default-requirement=any-replica",
				"lagwise.reads.ramp-up=0", "lagwise.reads.max-lag=0");
		ReplicaAwareConnectionFactory factory = (ReplicaAwareConnectionFactory) application.context
			.getBean(RedisConnectionFactory.class);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(factory.getReadableReplicas()).hasSize(redis.replicas().size()));
		return application;
	}

	private static RepositoryApplication start(ReplicatedRedis redis, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		redis.springProperties().forEach((name, value) -> all.add(name + "=" + value));
		all.add("spring.main.banner-mode=off");
		all.add("spring.main.register-shutdown-hook=false");
		return new RepositoryApplication(new SpringApplicationBuilder(Repositories.class).web(WebApplicationType.NONE)
			.properties(all.toArray(String[]::new))
			.run());
	}

	People people() {
		return this.context.getBean(People.class);
	}

	RedisKeyValueTemplate template() {
		return this.context.getBean(RedisKeyValueTemplate.class);
	}

	/**
	 * Return what the instance was told has expired.
	 */
	Queue<RedisKeyExpiredEvent<?>> expired() {
		return this.context.getBean(ExpiredEntities.class).events;
	}

	@Override
	public void close() {
		this.context.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
			SslAutoConfiguration.class })
	@EnableRedisRepositories(basePackageClasses = People.class,
			includeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = People.class),
			enableKeyspaceEvents = RedisKeyValueAdapter.EnableKeyspaceEvents.ON_STARTUP)
	static class Repositories {

		@Bean
		ExpiredEntities expiredEntities() {
			return new ExpiredEntities();
		}

	}

	/**
	 * Hears which entities have expired.
	 */
	static class ExpiredEntities {

		private final Queue<RedisKeyExpiredEvent<?>> events = new ConcurrentLinkedQueue<>();

		@EventListener
		void expired(RedisKeyExpiredEvent<?> event) {
			this.events.add(event);
		}

	}

}
