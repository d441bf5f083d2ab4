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

package io.lagwise.sample.redis;

import java.util.Map;
import java.util.Set;

import io.lagwise.testkit.ReplicatedRedis;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.event.ApplicationFailedEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts a primary, two replicas and three Sentinels for an application that names no
 * Redis of its own; they live as long as its context.
 */
public class OwnRedis implements ApplicationContextInitializer<GenericApplicationContext> {

	private static final Log logger = LogFactory.getLog(OwnRedis.class);

	private static final Set<String> NAMES_A_REDIS = Set.of("url", "host", "port", "sentinel", "masterreplica",
			"cluster");

	@Override
	public void initialize(GenericApplicationContext context) {
		if (!isRedisNamed(context.getEnvironment())) {
			start(context);
		}
	}

	static boolean isRedisNamed(Environment environment) {
		return Binder.get(environment)
			.bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
			.map(Map::keySet)
			.map((names) -> names.stream().anyMatch(NAMES_A_REDIS::contains))
			.orElse(false);
	}

	private static void start(GenericApplicationContext context) {
		logger.info(
				"No spring.data.redis.* property names a Redis: starting a primary, two replicas and three Sentinels");
		ReplicatedRedis redis = ReplicatedRedis.builder().replicas(2).sentinels(3).start();
		context.addApplicationListener(new CloseWhenTheStartFails(redis));
		DefaultListableBeanFactory beans = context.getDefaultListableBeanFactory();
		beans.registerSingleton("ownRedis", redis);
		// Singletons are destroyed in reverse order: the servers outlive every client
		beans.registerDisposableBean("ownRedis", redis::close);
		addProperties(context.getEnvironment(), redis);
	}

	private static void addProperties(ConfigurableEnvironment environment, ReplicatedRedis redis) {
		environment.getPropertySources()
			.addLast(new MapPropertySource("ownRedis", Map.copyOf(redis.springProperties())));
	}

	/**
	 * Covers a start that fails before the context has created a single bean.
	 */
	private record CloseWhenTheStartFails(
			ReplicatedRedis redis) implements ApplicationListener<ApplicationFailedEvent> {

		@Override
		public void onApplicationEvent(ApplicationFailedEvent event) {
			this.redis.close();
		}

	}

}
