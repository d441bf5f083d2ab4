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

import io.lagwise.context.ReadRequirement;

import org.springframework.util.Assert;

/**
 * Decides which nodes may serve a read, in order of preference.
 */
public interface ReadRouter {

	/**
	 * Plan a read. Never fails: where nothing is fit to serve the read, the plan says so.
	 * @param requirement what the answer has to satisfy
	 * @return where the read goes
	 */
	RoutePlan plan(ReadRequirement requirement);

	/**
	 * Plan a read that must not wander between replicas: the same preference leads to the
	 * same replica as long as that is fit.
	 * @param requirement what the answer has to satisfy
	 * @param preference decides which replica comes first
	 * @return where the read goes
	 */
	RoutePlan plan(ReadRequirement requirement, int preference);

	/**
	 * Replace the replicas among which the router chooses.
	 * @param replicas the replicas that may serve reads from now on, in a stable order
	 */
	void update(List<? extends ReadCandidate> replicas);

	/**
	 * Create a router that knows no replicas yet.
	 * @param loadBalancer chooses among replicas that are all fit
	 * @return the router
	 */
	static ReadRouter create(LoadBalancer loadBalancer) {
		Assert.notNull(loadBalancer, "'loadBalancer' must not be null");
		return new DefaultReadRouter(loadBalancer, (bound) -> ThreadLocalRandom.current().nextInt(bound));
	}

}
