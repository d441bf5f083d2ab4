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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntUnaryOperator;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every plan ready that the current replicas allow, so that planning a read is a
 * choice of the load balancer and one array access.
 */
final class DefaultReadRouter implements ReadRouter {

	private static final int FULL_SHARE = 100;

	/**
	 * Ranks what is passed by behind everything else.
	 */
	private static final long PASSED = Integer.MIN_VALUE * 2L;

	private final LoadBalancer loadBalancer;

	private final IntUnaryOperator random;

	private volatile Plans plans = Plans.of(List.of());

	/**
	 * Create a router.
	 * @param loadBalancer chooses among replicas that are all fit
	 * @param random returns a number from zero up to a bound that it does not reach
	 */
	DefaultReadRouter(LoadBalancer loadBalancer, IntUnaryOperator random) {
		this.loadBalancer = new GuardedLoadBalancer(loadBalancer);
		this.random = random;
	}

	@Override
	public RoutePlan plan(ReadRequirement requirement) {
		if (requirement.requiresPrimary()) {
			return RoutePlan.PRIMARY_REQUIRED;
		}
		Plans plans = this.plans;
		int size = plans.replicas.size();
		if (size == 0) {
			return RoutePlan.noReplica(requirement);
		}
		int first = (size == 1) ? 0 : rampedUp(this.loadBalancer.choose(plans.replicas), plans.replicas);
		return plans.plan(requirement, first);
	}

	@Override
	public RoutePlan plan(ReadRequirement requirement, int preference) {
		if (requirement.requiresPrimary()) {
			return RoutePlan.PRIMARY_REQUIRED;
		}
		Plans plans = this.plans;
		return plans.replicas.isEmpty() ? RoutePlan.noReplica(requirement)
				: plans.plan(requirement, preferred(plans.replicas, preference));
	}

	@Override
	public void update(List<? extends ReadCandidate> replicas) {
		this.plans = Plans.of(this.loadBalancer.arrange(replicas));
	}

	/**
	 * Pass by a replica that is to have less than its share for now, unless there is none
	 * with a full one.
	 */
	private int rampedUp(int chosen, List<ReadCandidate> replicas) {
		int share = replicas.get(chosen).sharePercent();
		if (share >= FULL_SHARE || this.random.applyAsInt(FULL_SHARE) < share) {
			return chosen;
		}
		for (int i = 1; i < replicas.size(); i++) {
			int next = (chosen + i) % replicas.size();
			if (replicas.get(next).sharePercent() >= FULL_SHARE) {
				return next;
			}
		}
		return chosen;
	}

	/**
	 * Choose by rendezvous hashing: when a replica leaves, only what preferred it moves.
	 * A replica that is to have less than its share is preferred by that share. Where
	 * that holds for all of them, they share everything.
	 */
	private static int preferred(List<ReadCandidate> replicas, int preference) {
		int best = 0;
		long highest = Long.MIN_VALUE;
		for (int i = 0; i < replicas.size(); i++) {
			ReadCandidate replica = replicas.get(i);
			int weight = mix(preference ^ mix(replica.address().hashCode()));
			boolean passed = (weight >>> 1) % FULL_SHARE >= replica.sharePercent();
			long rank = passed ? weight + PASSED : weight;
			if (rank > highest) {
				best = i;
				highest = rank;
			}
		}
		return best;
	}

	private static int mix(int value) {
		int mixed = (value ^ (value >>> 16)) * 0x85ebca6b;
		mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
		return mixed ^ (mixed >>> 16);
	}

	private record Plans(List<ReadCandidate> replicas, RoutePlan[] thenPrimary, RoutePlan[] thenNothing,
			AtomicReferenceArray<@Nullable RoutePlan> proven) {

		/**
		 * How many requirements plans are remembered of: those of most applications.
		 */
		private static final int REMEMBERED = 16;

		RoutePlan plan(ReadRequirement requirement, int first) {
			RoutePlan plan = (requirement.fallback() == Fallback.PRIMARY) ? this.thenPrimary[first]
					: this.thenNothing[first];
			return requirement.requiresProof() ? proven(requirement, plan, first) : plan;
		}

		private RoutePlan proven(ReadRequirement requirement, RoutePlan plan, int first) {
			int index = (System.identityHashCode(requirement) % REMEMBERED) * this.replicas.size() + first;
			RoutePlan proven = this.proven.get(index);
			if (proven == null || proven.requirement() != requirement) {
				proven = new RoutePlan(requirement, plan.replicas(), plan.primaryAllowed(),
						RoutingReason.FRESH_REPLICA);
				this.proven.set(index, proven);
			}
			return proven;
		}

		static Plans of(List<? extends ReadCandidate> replicas) {
			int size = replicas.size();
			RoutePlan[] thenPrimary = new RoutePlan[size];
			RoutePlan[] thenNothing = new RoutePlan[size];
			for (int first = 0; first < size; first++) {
				List<ReadCandidate> order = new ArrayList<>(replicas.subList(first, size));
				order.addAll(replicas.subList(0, first));
				thenPrimary[first] = new RoutePlan(ReadRequirement.anyReplica(), order, true,
						RoutingReason.ANY_REPLICA);
				thenNothing[first] = new RoutePlan(ReadRequirement.anyReplica(Fallback.NONE), order, false,
						RoutingReason.ANY_REPLICA);
			}
			return new Plans(List.copyOf(replicas), thenPrimary, thenNothing,
					new AtomicReferenceArray<>(REMEMBERED * size));
		}

	}

}
