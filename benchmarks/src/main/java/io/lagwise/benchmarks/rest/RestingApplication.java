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

package io.lagwise.benchmarks.rest;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * One instance of a Spring Boot application that has used its connection once.
 */
final class RestingApplication implements AutoCloseable {

	private static final int KEYS = 1000;

	private final ConfigurableApplicationContext context;

	private final StringRedisTemplate template;

	private final int number;

	RestingApplication(ReplicatedRedis redis, ClientKind client, int number) throws InterruptedException {
		this.number = number;
		Map<String, Object> properties = new LinkedHashMap<>(redis.springProperties());
		properties.put("spring.data.redis.lettuce.read-from", "replica-preferred");
		properties.put("lagwise.enabled", client == ClientKind.LAGWISE);
		properties.put("lagwise.reads.default-requirement", "consistent");
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.registerShutdownHook(false)
			.properties(properties)
			.run();
		this.template = this.context.getBean(StringRedisTemplate.class);
		this.template.opsForValue().set(key(0), "value");
		this.template.opsForValue().get(key(0));
		if (client == ClientKind.LAGWISE) {
			awaitReplicas(redis.replicas().size());
		}
	}

	/**
	 * Begin to write now and then, and to read: what has been written at once, and other
	 * keys in between.
	 */
	Thread load(int readsPerSecond, int writesPerSecond, Duration duration) {
		long interval = Duration.ofSeconds(1).toNanos() / readsPerSecond;
		long start = System.nanoTime();
		Thread thread = new Thread(() -> {
			SplittableRandom random = new SplittableRandom(this.number);
			long reads = readsPerSecond * duration.toMillis() / 1000;
			long written = 0;
			for (long i = 0; i < reads; i++) {
				for (long due = start + i * interval; System.nanoTime() < due;) {
					LockSupport.parkNanos(due - System.nanoTime());
				}
				String key = key(random.nextInt(KEYS));
				if (written * readsPerSecond < (i + 1) * writesPerSecond) {
					this.template.opsForValue().set(key, "value");
					written++;
				}
				this.template.opsForValue().get(key);
			}
		}, "load-" + this.number);
		thread.start();
		return thread;
	}

	@Override
	public void close() {
		this.context.close();
	}

	private String key(int number) {
		return "key:" + this.number + ":" + number;
	}

	private void awaitReplicas(int count) throws InterruptedException {
		ReplicaAwareConnectionFactory factory = this.context.getBean(ReplicaAwareConnectionFactory.class);
		while (factory.getReadableReplicas().size() < count) {
			Thread.sleep(10);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
