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

package io.lagwise.benchmarks.fault;

import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.testkit.ReplicatedRedis;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * A Spring Boot application with nothing set but {@code read-from=replica-preferred},
 * with or without Lagwise.
 */
final class SpringFaultClient implements FaultClient {

	private final ConfigurableApplicationContext context;

	private final StringRedisTemplate template;

	SpringFaultClient(ReplicatedRedis redis, boolean lagwise) {
		Map<String, Object> properties = new LinkedHashMap<>(redis.springProperties());
		properties.put("spring.data.redis.lettuce.read-from", "replica-preferred");
		properties.put("lagwise.enabled", lagwise);
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(properties)
			.run();
		this.template = this.context.getBean(StringRedisTemplate.class);
	}

	@Override
	public @Nullable String get(String key) {
		return this.template.opsForValue().get(key);
	}

	@Override
	public void set(String key, String value) {
		this.template.opsForValue().set(key, value);
	}

	@Override
	public void close() {
		this.context.close();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
