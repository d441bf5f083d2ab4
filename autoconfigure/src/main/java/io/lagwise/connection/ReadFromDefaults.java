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

import java.util.Optional;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.LoadBalancer;
import io.lettuce.core.ReadFrom;

/**
 * What Lettuce's {@link ReadFrom} means as a default.
 *
 * @param requirement what reads ask for where no scope is open
 * @param loadBalancer chooses among replicas that are all fit
 */
record ReadFromDefaults(ReadRequirement requirement, LoadBalancer loadBalancer) {

	static ReadFromDefaults of(Optional<ReadFrom> readFrom) {
		ReadFrom setting = readFrom.orElse(ReadFrom.REPLICA_PREFERRED);
		return new ReadFromDefaults(requirement(setting),
				(setting == ReadFrom.LOWEST_LATENCY) ? LoadBalancer.lowestLatency() : LoadBalancer.powerOfTwoChoices());
	}

	private static ReadRequirement requirement(ReadFrom readFrom) {
		if (isPrimary(readFrom)) {
			return ReadRequirement.primary();
		}
		return (readFrom == ReadFrom.REPLICA) ? ReadRequirement.anyReplica(Fallback.NONE) : ReadRequirement.ownWrites();
	}

	// the deprecated constants are objects of their own
	@SuppressWarnings("deprecation")
	private static boolean isPrimary(ReadFrom readFrom) {
		return readFrom == ReadFrom.UPSTREAM || readFrom == ReadFrom.UPSTREAM_PREFERRED || readFrom == ReadFrom.MASTER
				|| readFrom == ReadFrom.MASTER_PREFERRED;
	}

}
