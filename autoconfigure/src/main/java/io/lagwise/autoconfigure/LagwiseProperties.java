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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.LoadBalancer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;

/**
 * What can be set for reads from Redis replicas.
 *
 * @param enabled Whether to read from replicas. When not, nothing of the application is
 * touched.
 * @param reads how reads are routed
 * @param consistency how consistent reads come to a replica
 * @param writes how writes wait for replicas
 * @param monitor how the nodes are watched
 * @param topology how the nodes are found
 * @param circuitBreaker when a replica gets no reads
 * @param fallback what the primary does in place of replicas
 * @param health what counts as well
 * @param cache how caches read
 * @param nodes Nodes with a user or password of their own: address (host:port), username
 * and password of each. All others use spring.data.redis.username and
 * spring.data.redis.password.
 */
@ConfigurationProperties("lagwise")
record LagwiseProperties(@DefaultValue("true") boolean enabled, @DefaultValue Reads reads,
		@DefaultValue @NestedConfigurationProperty ConsistencyProperties consistency,
		@DefaultValue @Name("wait") Wait writes, @DefaultValue Monitor monitor, @DefaultValue Topology topology,
		@DefaultValue @NestedConfigurationProperty CircuitBreakerProperties circuitBreaker,
		@DefaultValue Fallback fallback, @DefaultValue Health health,
		@DefaultValue @NestedConfigurationProperty CacheProperties cache, @DefaultValue List<NodeProperties> nodes) {

	LagwiseProperties {
		NodeProperties.validate(nodes);
		Duration least = monitor.leastLag();
		cache.requireStaleness(least);
		if (!reads.maxLag().isZero() && reads.maxLag().compareTo(least) < 0) {
			throw new InvalidPropertyException("lagwise.reads.max-lag", PropertyRules.print(reads.maxLag()),
					"is less than the monitor can tell apart with its interval",
					"Set at least " + PropertyRules.print(least) + ", or 0 for replicas however far behind.");
		}
	}

	ReplicaReadOptions toReadOptions(@Nullable LoadBalancer loadBalancer) {
		DefaultRequirement requirement = this.reads.defaultRequirement();
		return ReplicaReadOptions.DEFAULTS
			.withDefaultRequirement((requirement != null) ? requirement.toRequirement() : null)
			.withLoadBalancer((loadBalancer != null) ? loadBalancer : this.reads.loadBalancer())
			.withAttemptTimeout(this.reads.attemptTimeout())
			.withSlowCommands(this.reads.slowCommands())
			.withRampUp(this.reads.rampUp())
			.withMaxLag(this.reads.maxLag())
			.withConsistencyEnforcement(this.consistency.enforcement())
			.withConsistencyMaxWait(this.consistency.maxWait())
			.withSessionTokens(this.consistency.token().toSessionTokens())
			.withWaitTimeout(this.writes.timeout())
			.withWaitConnections(this.writes.maxConnections())
			.withMonitorInterval(this.monitor.interval())
			.withTopologyRefreshInterval(this.topology.refreshInterval())
			.withNodeCredentials(NodeProperties.credentials(this.nodes));
	}

	/**
	 * How reads are routed.
	 *
	 * @param defaultRequirement What a read asks for where neither an annotation nor a
	 * scope says it. Follows spring.data.redis.lettuce.read-from unless set, else
	 * own-writes.
	 * @param loadBalancing How to choose among replicas that are all fit to serve a read.
	 * @param attemptTimeout How long a replica may take to begin its answer before the
	 * next node is asked.
	 * @param slowCommands How long a replica may take to begin its answer to commands
	 * that take longer than others, by the name of the command.
	 * @param rampUp How long a replica that has come back takes to get its full share of
	 * the reads.
	 * @param maxLag How far a replica may be behind its primary to get reads.
	 * @param preferredNodes Addresses (host:port) of the replicas to prefer with ordered
	 * load balancing, the best first.
	 */
	record Reads(@Nullable DefaultRequirement defaultRequirement, @Nullable LoadBalancing loadBalancing,
			@DefaultValue("200ms") Duration attemptTimeout, @DefaultValue Map<String, Duration> slowCommands,
			@DefaultValue("2s") Duration rampUp, @DefaultValue("1s") Duration maxLag,
			@DefaultValue List<String> preferredNodes) {

		Reads {
			PropertyRules.requirePositive("lagwise.reads.attempt-timeout", attemptTimeout);
			slowCommands.forEach(Reads::requireSlowCommand);
			PropertyRules.requireNotNegative("lagwise.reads.ramp-up", rampUp,
					"Set a duration such as 2s, or 0 for the full share at once.");
			if (loadBalancing == LoadBalancing.ORDERED && preferredNodes.isEmpty()) {
				throw new InvalidPropertyException("lagwise.reads.preferred-nodes", "", "is empty",
						"List the replicas to prefer as host:port, the best first, or choose another value for "
								+ "lagwise.reads.load-balancing.");
			}
			if (loadBalancing != LoadBalancing.ORDERED && !preferredNodes.isEmpty()) {
				throw new InvalidPropertyException("lagwise.reads.preferred-nodes", String.join(",", preferredNodes),
						"has an effect with ordered load balancing only",
						"Set lagwise.reads.load-balancing=ordered, or remove the property.");
			}
			NodeLists.parse("lagwise.reads.preferred-nodes", preferredNodes);
		}

		private static void requireSlowCommand(String command, Duration timeout) {
			String property = "lagwise.reads.slow-commands." + command;
			PropertyRules.requirePositive(property, timeout);
			if (!ReplicaReadOptions.isReadFromReplicas(command)) {
				throw new InvalidPropertyException(property, PropertyRules.print(timeout),
						"names no command that replicas answer",
						"Set the name of a command that reads keys, such as sinter or zrange, or remove the property.");
			}
		}

		@Nullable LoadBalancer loadBalancer() {
			if (this.loadBalancing == null) {
				return null;
			}
			return switch (this.loadBalancing) {
				case POWER_OF_TWO_CHOICES -> LoadBalancer.powerOfTwoChoices();
				case ROUND_ROBIN -> LoadBalancer.roundRobin();
				case RANDOM -> LoadBalancer.random();
				case LOWEST_LATENCY -> LoadBalancer.lowestLatency();
				case ORDERED -> LoadBalancer
					.ordered(new ArrayList<>(NodeLists.parse("lagwise.reads.preferred-nodes", this.preferredNodes)));
			};
		}

	}

	/**
	 * How writes wait for replicas.
	 *
	 * @param timeout How long writes wait for replicas at most where their annotation
	 * does not say so.
	 * @param maxConnections How many connections to the primary there are at most for
	 * writes that wait: how many threads can do so at a time.
	 */
	record Wait(@DefaultValue("1s") Duration timeout, @DefaultValue("8") int maxConnections) {

		Wait {
			PropertyRules.requirePositive("lagwise.wait.timeout", timeout);
			PropertyRules.requireAtLeastOne("lagwise.wait.max-connections", maxConnections,
					"Set how many threads can wait for replicas at a time, such as 8.");
		}

	}

	/**
	 * How the nodes are watched.
	 *
	 * @param interval How often to ask every node for its replication state.
	 */
	record Monitor(@DefaultValue("50ms") Duration interval) {

		private static final Duration LEAST = Duration.ofMillis(10);

		private static final Duration LAG_MARGIN = Duration.ofMillis(100);

		Monitor {
			PropertyRules.requirePositive("lagwise.monitor.interval", interval);
			if (interval.compareTo(LEAST) < 0) {
				throw new InvalidPropertyException("lagwise.monitor.interval", PropertyRules.print(interval),
						"is too short for nodes to answer in",
						"Set at least " + PropertyRules.print(LEAST) + "; 50ms is what most applications need.");
			}
		}

		/**
		 * Return the shortest time that a replica can be told to be behind.
		 */
		Duration leastLag() {
			return this.interval.multipliedBy(2).plus(LAG_MARGIN);
		}

	}

	/**
	 * How the nodes are found.
	 *
	 * @param refreshInterval How often to ask every Sentinel for the nodes, in addition
	 * to the events that Sentinels send.
	 */
	record Topology(@DefaultValue("1s") Duration refreshInterval) {

		Topology {
			PropertyRules.requirePositive("lagwise.topology.refresh-interval", refreshInterval);
		}

	}

	/**
	 * What the primary does in place of replicas.
	 *
	 * @param maxPerSecond How many reads per second the primary serves at most in place
	 * of replicas. Not limited unless set.
	 */
	record Fallback(@Nullable Integer maxPerSecond) {

		Fallback {
			if (maxPerSecond != null) {
				PropertyRules.requireAtLeastOne("lagwise.fallback.max-per-second", maxPerSecond,
						"Set how many such reads the primary can bear, or remove the property. For none at all, let reads "
								+ "ask for a replica without fallback.");
			}
		}

	}

	/**
	 * What counts as well.
	 *
	 * @param maxLag How far a replica may be behind its primary before the health check
	 * calls that degraded and the log warns.
	 */
	record Health(@DefaultValue("10s") Duration maxLag) {

		Health {
			PropertyRules.requirePositive("lagwise.health.max-lag", maxLag);
		}

	}

	/**
	 * What a read can ask for by default.
	 */
	enum DefaultRequirement {

		/**
		 * Any healthy replica, the primary where none can.
		 */
		ANY_REPLICA,

		/**
		 * A healthy replica that is proven to hold what this application has written to
		 * the key, the primary where none is.
		 */
		OWN_WRITES,

		/**
		 * A replica that is proven to hold what the session has written and read, the
		 * primary where none is.
		 */
		CONSISTENT,

		/**
		 * The primary.
		 */
		PRIMARY;

		ReadRequirement toRequirement() {
			return switch (this) {
				case ANY_REPLICA -> ReadRequirement.anyReplica();
				case OWN_WRITES -> ReadRequirement.ownWrites();
				case CONSISTENT -> ReadRequirement.consistent();
				case PRIMARY -> ReadRequirement.primary();
			};
		}

	}

	/**
	 * How to choose among replicas.
	 */
	enum LoadBalancing {

		/**
		 * Two at random, then the one with fewer reads in flight.
		 */
		POWER_OF_TWO_CHOICES,

		/**
		 * In turn.
		 */
		ROUND_ROBIN,

		/**
		 * At random.
		 */
		RANDOM,

		/**
		 * The one that lately answered fastest.
		 */
		LOWEST_LATENCY,

		/**
		 * In the order of the preferred nodes.
		 */
		ORDERED

	}

}
