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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.lagwise.connection.PrimaryConnectionFactory;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.routing.LoadBalancer;
import io.lagwise.routing.ProxiedReporter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
final class ConnectionFactoryReplacer
		implements DestructionAwareBeanPostProcessor, SmartInitializingSingleton, PriorityOrdered {

	private static final Log logger = LogFactory.getLog(ConnectionFactoryReplacer.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final ObjectProvider<LagwiseProperties> properties;

	private final ObjectProvider<LoadBalancer> loadBalancer;

	private final ObjectProvider<ReadOptionsCustomizer> customizers;

	private final Map<Object, ReplicaAwareConnectionFactory> replacements = Collections
		.synchronizedMap(new IdentityHashMap<>());

	private final Set<String> leftAlone = ConcurrentHashMap.newKeySet();

	ConnectionFactoryReplacer(ConfigurableListableBeanFactory beanFactory, ObjectProvider<LagwiseProperties> properties,
			ObjectProvider<LoadBalancer> loadBalancer, ObjectProvider<ReadOptionsCustomizer> customizers) {
		this.beanFactory = beanFactory;
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
			warn(beanName, factory, obstacle);
		}
		return bean;
	}

	/**
	 * What a {@code FactoryBean} has made is only shown when it is finished.
	 */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RedisConnectionFactory factory && isLeftAlone(factory)) {
			warn(beanName, factory, "it comes from a FactoryBean. Declare it with a @Bean method");
		}
		return bean;
	}

	/**
	 * Tell of factories that were there before they could be looked at.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		for (String name : this.beanFactory.getBeanNamesForType(RedisConnectionFactory.class, false, false)) {
			Object bean = this.beanFactory.getSingleton(name);
			if (bean instanceof RedisConnectionFactory factory && isLeftAlone(factory)) {
				warn(name, factory, "it was created before Lagwise could replace it: a "
						+ "post-processor needs it, or it was registered as an object. Let what needs it take an "
						+ "ObjectProvider, or make the method that declares the post-processor static");
			}
		}
	}

	private static boolean isLeftAlone(RedisConnectionFactory factory) {
		return !(factory instanceof ReplicaAwareConnectionFactory) && !(factory instanceof PrimaryConnectionFactory)
				&& !ProxiedReporter.isProxy(factory);
	}

	private void warn(String beanName, RedisConnectionFactory factory, String obstacle) {
		String name = nameOf(beanName);
		if (this.leftAlone.add(name)) {
			logger.warn("Reads of the Redis connection factory '" + name + "' are not routed to replicas: " + obstacle
					+ ". Annotations, sessions and writes that wait for replicas have no effect on it"
					+ replicas(factory));
		}
	}

	private static String replicas(RedisConnectionFactory factory) {
		return (factory instanceof LettuceConnectionFactory lettuce && lettuce.getClientConfiguration()
			.getReadFrom()
			.isPresent())
					? ", and its read-from sends reads to replicas that may lack what was written, those of sessions "
							+ "and caches included"
					: "";
	}

	// factories in scopes are known by the name of what stands for them
	private static String nameOf(String beanName) {
		return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
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
			factory.setReadOptions(readOptions(nameOf(beanName)));
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
			return "it is a " + factory.getClass().getSimpleName()
					+ ", and only Lettuce connections can be routed. Use "
					+ "Lettuce (spring.data.redis.client-type=lettuce, or a LettuceConnectionFactory bean)";
		}
		if (lettuce.getClass() != LettuceConnectionFactory.class) {
			return "it is of the class " + lettuce.getClass().getName() + "; let that class extend "
					+ ReplicaAwareConnectionFactory.class.getName() + " instead";
		}
		if (lettuce.isRunning()) {
			return "it has been started already. Let its @Bean method return it without a call of afterPropertiesSet() "
					+ "or start(), which Spring makes, or return a "
					+ ReplicaAwareConnectionFactory.class.getSimpleName();
		}
		if (lettuce.isClusterAware()) {
			return "Redis Cluster is not supported yet";
		}
		return (lettuce.getSocketConfiguration() != null) ? "a Unix domain socket leads to one node only" : null;
	}

}
