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

import java.time.Duration;

import org.springframework.dao.NonTransientDataAccessResourceException;

/**
 * Writes were not confirmed by as many replicas as was asked for when the time was up.
 * They stay applied on the primary, and may reach the replicas later.
 */
public class ReplicationNotConfirmedException extends NonTransientDataAccessResourceException {

	private final int required;

	private final int confirmed;

	/**
	 * Create an exception.
	 * @param required how many replicas were asked for
	 * @param confirmed how many have confirmed
	 * @param waited how long they were waited for
	 * @param reason what is known of the others
	 */
	public ReplicationNotConfirmedException(int required, int confirmed, Duration waited, String reason) {
		super("Writes are confirmed by " + confirmed + " of " + required + " replicas after " + waited.toMillis()
				+ " ms: " + reason + ". They stay applied on the primary");
		this.required = required;
		this.confirmed = confirmed;
	}

	/**
	 * Create an exception where more replicas were asked for than there are.
	 * @param required how many replicas were asked for
	 * @param known how many there are
	 * @param confirmed how many have confirmed
	 * @param waited how long they were waited for
	 * @param reason what is known of the others
	 */
	public ReplicationNotConfirmedException(int required, int known, int confirmed, Duration waited, String reason) {
		super("Writes are confirmed by " + confirmed + " of the " + known + " replicas that there are, and " + required
				+ " were asked for, after " + waited.toMillis() + " ms: " + reason
				+ ". They stay applied on the primary");
		this.required = required;
		this.confirmed = confirmed;
	}

	/**
	 * Return how many replicas were asked for.
	 * @return the number of replicas
	 */
	public int getRequired() {
		return this.required;
	}

	/**
	 * Return how many replicas have confirmed.
	 * @return the number of replicas
	 */
	public int getConfirmed() {
		return this.confirmed;
	}

}
