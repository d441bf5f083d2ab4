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

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Checks the nodes in {@code spring.data.redis} before they are used: a mistake there
 * would otherwise show up as a parsing error that names no property.
 */
final class RedisPropertiesValidator implements BeanFactoryPostProcessor {

	private static final String SENTINEL_MASTER = "spring.data.redis.sentinel.master";

	private static final String SENTINEL_NODES = "spring.data.redis.sentinel.nodes";

	private static final String MASTER_REPLICA_NODES = "spring.data.redis.masterreplica.nodes";

	private final Environment environment;

	RedisPropertiesValidator(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		Binder binder = Binder.get(this.environment);
		List<String> sentinels = validate(binder, SENTINEL_NODES);
		String master = binder.bind(SENTINEL_MASTER, String.class).orElse(null);
		if (sentinels != null && !StringUtils.hasText(master)) {
			throw new InvalidPropertyException(SENTINEL_MASTER, (master != null) ? master : "", "is empty",
					"Set the name under which the Sentinels watch the primary.");
		}
		if (sentinels == null && master != null) {
			throw empty(SENTINEL_NODES);
		}
		validate(binder, MASTER_REPLICA_NODES);
	}

	private static @Nullable List<String> validate(Binder binder, String property) {
		List<String> nodes = binder.bind(property, Bindable.listOf(String.class)).orElse(null);
		if (nodes == null) {
			return null;
		}
		if (nodes.isEmpty()) {
			throw empty(property);
		}
		NodeLists.parse(property, nodes);
		return nodes;
	}

	private static InvalidPropertyException empty(String property) {
		return new InvalidPropertyException(property, "", "names no node",
				"List the nodes as host:port, separated by commas, or remove the property.");
	}

}
