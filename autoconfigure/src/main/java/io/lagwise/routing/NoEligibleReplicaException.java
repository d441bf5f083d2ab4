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

import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Thrown by a read that no replica can serve and that must not fall back to the primary.
 */
public class NoEligibleReplicaException extends TransientDataAccessResourceException {

	/**
	 * Create an exception that names every node and its state.
	 * @param command the name of the command
	 * @param nodes describes every node, and why it could not serve the read
	 */
	public NoEligibleReplicaException(String command, String nodes) {
		super("No eligible node for %s: %s, fallback is NONE".formatted(command, nodes));
	}

	/**
	 * Create an exception that also says how attempts have failed.
	 * @param command the name of the command
	 * @param failures what happened to each attempt, and how long it took
	 * @param nodes describes every node as it is now
	 */
	public NoEligibleReplicaException(String command, String failures, String nodes) {
		super("No node left for %s: %s. Nodes now: %s, fallback is NONE".formatted(command, failures, nodes));
	}

}
