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

package io.lagwise.benchmarks.scaling;

import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.benchmarks.consistency.ReadCounts;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A Spring Boot application that is connected to all nodes.
 */
final class Client implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final StringRedisTemplate template;

	private final ReadCounts counts;

	Client(Subject subject, ReplicatedRedis redis) throws InterruptedException {
		Map<String, Object> properties = new LinkedHashMap<>(redis.springProperties());
		properties.putAll(subject.properties());
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(properties)
			.run();
		this.template = this.context.getBean(StringRedisTemplate.class);
		this.counts = this.context.getBean(ReadCounts.class);
		for (ReplicaAwareConnectionFactory factory : this.context.getBeansOfType(ReplicaAwareConnectionFactory.class)
			.values()) {
			while (factory.getReadableReplicas().size() < redis.nodes().size() - 1) {
				Thread.sleep(10);
			}
		}
	}

	StringRedisTemplate template() {
		return this.template;
	}

	/**
	 * Return who has answered reads; of a client without Lagwise nothing is known.
	 */
	ReadCounts counts() {
		return this.counts;
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		static ReadCounts readCounts() {
			return new ReadCounts();
		}

		@Bean
		static BeanPostProcessor listenerToReads(ReadCounts counts) {
			return new ListenerToReads(counts);
		}

	}

	private record ListenerToReads(ReadCounts counts) implements BeanPostProcessor {

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (bean instanceof ReplicaAwareConnectionFactory factory) {
				factory.setReadOptions(factory.getReadOptions().withReadListener(this.counts));
			}
			return bean;
		}

	}

}
