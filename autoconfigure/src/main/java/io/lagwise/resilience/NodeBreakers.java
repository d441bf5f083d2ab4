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

package io.lagwise.resilience;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.replication.NodeAddress;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The circuit breakers of a registry that belong to nodes. One that was not in the
 * registry before stays there as long as somebody reads from its node.
 */
final class NodeBreakers {

	private static final Log logger = LogFactory.getLog(NodeBreakers.class);

	private static final String PREFIX = "lagwise-";

	private static final String CONFIG_NAME = "lagwise";

	private final CircuitBreakerRegistry registry;

	private final CircuitBreakerConfig config;

	private final Map<NodeAddress, NodeBreaker> breakers = new HashMap<>();

	private final Map<NodeAddress, Integer> users = new HashMap<>();

	private final Set<NodeAddress> created = new HashSet<>();

	NodeBreakers(CircuitBreakerSettings settings, CircuitBreakerRegistry registry) {
		this.registry = registry;
		this.config = registry.getConfiguration(CONFIG_NAME)
			.map(NodeBreakers::countingEveryFailure)
			.orElseGet(settings::toConfig);
	}

	synchronized NodeBreaker acquire(NodeAddress node) {
		this.users.merge(node, 1, Integer::sum);
		return this.breakers.computeIfAbsent(node, this::find);
	}

	// what the application has made stays as it is: listeners cannot be taken off again
	synchronized void release(NodeAddress node) {
		if (this.users.merge(node, -1, Integer::sum) == 0 && this.created.remove(node)) {
			this.users.remove(node);
			this.breakers.remove(node);
			this.registry.remove(name(node));
		}
	}

	private NodeBreaker find(NodeAddress node) {
		return new NodeBreaker(node, this.registry.find(name(node)).map(this::adopt).orElseGet(() -> create(node)));
	}

	private CircuitBreaker create(NodeAddress node) {
		this.created.add(node);
		return this.registry.circuitBreaker(name(node), this.config);
	}

	private CircuitBreaker adopt(CircuitBreaker breaker) {
		CircuitBreakerConfig config = breaker.getCircuitBreakerConfig();
		if (!config.getRecordExceptionPredicate().test(ReplicaFailedException.SAMPLE)
				|| config.getIgnoreExceptionPredicate().test(ReplicaFailedException.SAMPLE)) {
			logger.warn("Circuit breaker '" + breaker.getName() + "' does not count the failures of its replica and "
					+ "opens only when that is slow. Let it record org.springframework.dao.DataAccessException, and not ignore it.");
		}
		return breaker;
	}

	private static String name(NodeAddress node) {
		return PREFIX + node;
	}

	// a list of exceptions was made for calls of another kind
	private static CircuitBreakerConfig countingEveryFailure(CircuitBreakerConfig config) {
		return CircuitBreakerConfig.from(config)
			.recordException((failure) -> true)
			.ignoreExceptions()
			.ignoreException((failure) -> false)
			.build();
	}

}
