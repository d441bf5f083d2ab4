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

package io.lagwise.metrics;

import io.lagwise.context.ReadRequirement;

/**
 * The kinds of requirements: what is told apart where the details would be too many.
 */
enum RequirementKind {

	ANY_REPLICA, MAX_STALENESS, CONSISTENT, PRIMARY;

	/**
	 * Return the kind of a requirement, where it is of several the strictest.
	 */
	static RequirementKind of(ReadRequirement requirement) {
		if (requirement.requiresPrimary()) {
			return PRIMARY;
		}
		if (requirement.isConsistent()) {
			return CONSISTENT;
		}
		return (requirement.maxStaleness() != null) ? MAX_STALENESS : ANY_REPLICA;
	}

}
