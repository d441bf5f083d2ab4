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

import java.time.Duration;
import java.util.Objects;

import io.lagwise.annotation.Fallback;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What has to hold for the answer to a read: an immutable value.
 */
public final class ReadRequirement {

	private static final ReadRequirement PRIMARY = new ReadRequirement(true, false, null, null, Fallback.PRIMARY);

	private static final ReadRequirement ANY_REPLICA = new ReadRequirement(false, false, null, null, Fallback.PRIMARY);

	private static final ReadRequirement ANY_REPLICA_OR_FAIL = new ReadRequirement(false, false, null, null,
			Fallback.NONE);

	private static final ReadRequirement CONSISTENT = new ReadRequirement(false, true, null, null, Fallback.PRIMARY);

	private final boolean primary;

	private final boolean consistent;

	private final @Nullable Duration maxWait;

	private final @Nullable Duration maxStaleness;

	private final Fallback fallback;

	private ReadRequirement(boolean primary, boolean consistent, @Nullable Duration maxWait,
			@Nullable Duration maxStaleness, Fallback fallback) {
		this.primary = primary;
		this.consistent = consistent;
		this.maxWait = maxWait;
		this.maxStaleness = maxStaleness;
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
	 * The answer holds every write that the session was told of and is never older than
	 * its earlier consistent reads. The session is the one that is bound to the thread,
	 * or this application, per key.
	 * @return the requirement, with the configured time to wait for a replica
	 */
	public static ReadRequirement consistent() {
		return CONSISTENT;
	}

	/**
	 * The answer holds every write that the session was told of and is never older than
	 * its earlier consistent reads.
	 * @param maxWait how long to wait for a replica to catch up before the primary
	 * answers, zero for not at all
	 * @return the requirement
	 */
	public static ReadRequirement consistent(Duration maxWait) {
		Assert.notNull(maxWait, "'maxWait' must not be null");
		Assert.isTrue(!maxWait.isNegative(), "'maxWait' must not be negative");
		return new ReadRequirement(false, true, maxWait, null, Fallback.PRIMARY);
	}

	/**
	 * The answer holds every write that was acknowledged that long before the response.
	 * @param maxStaleness how old the answer may be; no replica can keep a bound below
	 * two intervals of the monitor
	 * @return the requirement
	 */
	public static ReadRequirement maxStaleness(Duration maxStaleness) {
		Assert.notNull(maxStaleness, "'maxStaleness' must not be null");
		Assert.isTrue(!maxStaleness.isNegative() && !maxStaleness.isZero(), "'maxStaleness' must be positive");
		return new ReadRequirement(false, false, null, maxStaleness, Fallback.PRIMARY);
	}

	/**
	 * Combine this requirement with another one so that both hold. The primary covers
	 * every other requirement; otherwise the stricter fallback and the smaller bound
	 * apply. How long to wait is decided by the requirement that says so, by the other
	 * one if both do.
	 * @param other the other requirement, that of an inner scope
	 * @return a requirement that is at least as strict as both
	 */
	public ReadRequirement and(ReadRequirement other) {
		Assert.notNull(other, "'other' must not be null");
		if (this.primary || other.primary) {
			return PRIMARY;
		}
		boolean consistent = this.consistent || other.consistent;
		Duration maxWait = (other.maxWait != null) ? other.maxWait : this.maxWait;
		Duration maxStaleness = smaller(this.maxStaleness, other.maxStaleness);
		Fallback fallback = (this.fallback == Fallback.NONE) ? Fallback.NONE : other.fallback;
		if (isSame(consistent, maxWait, maxStaleness, fallback)) {
			return this;
		}
		return other.isSame(consistent, maxWait, maxStaleness, fallback) ? other
				: new ReadRequirement(false, consistent, maxWait, maxStaleness, fallback);
	}

	/**
	 * Return whether only the primary may answer.
	 * @return whether the read belongs to the primary
	 */
	public boolean requiresPrimary() {
		return this.primary;
	}

	/**
	 * Return whether the answer has to be consistent with the session.
	 * @return whether the session matters
	 */
	public boolean isConsistent() {
		return this.consistent;
	}

	/**
	 * Return how long to wait for a replica to catch up.
	 * @return the time, or {@code null} for what is configured
	 */
	public @Nullable Duration maxWait() {
		return this.maxWait;
	}

	/**
	 * Return how old the answer may be.
	 * @return the bound, or {@code null} for none
	 */
	public @Nullable Duration maxStaleness() {
		return this.maxStaleness;
	}

	/**
	 * Return whether a replica must be proven to be fresh before it may answer.
	 * @return whether a proof is needed
	 */
	public boolean requiresProof() {
		return this.consistent || this.maxStaleness != null;
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
		StringBuilder text = new StringBuilder(this.consistent ? "consistent" : "any-replica");
		if (this.maxStaleness != null) {
			text.append(" within ").append(this.maxStaleness.toMillis()).append(" ms");
		}
		return text.append((this.fallback == Fallback.NONE) ? " without fallback" : "").toString();
	}

	private boolean isSame(boolean consistent, @Nullable Duration maxWait, @Nullable Duration maxStaleness,
			Fallback fallback) {
		return !this.primary && this.consistent == consistent && Objects.equals(this.maxWait, maxWait)
				&& Objects.equals(this.maxStaleness, maxStaleness) && this.fallback == fallback;
	}

	private static @Nullable Duration smaller(@Nullable Duration one, @Nullable Duration other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one.compareTo(other) <= 0) ? one : other;
	}

}
