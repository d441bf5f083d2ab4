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

package io.lagwise.context;

import io.lagwise.annotation.Fallback;

import org.springframework.util.Assert;

/**
 * What has to hold for the answer to a read: an immutable value.
 */
public final class ReadRequirement {

	private static final ReadRequirement PRIMARY = new ReadRequirement(true, Fallback.PRIMARY);

	private static final ReadRequirement ANY_REPLICA = new ReadRequirement(false, Fallback.PRIMARY);

	private static final ReadRequirement ANY_REPLICA_OR_FAIL = new ReadRequirement(false, Fallback.NONE);

	private final boolean primary;

	private final Fallback fallback;

	private ReadRequirement(boolean primary, Fallback fallback) {
		this.primary = primary;
		this.fallback = fallback;
	}

	/**
	 * The primary answers.
	 * @return the strictest requirement
	 */
	public static ReadRequirement primary() {
		return PRIMARY;
	}

	/**
	 * Any healthy replica answers; the primary where none can.
	 * @return the requirement
	 */
	public static ReadRequirement anyReplica() {
		return ANY_REPLICA;
	}

	/**
	 * Any healthy replica answers.
	 * @param fallback what becomes of a read that no replica can serve
	 * @return the requirement
	 */
	public static ReadRequirement anyReplica(Fallback fallback) {
		Assert.notNull(fallback, "'fallback' must not be null");
		return (fallback == Fallback.NONE) ? ANY_REPLICA_OR_FAIL : ANY_REPLICA;
	}

	/**
	 * Combine this requirement with another one so that both hold. The primary covers
	 * every other requirement; otherwise the stricter fallback applies.
	 * @param other the other requirement
	 * @return a requirement that is at least as strict as both
	 */
	public ReadRequirement and(ReadRequirement other) {
		Assert.notNull(other, "'other' must not be null");
		if (this.primary || other.primary) {
			return PRIMARY;
		}
		return (this.fallback == Fallback.NONE) ? this : other;
	}

	/**
	 * Return whether only the primary may answer.
	 * @return whether the read belongs to the primary
	 */
	public boolean requiresPrimary() {
		return this.primary;
	}

	/**
	 * Return what becomes of a read that no replica can serve.
	 * @return the fallback
	 */
	public Fallback fallback() {
		return this.fallback;
	}

	@Override
	public String toString() {
		if (this.primary) {
			return "primary";
		}
		return (this.fallback == Fallback.NONE) ? "any-replica without fallback" : "any-replica";
	}

}
