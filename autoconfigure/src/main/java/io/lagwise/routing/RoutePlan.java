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

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;

/**
 * Where a read goes: an immutable decision.
 *
 * @param requirement what the answer has to satisfy
 * @param replicas the replicas to ask, in order of preference
 * @param primaryAllowed whether the primary serves the read when no replica can
 * @param reason why
 */
public record RoutePlan(ReadRequirement requirement, List<ReadCandidate> replicas, boolean primaryAllowed,
		RoutingReason reason) {

	static final RoutePlan PRIMARY_REQUIRED = new RoutePlan(ReadRequirement.primary(), List.of(), true,
			RoutingReason.PRIMARY_REQUIRED);

	static final RoutePlan NO_REPLICA_THEN_PRIMARY = new RoutePlan(ReadRequirement.anyReplica(), List.of(), true,
			RoutingReason.NO_ELIGIBLE_REPLICA);

	static final RoutePlan NO_REPLICA_THEN_NOTHING = new RoutePlan(ReadRequirement.anyReplica(Fallback.NONE), List.of(),
			false, RoutingReason.NO_ELIGIBLE_REPLICA);

	public RoutePlan {
		replicas = List.copyOf(replicas);
	}

	/**
	 * Return the same way for another reason.
	 * @param reason why
	 * @return the plan
	 */
	public RoutePlan because(RoutingReason reason) {
		return new RoutePlan(this.requirement, this.replicas, this.primaryAllowed, reason);
	}

	/**
	 * Return the way of a read for which there is no replica.
	 * @param requirement what the answer has to satisfy
	 * @return the plan
	 */
	public static RoutePlan noReplica(ReadRequirement requirement) {
		if (requirement.requiresProof()) {
			return new RoutePlan(requirement, List.of(), requirement.fallback() == Fallback.PRIMARY,
					RoutingReason.NO_ELIGIBLE_REPLICA);
		}
		return (requirement.fallback() == Fallback.PRIMARY) ? NO_REPLICA_THEN_PRIMARY : NO_REPLICA_THEN_NOTHING;
	}

}
