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

package io.lagwise.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Connects a Spring application to a {@link ReplicatedRedis}, whatever else it is
 * configured to use.
 *
 * <p>
 * {@link ReplicatedRedis#springProperties()} come before all other property sources. With
 * Spring Boot's module for Redis there are connection details, too, so that addresses and
 * credentials of the application's own servers are ignored. The {@code ReplicatedRedis}
 * becomes a bean. A connection factory, or a configuration for one, that the application
 * declares as a bean is left alone.
 */
public final class ReplicatedRedisInitializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final String NAME = "replicatedRedis";

	private static final String DETAILS = "org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails";

	private final ReplicatedRedis redis;

	/**
	 * Create an initializer.
	 * @param redis the servers, which must run as long as the application
	 */
	public ReplicatedRedisInitializer(ReplicatedRedis redis) {
		if (redis == null) {
			throw new IllegalArgumentException("'redis' must not be null");
		}
		this.redis = redis;
	}

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		Map<String, Object> properties = new HashMap<>(this.redis.springProperties());
		String url = ReplicatedRedis.PROPERTY_PREFIX + "url";
		if (context.getEnvironment().containsProperty(url)) {
			// Boot switches encryption on by the URL, also where connection details
			// decide
			properties.put(url, "");
		}
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource(NAME, properties));
		context.getBeanFactory().registerSingleton(NAME, this.redis);
		if (ClassUtils.isPresent(DETAILS, context.getClassLoader())) {
			Details.register(this.redis, context.getBeanFactory(), context.getEnvironment());
		}
	}

	/**
	 * Spring Boot's module for Redis need not be there.
	 */
	private static final class Details {

		static void register(ReplicatedRedis redis, ConfigurableListableBeanFactory beanFactory,
				ConfigurableEnvironment environment) {
			Supplier<DataRedisConnectionDetails> details = () -> new ReplicatedRedisConnectionDetails(
					redis.springProperties(), beanFactory, environment);
			RootBeanDefinition definition = new RootBeanDefinition(DataRedisConnectionDetails.class, details);
			definition.setPrimary(true);
			((BeanDefinitionRegistry) beanFactory).registerBeanDefinition("replicatedRedisConnectionDetails",
					definition);
		}

	}

}
