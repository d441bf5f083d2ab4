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

package io.lagwise.benchmarks.consistency;

import java.time.Duration;

import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.context.ReadRequirement;

/**
 * What the reads of a run ask for.
 */
enum ConsistencyLevel {

	ANY_REPLICA("any replica", ReadRequirement.anyReplica(), ConsistencyEnforcement.WAIT),

	OWN_WRITES("own writes", ReadRequirement.ownWrites(), ConsistencyEnforcement.WAIT),

	WITHIN_500_MS("within 500 ms", ReadRequirement.maxStaleness(Duration.ofMillis(500)), ConsistencyEnforcement.WAIT),

	CONSISTENT_WAIT("consistent, `wait`", ReadRequirement.consistent(), ConsistencyEnforcement.WAIT),

	CONSISTENT_WATERMARK("consistent, `watermark`", ReadRequirement.consistent(), ConsistencyEnforcement.WATERMARK),

	PRIMARY("primary", ReadRequirement.primary(), ConsistencyEnforcement.WAIT);

	private final String label;

	private final ReadRequirement requirement;

	private final ConsistencyEnforcement enforcement;

	ConsistencyLevel(String label, ReadRequirement requirement, ConsistencyEnforcement enforcement) {
		this.label = label;
		this.requirement = requirement;
		this.enforcement = enforcement;
	}

	String label() {
		return this.label;
	}

	/**
	 * Return whether every write that this JVM was told of is promised to be seen.
	 */
	boolean promisesOwnWrites() {
		return this.requirement.isOwnWrites() || this.requirement.isConsistent() || this.requirement.requiresPrimary();
	}

	ReplicaReadOptions options() {
		return ReplicaReadOptions.DEFAULTS.withDefaultRequirement(this.requirement)
			.withConsistencyEnforcement(this.enforcement)
			.withRampUp(Duration.ZERO);
	}

}
