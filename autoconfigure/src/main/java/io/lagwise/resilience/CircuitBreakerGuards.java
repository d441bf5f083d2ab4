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

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.NodeGuard;
import io.lagwise.routing.NodeGuards;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.Assert;

/**
 * Guards each replica that one connection factory reads from with a Resilience4j circuit
 * breaker named {@code lagwise-<host:port>}. Reads go to a replica while its breaker is
 * closed, disabled or records metrics only; they never take a permit of it. It opens on
 * failures, and at once when the replica is slow against the others; probes close it
 * again.
 * <p>
 * A breaker of that name that is in the registry before is used as it is. Others get the
 * registry's configuration named {@code lagwise}, in which every failure of a replica
 * counts whatever exceptions it names, or the settings where there is none; they are
 * removed from the registry when their nodes are gone.
 */
public final class CircuitBreakerGuards implements NodeGuards {

	private final CircuitBreakerSettings settings;

	private final NodeBreakers breakers;

	private final PeerComparison peers;

	private final Map<NodeAddress, CircuitBreakerGuard> guards = new ConcurrentHashMap<>();

	private CircuitBreakerGuards(CircuitBreakerSettings settings, NodeBreakers breakers) {
		this.settings = settings;
		this.breakers = breakers;
		this.peers = new PeerComparison(settings.slowFactor(), settings.slowMinimum());
	}

	/**
	 * Create guards with a registry of their own.
	 * @param settings when a replica gets no reads, and when it gets them again
	 * @return the guards
	 */
	public static CircuitBreakerGuards create(CircuitBreakerSettings settings) {
		return create(settings, CircuitBreakerRegistry.ofDefaults());
	}

	/**
	 * Create guards with an application's registry.
	 * @param settings when a replica gets no reads, and when it gets them again
	 * @param registry holds the circuit breakers
	 * @return the guards
	 */
	public static CircuitBreakerGuards create(CircuitBreakerSettings settings, CircuitBreakerRegistry registry) {
		Assert.notNull(settings, "'settings' must not be null");
		Assert.notNull(registry, "'registry' must not be null");
		return new CircuitBreakerGuards(settings, new NodeBreakers(settings, registry));
	}

	/**
	 * Create guards with the registry among the beans of an application, or with one of
	 * their own unless there is exactly one.
	 * @param settings when a replica gets no reads, and when it gets them again
	 * @param beanFactory the beans
	 * @return the guards
	 */
	public static CircuitBreakerGuards create(CircuitBreakerSettings settings, BeanFactory beanFactory) {
		return create(settings, beanFactory.getBeanProvider(CircuitBreakerRegistry.class)
			.getIfUnique(CircuitBreakerRegistry::ofDefaults));
	}

	/**
	 * Create guards for another connection factory. A node that both read from has one
	 * breaker.
	 * @return the guards
	 */
	public CircuitBreakerGuards forAnotherFactory() {
		return new CircuitBreakerGuards(this.settings, this.breakers);
	}

	@Override
	public NodeGuard guard(NodeAddress node) {
		CircuitBreakerGuard guard = this.guards.get(node);
		return (guard != null) ? guard : this.guards.computeIfAbsent(node, this::create);
	}

	@Override
	public void compare(Map<NodeAddress, Duration> latencies) {
		Map<NodeAddress, Duration> inUse = new HashMap<>(latencies);
		this.guards.forEach((node, guard) -> {
			if (!guard.permitsReads()) {
				inUse.remove(node);
				this.peers.forget(node);
			}
		});
		for (SlowReplica slow : this.peers.compare(inUse)) {
			CircuitBreakerGuard guard = this.guards.get(slow.node());
			if (guard != null) {
				guard.open(slow);
			}
		}
	}

	@Override
	public void retain(Collection<NodeAddress> nodes) {
		this.guards.forEach((node, guard) -> {
			if (!nodes.contains(node) && this.guards.remove(node, guard)) {
				guard.close();
				this.peers.forget(node);
				this.breakers.release(node);
			}
		});
	}

	private CircuitBreakerGuard create(NodeAddress node) {
		return new CircuitBreakerGuard(node, this.breakers.acquire(node), this.peers);
	}

}
