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

package io.lagwise.routing;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import io.lagwise.replication.NodeAddress;

/**
 * Chooses which of several replicas that are all fit to serve a read is asked first.
 * <p>
 * Implementations are called on every read, from many threads, and must be fast. To use
 * one of your own, declare it as a bean.
 */
@FunctionalInterface
public interface LoadBalancer {

	/**
	 * Choose a replica.
	 * @param candidates the replicas, two at least, in a stable order
	 * @return the index of the chosen one
	 */
	int choose(List<? extends ReadCandidate> candidates);

	/**
	 * Put the replicas into the order in which they are tried after the chosen one, which
	 * is also the order in which {@link #choose} gets them. Called when they change.
	 * @param <C> the type of the replicas
	 * @param candidates the replicas
	 * @return the same replicas, in the same order unless overridden
	 */
	default <C extends ReadCandidate> List<C> arrange(List<C> candidates) {
		return candidates;
	}

	/**
	 * Return the replicas that are preferred by their addresses, for messages.
	 * @return the addresses, none unless overridden
	 */
	default List<NodeAddress> preference() {
		return List.of();
	}

	/**
	 * Take two replicas at random and choose the one with fewer reads in flight. Spreads
	 * evenly over equal replicas and sends less to slow ones.
	 * @return the load balancer
	 */
	static LoadBalancer powerOfTwoChoices() {
		return new PowerOfTwoChoices((bound) -> ThreadLocalRandom.current().nextInt(bound));
	}

	/**
	 * Choose the replicas in turn.
	 * @return the load balancer
	 */
	static LoadBalancer roundRobin() {
		return new RoundRobin();
	}

	/**
	 * Choose a replica at random.
	 * @return the load balancer
	 */
	static LoadBalancer random() {
		return (candidates) -> ThreadLocalRandom.current().nextInt(candidates.size());
	}

	/**
	 * Choose the replica that lately answered fastest.
	 * @return the load balancer
	 */
	static LoadBalancer lowestLatency() {
		return new LowestLatency();
	}

	/**
	 * Choose the replica that stands first in a list; replicas that it does not name come
	 * last and share the reads evenly.
	 * @param preference the addresses of the preferred replicas, the best first
	 * @return the load balancer
	 */
	static LoadBalancer ordered(List<NodeAddress> preference) {
		return new OrderedPreference(preference, powerOfTwoChoices());
	}

}
