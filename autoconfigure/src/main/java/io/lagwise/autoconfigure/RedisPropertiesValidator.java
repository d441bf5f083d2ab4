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

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.util.StringUtils;

/**
 * Checks the nodes in {@code spring.data.redis} before they are used: a mistake there
 * would otherwise show up as a parsing error that names no property. What is not used is
 * not checked: properties that are left over beside another description of the nodes.
 */
final class RedisPropertiesValidator implements BeanFactoryPostProcessor {

	private static final String SENTINEL = "spring.data.redis.sentinel";

	private static final String SENTINEL_MASTER = SENTINEL + ".master";

	private static final String SENTINEL_NODES = SENTINEL + ".nodes";

	private static final String CLUSTER_NODES = "spring.data.redis.cluster.nodes";

	private static final String MASTER_REPLICA_NODES = "spring.data.redis.masterreplica.nodes";

	private final Environment environment;

	RedisPropertiesValidator(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		BootsConnections connections = new BootsConnections(beanFactory);
		if (!connections.followProperties()) {
			return;
		}
		Binder binder = Binder.get(this.environment);
		// the first of them that there is decides
		if (connections.has(RedisSentinelConfiguration.class)) {
			return;
		}
		if (binder.bind(SENTINEL, Bindable.mapOf(String.class, Object.class)).isBound()) {
			validateSentinels(binder, connections.make());
		}
		else if (!connections.has(RedisClusterConfiguration.class) && validate(binder, CLUSTER_NODES) == null
				&& !connections.has(RedisStaticMasterReplicaConfiguration.class)) {
			requireNodes(MASTER_REPLICA_NODES, validate(binder, MASTER_REPLICA_NODES));
		}
	}

	private static void validateSentinels(Binder binder, boolean used) {
		List<String> sentinels = validate(binder, SENTINEL_NODES);
		String master = binder.bind(SENTINEL_MASTER, String.class).orElse(null);
		if (sentinels != null && !StringUtils.hasText(master)) {
			throw new InvalidPropertyException(SENTINEL_MASTER, (master != null) ? master : "", "is empty",
					"Set the name under which the Sentinels watch the primary.");
		}
		if (used && master != null) {
			requireNodes(SENTINEL_NODES, (sentinels != null) ? sentinels : List.of());
		}
	}

	private static @Nullable List<String> validate(Binder binder, String property) {
		List<String> nodes = binder.bind(property, Bindable.listOf(String.class)).orElse(null);
		if (nodes != null) {
			NodeLists.parse(property, nodes);
		}
		return nodes;
	}

	private static void requireNodes(String property, @Nullable List<String> nodes) {
		if (nodes != null && nodes.isEmpty()) {
			throw new InvalidPropertyException(property, "", "names no node",
					"List the nodes as host:port, separated by commas, or remove the property.");
		}
	}

	/**
	 * What Spring Boot configures of its own.
	 */
	private record BootsConnections(ConfigurableListableBeanFactory beanFactory) {

		private static final String PACKAGE = DataRedisConnectionDetails.class.getPackageName() + ".";

		/**
		 * Return whether Spring Boot reads the nodes from the properties. It does so
		 * beside a factory of the application, too.
		 */
		boolean followProperties() {
			return Arrays.stream(names(DataRedisConnectionDetails.class)).anyMatch(this::isBoots);
		}

		/**
		 * Return whether connections are made with what Spring Boot has read.
		 */
		boolean make() {
			return Arrays.stream(names(RedisConnectionFactory.class)).anyMatch(this::isBoots);
		}

		boolean has(Class<?> type) {
			return names(type).length > 0;
		}

		private boolean isBoots(String name) {
			if (!this.beanFactory.containsBeanDefinition(name)) {
				return false;
			}
			String configuration = this.beanFactory.getBeanDefinition(name).getFactoryBeanName();
			return configuration != null && configuration.startsWith(PACKAGE);
		}

		private String[] names(Class<?> type) {
			return this.beanFactory.getBeanNamesForType(type, true, false);
		}

	}

}
