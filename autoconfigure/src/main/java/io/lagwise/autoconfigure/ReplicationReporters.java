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

import java.util.LinkedHashMap;
import java.util.Map;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.routing.ProxiedReporter;
import io.lagwise.routing.ReplicationReporter;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.SimpleAutowireCandidateResolver;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Finds the connection factories that read from replicas, by their names.
 */
final class ReplicationReporters {

	private ReplicationReporters() {
	}

	// by the type that the factories had before they were replaced: the container goes by
	// that until it has created them
	static Map<String, ReplicationReporter> of(ConfigurableListableBeanFactory beanFactory) {
		Map<String, ReplicationReporter> reporters = new LinkedHashMap<>();
		SimpleAutowireCandidateResolver.resolveAutowireCandidates(beanFactory, RedisConnectionFactory.class)
			.forEach((name, factory) -> {
				if (ProxiedReporter.isProxy(factory)) {
					if (mayBeRouted(factory)) {
						reporters.put(name, new ProxiedReporter(factory));
					}
				}
				else if (factory instanceof ReplicaAwareConnectionFactory replicaAware && isRouted(replicaAware)) {
					reporters.put(name, replicaAware);
				}
			});
		return reporters;
	}

	// outside of its scope a factory cannot be looked at
	private static boolean mayBeRouted(Object proxy) {
		ReplicationReporter reporter = ProxiedReporter.find(proxy);
		return (reporter instanceof ReplicaAwareConnectionFactory factory) ? isRouted(factory)
				: proxy instanceof LettuceConnectionFactory;
	}

	private static boolean isRouted(ReplicaAwareConnectionFactory factory) {
		return !factory.isClusterAware() && factory.getSocketConfiguration() == null;
	}

}
