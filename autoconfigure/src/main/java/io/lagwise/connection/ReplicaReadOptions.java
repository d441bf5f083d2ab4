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
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.FallbackLimit;
import io.lagwise.routing.LoadBalancer;
import io.lagwise.routing.NodeGuards;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.WaitListener;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How a {@link ReplicaAwareConnectionFactory} reads from replicas: an immutable value.
 */
public final class ReplicaReadOptions {

	/**
	 * The options unless set: an attempt timeout of 200 milliseconds, a monitor interval
	 * of 50 milliseconds, a topology refresh interval of one second, a ramp-up of two
	 * seconds, a maximum lag of one second, consistent reads that wait 20 milliseconds,
	 * no tokens of sessions, one second and eight connections for writes that wait, no
	 * guards, no limit, no listeners and no node with credentials of its own.
	 */
	public static final ReplicaReadOptions DEFAULTS = new ReplicaReadOptions();

	private @Nullable ReadRequirement defaultRequirement;

	private @Nullable LoadBalancer loadBalancer;

	private Duration attemptTimeout = Duration.ofMillis(200);

	private Map<String, Duration> slowCommands = Map.of();

	private Duration rampUp = Duration.ofSeconds(2);

	private Duration maxLag = Duration.ofSeconds(1);

	private Duration monitorInterval = Duration.ofMillis(50);

	private Duration topologyRefreshInterval = Duration.ofSeconds(1);

	private ConsistencyEnforcement consistencyEnforcement = ConsistencyEnforcement.WAIT;

	private Duration consistencyMaxWait = Duration.ofMillis(20);

	private @Nullable SessionTokens sessionTokens;

	private Duration waitTimeout = Duration.ofSeconds(1);

	private int waitConnections = 8;

	private NodeGuards nodeGuards = NodeGuards.NONE;

	private FallbackLimit fallbackLimit = FallbackLimit.NONE;

	private ReadListener readListener = ReadListener.NONE;

	private ReplicationListener replicationListener = ReplicationListener.NONE;

	private WaitListener waitListener = WaitListener.NONE;

	private NodeCredentials nodeCredentials = NodeCredentials.NONE;

	private String application = "";

	private ReplicaReadOptions() {
	}

	private ReplicaReadOptions(ReplicaReadOptions original) {
		this.defaultRequirement = original.defaultRequirement;
		this.loadBalancer = original.loadBalancer;
		this.attemptTimeout = original.attemptTimeout;
		this.slowCommands = original.slowCommands;
		this.rampUp = original.rampUp;
		this.maxLag = original.maxLag;
		this.monitorInterval = original.monitorInterval;
		this.topologyRefreshInterval = original.topologyRefreshInterval;
		this.consistencyEnforcement = original.consistencyEnforcement;
		this.consistencyMaxWait = original.consistencyMaxWait;
		this.sessionTokens = original.sessionTokens;
		this.waitTimeout = original.waitTimeout;
		this.waitConnections = original.waitConnections;
		this.nodeGuards = original.nodeGuards;
		this.fallbackLimit = original.fallbackLimit;
		this.readListener = original.readListener;
		this.replicationListener = original.replicationListener;
		this.waitListener = original.waitListener;
		this.nodeCredentials = original.nodeCredentials;
		this.application = original.application;
	}

	/**
	 * Return what reads ask for where no scope is open.
	 * @return the requirement, or {@code null} to follow the {@code ReadFrom} of the
	 * client configuration (any replica where that is not set either)
	 */
	public @Nullable ReadRequirement defaultRequirement() {
		return this.defaultRequirement;
	}

	/**
	 * Return what chooses among replicas that are all fit.
	 * @return the load balancer, or {@code null} to follow the {@code ReadFrom} of the
	 * client configuration (power of two choices where that is not set either)
	 */
	public @Nullable LoadBalancer loadBalancer() {
		return this.loadBalancer;
	}

	/**
	 * Return how long a replica may take to begin its answer before the next node is
	 * asked.
	 * @return the timeout
	 */
	public Duration attemptTimeout() {
		return this.attemptTimeout;
	}

	/**
	 * Return how long a replica may take to begin its answer to commands that take longer
	 * than others.
	 * @return the timeouts by the names of the commands, in upper case
	 */
	public Map<String, Duration> slowCommands() {
		return this.slowCommands;
	}

	/**
	 * Return how long a replica that has come back takes to get its full share of the
	 * reads.
	 * @return the time, zero for at once
	 */
	public Duration rampUp() {
		return this.rampUp;
	}

	/**
	 * Return how far a replica may be behind its primary to serve reads.
	 * @return the time, zero for any distance
	 */
	public Duration maxLag() {
		return this.maxLag;
	}

	/**
	 * Return how often every node is asked for its replication state.
	 * @return the interval
	 */
	public Duration monitorInterval() {
		return this.monitorInterval;
	}

	/**
	 * Return how often every Sentinel is asked for the topology, in addition to the
	 * events that Sentinels send.
	 * @return the interval
	 */
	public Duration topologyRefreshInterval() {
		return this.topologyRefreshInterval;
	}

	/**
	 * Return how a consistent read comes to a replica that is proven to be fresh enough.
	 * @return the enforcement
	 */
	public ConsistencyEnforcement consistencyEnforcement() {
		return this.consistencyEnforcement;
	}

	/**
	 * Return how long a consistent read waits for a replica to catch up where it does not
	 * say so itself.
	 * @return the time, zero for not at all
	 */
	public Duration consistencyMaxWait() {
		return this.consistencyMaxWait;
	}

	/**
	 * Return what signs the tokens of sessions.
	 * @return the tokens, or {@code null} where sessions give none
	 */
	public @Nullable SessionTokens sessionTokens() {
		return this.sessionTokens;
	}

	/**
	 * Return how long writes wait for replicas where they do not say so themselves.
	 * @return the time
	 */
	public Duration waitTimeout() {
		return this.waitTimeout;
	}

	/**
	 * Return how many threads can wait for their writes to reach replicas at a time: each
	 * takes a connection to the primary.
	 * @return the number of connections
	 */
	public int waitConnections() {
		return this.waitConnections;
	}

	/**
	 * Return what keeps reads away from replicas that have failed lately.
	 * @return the guards
	 */
	public NodeGuards nodeGuards() {
		return this.nodeGuards;
	}

	/**
	 * Return what limits the reads that the primary serves in place of replicas.
	 * @return the limit
	 */
	public FallbackLimit fallbackLimit() {
		return this.fallbackLimit;
	}

	/**
	 * Return who is told how reads fare.
	 * @return the listener
	 */
	public ReadListener readListener() {
		return this.readListener;
	}

	/**
	 * Return who is told what changes among the nodes.
	 * @return the listener
	 */
	public ReplicationListener replicationListener() {
		return this.replicationListener;
	}

	/**
	 * Return who is told how long replicas were waited for.
	 * @return the listener
	 */
	public WaitListener waitListener() {
		return this.waitListener;
	}

	/**
	 * Return the user and password of nodes that have others than the rest.
	 * @return the credentials
	 */
	public NodeCredentials nodeCredentials() {
		return this.nodeCredentials;
	}

	/**
	 * Return the name of the application that writes.
	 * @return the name
	 */
	public String application() {
		return this.application;
	}

	/**
	 * Return options that differ in the default requirement.
	 * @param defaultRequirement what reads ask for where no scope is open
	 * @return the options
	 */
	public ReplicaReadOptions withDefaultRequirement(@Nullable ReadRequirement defaultRequirement) {
		return with((options) -> options.defaultRequirement = defaultRequirement);
	}

	/**
	 * Return options that differ in the load balancer.
	 * @param loadBalancer chooses among replicas that are all fit
	 * @return the options
	 */
	public ReplicaReadOptions withLoadBalancer(@Nullable LoadBalancer loadBalancer) {
		return with((options) -> options.loadBalancer = loadBalancer);
	}

	/**
	 * Return options that differ in the attempt timeout.
	 * @param attemptTimeout how long a replica may take to begin its answer before the
	 * next node is asked, one millisecond at least
	 * @return the options
	 */
	public ReplicaReadOptions withAttemptTimeout(Duration attemptTimeout) {
		Assert.isTrue(attemptTimeout.toMillis() > 0, "'attemptTimeout' must be at least one millisecond");
		return with((options) -> options.attemptTimeout = attemptTimeout);
	}

	/**
	 * Return whether a command is one that may be read from a replica.
	 * @param command the name of the command, in any case
	 * @return whether it is
	 */
	public static boolean isReadFromReplicas(String command) {
		ReadCommands.Rule rule = ReadCommands.rules().get(command.toUpperCase(Locale.ROOT));
		return rule != null && rule != ReadCommands.Rule.PRIMARY;
	}

	/**
	 * Return options that differ in the timeouts of slow commands. A command that takes
	 * long keeps a whole node busy, so that it helps nobody to ask the next one as well.
	 * @param slowCommands how long a replica may take to begin its answer, by the names
	 * of the commands
	 * @return the options
	 */
	public ReplicaReadOptions withSlowCommands(Map<String, Duration> slowCommands) {
		Map<String, Duration> timeouts = new HashMap<>();
		slowCommands.forEach((command, timeout) -> {
			Assert.isTrue(timeout.toMillis() > 0, "'slowCommands' must be at least one millisecond each");
			timeouts.put(command.toUpperCase(Locale.ROOT), timeout);
		});
		return with((options) -> options.slowCommands = Map.copyOf(timeouts));
	}

	/**
	 * Return options that differ in the ramp-up.
	 * @param rampUp how long a replica that has come back takes to get its full share,
	 * zero for at once
	 * @return the options
	 */
	public ReplicaReadOptions withRampUp(Duration rampUp) {
		Assert.isTrue(!rampUp.isNegative(), "'rampUp' must not be negative");
		return with((options) -> options.rampUp = rampUp);
	}

	/**
	 * Return options that differ in the maximum lag. A replica that is proven to be
	 * further behind gets no reads; of the answers it does not follow that they are never
	 * older.
	 * @param maxLag how far a replica may be behind its primary, zero for any distance
	 * @return the options
	 */
	public ReplicaReadOptions withMaxLag(Duration maxLag) {
		Assert.isTrue(!maxLag.isNegative(), "'maxLag' must not be negative");
		return with((options) -> options.maxLag = maxLag);
	}

	/**
	 * Return options that differ in the monitor interval.
	 * @param monitorInterval how often every node is asked for its replication state, ten
	 * milliseconds at least: what is shorter, nodes cannot answer in
	 * @return the options
	 */
	public ReplicaReadOptions withMonitorInterval(Duration monitorInterval) {
		Assert.isTrue(monitorInterval.toMillis() >= 10, "'monitorInterval' must be at least ten milliseconds");
		return with((options) -> options.monitorInterval = monitorInterval);
	}

	/**
	 * Return options that differ in the topology refresh interval.
	 * @param topologyRefreshInterval how often every Sentinel is asked for the topology,
	 * one millisecond at least
	 * @return the options
	 */
	public ReplicaReadOptions withTopologyRefreshInterval(Duration topologyRefreshInterval) {
		Assert.isTrue(topologyRefreshInterval.toMillis() > 0,
				"'topologyRefreshInterval' must be at least one millisecond");
		return with((options) -> options.topologyRefreshInterval = topologyRefreshInterval);
	}

	/**
	 * Return options that differ in the enforcement of consistent reads.
	 * @param consistencyEnforcement how a consistent read comes to a replica
	 * @return the options
	 */
	public ReplicaReadOptions withConsistencyEnforcement(ConsistencyEnforcement consistencyEnforcement) {
		Assert.notNull(consistencyEnforcement, "'consistencyEnforcement' must not be null");
		return with((options) -> options.consistencyEnforcement = consistencyEnforcement);
	}

	/**
	 * Return options that differ in the time for which a consistent read waits.
	 * @param consistencyMaxWait how long to wait for a replica to catch up, zero for not
	 * at all
	 * @return the options
	 */
	public ReplicaReadOptions withConsistencyMaxWait(Duration consistencyMaxWait) {
		Assert.isTrue(!consistencyMaxWait.isNegative(), "'consistencyMaxWait' must not be negative");
		return with((options) -> options.consistencyMaxWait = consistencyMaxWait);
	}

	/**
	 * Return options that differ in what signs the tokens of sessions.
	 * @param sessionTokens the tokens, or {@code null} for none
	 * @return the options
	 */
	public ReplicaReadOptions withSessionTokens(@Nullable SessionTokens sessionTokens) {
		return with((options) -> options.sessionTokens = sessionTokens);
	}

	/**
	 * Return options that differ in the time for which writes wait for replicas.
	 * @param waitTimeout how long to wait, one millisecond at least
	 * @return the options
	 */
	public ReplicaReadOptions withWaitTimeout(Duration waitTimeout) {
		Assert.isTrue(waitTimeout.toMillis() > 0, "'waitTimeout' must be at least one millisecond");
		return with((options) -> options.waitTimeout = waitTimeout);
	}

	/**
	 * Return options that differ in the number of connections on which writes wait.
	 * @param waitConnections how many threads can wait at a time
	 * @return the options
	 */
	public ReplicaReadOptions withWaitConnections(int waitConnections) {
		Assert.isTrue(waitConnections > 0, "'waitConnections' must be at least one");
		return with((options) -> options.waitConnections = waitConnections);
	}

	/**
	 * Return options that differ in the guards.
	 * @param nodeGuards keep reads away from replicas that have failed lately; they
	 * belong to one connection factory
	 * @return the options
	 */
	public ReplicaReadOptions withNodeGuards(NodeGuards nodeGuards) {
		Assert.notNull(nodeGuards, "'nodeGuards' must not be null");
		return with((options) -> options.nodeGuards = nodeGuards);
	}

	/**
	 * Return options that differ in the limit on fallback.
	 * @param fallbackLimit limits the reads that the primary serves in place of replicas
	 * @return the options
	 */
	public ReplicaReadOptions withFallbackLimit(FallbackLimit fallbackLimit) {
		Assert.notNull(fallbackLimit, "'fallbackLimit' must not be null");
		return with((options) -> options.fallbackLimit = fallbackLimit);
	}

	/**
	 * Return options that differ in the listener to reads.
	 * @param readListener is told how reads fare
	 * @return the options
	 */
	public ReplicaReadOptions withReadListener(ReadListener readListener) {
		Assert.notNull(readListener, "'readListener' must not be null");
		return with((options) -> options.readListener = readListener);
	}

	/**
	 * Return options that differ in the listener to changes.
	 * @param replicationListener is told what changes among the nodes
	 * @return the options
	 */
	public ReplicaReadOptions withReplicationListener(ReplicationListener replicationListener) {
		Assert.notNull(replicationListener, "'replicationListener' must not be null");
		return with((options) -> options.replicationListener = replicationListener);
	}

	/**
	 * Return options that differ in the listener to waits.
	 * @param waitListener is told how long replicas were waited for
	 * @return the options
	 */
	public ReplicaReadOptions withWaitListener(WaitListener waitListener) {
		Assert.notNull(waitListener, "'waitListener' must not be null");
		return with((options) -> options.waitListener = waitListener);
	}

	/**
	 * Return options that differ in the credentials of nodes.
	 * @param nodeCredentials the user and password of nodes that have others than the
	 * rest
	 * @return the options
	 */
	public ReplicaReadOptions withNodeCredentials(NodeCredentials nodeCredentials) {
		Assert.notNull(nodeCredentials, "'nodeCredentials' must not be null");
		return with((options) -> options.nodeCredentials = nodeCredentials);
	}

	/**
	 * Return options that differ in the application. Factories of one application with
	 * the same servers and the same database read what any of them has written.
	 * @param application the name of the application; the same for all factories unless
	 * set
	 * @return the options
	 */
	public ReplicaReadOptions withApplication(String application) {
		Assert.notNull(application, "'application' must not be null");
		return with((options) -> options.application = application);
	}

	private ReplicaReadOptions with(Consumer<ReplicaReadOptions> change) {
		ReplicaReadOptions copy = new ReplicaReadOptions(this);
		change.accept(copy);
		return copy;
	}

}
