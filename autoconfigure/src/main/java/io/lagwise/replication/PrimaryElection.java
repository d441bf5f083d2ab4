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

package io.lagwise.replication;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;

/**
 * Finds the node that is in charge where no Sentinels vote: from what the nodes say of
 * themselves.
 */
public final class PrimaryElection {

	/**
	 * How long a primary that nobody supervises has to be silent before another node can
	 * take its place.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(3);

	private PrimaryElection() {
	}

	/**
	 * Find the primary among nodes that nobody supervises. The current primary stays
	 * while it says that it is one. Otherwise it is the node that says so and that most
	 * others follow; while nobody says so, the current one stays. It also stays while it
	 * does not answer but replicas are connected to it, unless more are to the other one,
	 * and in any case until it has been silent for {@link #PATIENCE}: a pause is no
	 * promotion.
	 * @param current the primary so far
	 * @param observations what is known of each node
	 * @param now the time in nanoseconds of the process's monotonic clock
	 * @return the primary, or {@code null} when no node has said that it is one
	 */
	public static @Nullable NodeAddress byRoles(@Nullable NodeAddress current,
			Map<NodeAddress, NodeObservation> observations, long now) {
		return byRoles(current, observations, now, (claimant) -> true);
	}

	/**
	 * Find the primary among nodes that nobody supervises, of which not every one that
	 * says it is a primary is to be believed.
	 * @param current the primary so far
	 * @param observations what is known of each node
	 * @param now the time in nanoseconds of the process's monotonic clock
	 * @param credible tells whether a node that says it is a primary is to be believed
	 * @return the primary, or {@code null} when no node has said that it is one
	 */
	public static @Nullable NodeAddress byRoles(@Nullable NodeAddress current,
			Map<NodeAddress, NodeObservation> observations, long now, Predicate<NodeAddress> credible) {
		if (current != null && claims(observations.get(current)) && credible.test(current)) {
			return current;
		}
		List<NodeAddress> claimants = observations.entrySet()
			.stream()
			.filter((entry) -> claims(entry.getValue()))
			.map(Map.Entry::getKey)
			.filter(credible)
			.toList();
		return claimants.stream()
			.filter((claimant) -> mayReplace(current, claimant, observations, now))
			.max(Comparator.<NodeAddress>comparingLong((claimant) -> followers(claimant, observations).count())
				.thenComparing(NodeAddress.ORDER.reversed()))
			.orElse(current);
	}

	private static boolean claims(@Nullable NodeObservation observation) {
		return observation != null && observation.claimsPrimary();
	}

	private static boolean mayReplace(@Nullable NodeAddress current, NodeAddress claimant,
			Map<NodeAddress, NodeObservation> observations, long now) {
		NodeObservation observation = (current != null) ? observations.get(current) : null;
		if (current == null || observation == null || answers(observation)) {
			return true;
		}
		if (now - observation.answeredAt() < PATIENCE.toNanos()) {
			return false;
		}
		long connected = connectedFollowers(current, observations).count();
		return connected == 0 || connectedFollowers(claimant, observations).count() > connected;
	}

	private static boolean answers(@Nullable NodeObservation observation) {
		return observation != null && observation.reachability() == Reachability.ANSWERS;
	}

	private static Stream<ReplicationStatus> connectedFollowers(NodeAddress upstream,
			Map<NodeAddress, NodeObservation> observations) {
		return followers(upstream, observations).filter((status) -> status.link() == LinkStatus.UP);
	}

	private static Stream<ReplicationStatus> followers(NodeAddress upstream,
			Map<NodeAddress, NodeObservation> observations) {
		return observations.values()
			.stream()
			.filter(PrimaryElection::answers)
			.map(NodeObservation::status)
			.filter(Objects::nonNull)
			.filter((status) -> upstream.equals(status.upstream()));
	}

}
