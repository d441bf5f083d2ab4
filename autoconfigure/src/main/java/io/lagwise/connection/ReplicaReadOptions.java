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

package io.lagwise.connection;

import java.time.Duration;

import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.LoadBalancer;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How a {@link ReplicaAwareConnectionFactory} reads from replicas: an immutable value.
 *
 * @param defaultRequirement what reads ask for where no scope is open, or {@code null} to
 * follow the {@code ReadFrom} of the client configuration (any replica where that is not
 * set either)
 * @param loadBalancer chooses among replicas that are all fit, or {@code null} to follow
 * the {@code ReadFrom} of the client configuration (power of two choices where that is
 * not set either)
 * @param attemptTimeout how long a replica may take to begin its answer before the next
 * node is asked
 * @param monitorInterval how often every node is asked for its replication state
 * @param topologyRefreshInterval how often every Sentinel is asked for the topology, in
 * addition to the events that Sentinels send
 */
public record ReplicaReadOptions(@Nullable ReadRequirement defaultRequirement, @Nullable LoadBalancer loadBalancer,
		Duration attemptTimeout, Duration monitorInterval, Duration topologyRefreshInterval) {

	/**
	 * The options unless set: an attempt timeout of 200 milliseconds, a monitor interval
	 * of 50 milliseconds and a topology refresh interval of one second.
	 */
	public static final ReplicaReadOptions DEFAULTS = new ReplicaReadOptions(null, null, Duration.ofMillis(200),
			Duration.ofMillis(50), Duration.ofSeconds(1));

	public ReplicaReadOptions {
		Assert.isTrue(attemptTimeout.toMillis() > 0, "'attemptTimeout' must be at least one millisecond");
		Assert.isTrue(monitorInterval.toMillis() > 0, "'monitorInterval' must be at least one millisecond");
		Assert.isTrue(topologyRefreshInterval.toMillis() > 0,
				"'topologyRefreshInterval' must be at least one millisecond");
	}

	/**
	 * Return options that differ in the default requirement.
	 * @param defaultRequirement what reads ask for where no scope is open
	 * @return the options
	 */
	public ReplicaReadOptions withDefaultRequirement(@Nullable ReadRequirement defaultRequirement) {
		return new ReplicaReadOptions(defaultRequirement, this.loadBalancer, this.attemptTimeout, this.monitorInterval,
				this.topologyRefreshInterval);
	}

	/**
	 * Return options that differ in the load balancer.
	 * @param loadBalancer chooses among replicas that are all fit
	 * @return the options
	 */
	public ReplicaReadOptions withLoadBalancer(@Nullable LoadBalancer loadBalancer) {
		return new ReplicaReadOptions(this.defaultRequirement, loadBalancer, this.attemptTimeout, this.monitorInterval,
				this.topologyRefreshInterval);
	}

	/**
	 * Return options that differ in the attempt timeout.
	 * @param attemptTimeout how long a replica may take to begin its answer before the
	 * next node is asked
	 * @return the options
	 */
	public ReplicaReadOptions withAttemptTimeout(Duration attemptTimeout) {
		return new ReplicaReadOptions(this.defaultRequirement, this.loadBalancer, attemptTimeout, this.monitorInterval,
				this.topologyRefreshInterval);
	}

	/**
	 * Return options that differ in the monitor interval.
	 * @param monitorInterval how often every node is asked for its replication state
	 * @return the options
	 */
	public ReplicaReadOptions withMonitorInterval(Duration monitorInterval) {
		return new ReplicaReadOptions(this.defaultRequirement, this.loadBalancer, this.attemptTimeout, monitorInterval,
				this.topologyRefreshInterval);
	}

	/**
	 * Return options that differ in the topology refresh interval.
	 * @param topologyRefreshInterval how often every Sentinel is asked for the topology
	 * @return the options
	 */
	public ReplicaReadOptions withTopologyRefreshInterval(Duration topologyRefreshInterval) {
		return new ReplicaReadOptions(this.defaultRequirement, this.loadBalancer, this.attemptTimeout,
				this.monitorInterval, topologyRefreshInterval);
	}

}
