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

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;

import io.lagwise.connection.PrimaryConnectionFactory;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.routing.LoadBalancer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Puts a {@link ReplicaAwareConnectionFactory} in the place of every plain
 * {@link LettuceConnectionFactory}, before that is initialized: all that Spring Boot or
 * the user has configured is in it by then, and it never starts.
 */
final class ConnectionFactoryReplacer implements DestructionAwareBeanPostProcessor, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(ConnectionFactoryReplacer.class);

	private final ObjectProvider<LagwiseProperties> properties;

	private final ObjectProvider<LoadBalancer> loadBalancer;

	private final ObjectProvider<ReadOptionsCustomizer> customizers;

	private final Map<Object, ReplicaAwareConnectionFactory> replacements = Collections
		.synchronizedMap(new IdentityHashMap<>());

	ConnectionFactoryReplacer(ObjectProvider<LagwiseProperties> properties, ObjectProvider<LoadBalancer> loadBalancer,
			ObjectProvider<ReadOptionsCustomizer> customizers) {
		this.properties = properties;
		this.loadBalancer = loadBalancer;
		this.customizers = customizers;
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof ReplicaAwareConnectionFactory factory) {
			configure(factory, beanName);
		}
		else if (bean instanceof RedisConnectionFactory factory && !(bean instanceof PrimaryConnectionFactory)) {
			String obstacle = obstacle(factory);
			if (obstacle == null) {
				ReplicaAwareConnectionFactory replacement = ReplicaAwareConnectionFactory
					.replacing((LettuceConnectionFactory) factory);
				configure(replacement, beanName);
				this.replacements.put(bean, replacement);
				return replacement;
			}
			logger.info("Reads of the Redis connection factory '" + beanName + "' are not routed to replicas: "
					+ obstacle + ". Its writes do not wait for replicas either");
		}
		return bean;
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return this.replacements.containsKey(bean);
	}

	// the container destroys the bean that it has created, which is the replaced one
	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		ReplicaAwareConnectionFactory replacement = this.replacements.remove(bean);
		if (replacement != null) {
			replacement.destroy();
		}
	}

	private void configure(ReplicaAwareConnectionFactory factory, String beanName) {
		factory.setBeanName(beanName);
		if (factory.getReadOptions() == ReplicaReadOptions.DEFAULTS) {
			factory.setReadOptions(readOptions(beanName));
		}
	}

	private ReplicaReadOptions readOptions(String beanName) {
		ReplicaReadOptions options = this.properties.getObject().toReadOptions(this.loadBalancer.getIfUnique());
		for (ReadOptionsCustomizer customizer : this.customizers.orderedStream().toList()) {
			options = customizer.customize(beanName, options);
		}
		return options;
	}

	private static @Nullable String obstacle(RedisConnectionFactory factory) {
		if (!(factory instanceof LettuceConnectionFactory lettuce)) {
			return "it is a " + factory.getClass().getSimpleName() + ", and only Lettuce connections can be routed";
		}
		if (lettuce.getClass() != LettuceConnectionFactory.class) {
			return "it is of the class " + lettuce.getClass().getName() + "; let that class extend "
					+ ReplicaAwareConnectionFactory.class.getName() + " instead";
		}
		if (lettuce.isRunning()) {
			return "it has been started already";
		}
		if (lettuce.isClusterAware()) {
			return "Redis Cluster is not supported yet";
		}
		return (lettuce.getSocketConfiguration() != null) ? "a Unix domain socket leads to one node only" : null;
	}

}
