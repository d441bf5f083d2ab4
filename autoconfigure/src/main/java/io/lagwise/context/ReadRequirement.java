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

	private static final ReadRequirement PRIMARY = new ReadRequirement(Level.PRIMARY, null, null, Fallback.PRIMARY,
			null, false);

	private static final ReadRequirement ANY_REPLICA = new ReadRequirement(Level.ANY_REPLICA, null, null,
			Fallback.PRIMARY, null, false);

	private static final ReadRequirement ANY_REPLICA_OR_FAIL = new ReadRequirement(Level.ANY_REPLICA, null, null,
			Fallback.NONE, null, false);

	private static final ReadRequirement OWN_WRITES = new ReadRequirement(Level.OWN_WRITES, null, null,
			Fallback.PRIMARY, null, false);

	private static final ReadRequirement CONSISTENT = new ReadRequirement(Level.CONSISTENT, null, null,
			Fallback.PRIMARY, null, false);

	private final Level level;

	private final @Nullable Duration maxWait;

	private final @Nullable Duration maxStaleness;

	private final Fallback fallback;

	private final @Nullable LookUp lookUp;

	private final boolean kept;

	private ReadRequirement(Level level, @Nullable Duration maxWait, @Nullable Duration maxStaleness, Fallback fallback,
			@Nullable LookUp lookUp, boolean kept) {
		this.level = level;
		this.maxWait = maxWait;
		this.maxStaleness = maxStaleness;
		this.fallback = fallback;
		this.lookUp = lookUp;
		this.kept = kept;
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
	 * The answer holds what this application has written to the key, as long as the
	 * primary answers: any healthy replica that is proven to have it, else the primary.
	 * Nothing waits, and what others have written, or what has been read before, does not
	 * matter.
	 * @return the requirement
	 */
	public static ReadRequirement ownWrites() {
		return OWN_WRITES;
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
		return new ReadRequirement(Level.CONSISTENT, maxWait, null, Fallback.PRIMARY, null, false);
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
		return new ReadRequirement(Level.ANY_REPLICA, null, maxStaleness, Fallback.PRIMARY, null, false);
	}

	/**
	 * Make this what a cache asks for that shares its entries with the whole application:
	 * only {@code GET}, by which it looks entries up, may go to a replica, and what is
	 * consistent is so with every session of this application. Connections keep the
	 * requirement as they do with {@link #kept()}.
	 * @param recheckMisses whether the primary is asked as well when a replica does not
	 * have an entry and is not proven to be fresh enough for that to be certain. The
	 * limit on fallback applies; a primary that does not answer in time makes the replica
	 * right
	 * @return the requirement
	 */
	public ReadRequirement forLookUps(boolean recheckMisses) {
		Long since = (this.lookUp != null) ? this.lookUp.since() : null;
		return new ReadRequirement(this.level, this.maxWait, this.maxStaleness, this.fallback,
				new LookUp(recheckMisses, since), true);
	}

	/**
	 * Let the answers to look-ups of a cache hold, in addition, every write that was
	 * acknowledged before an instant, whoever wrote it. Has no effect on other reads.
	 * @param instant the instant, of {@link System#nanoTime()}
	 * @return the requirement
	 */
	public ReadRequirement since(long instant) {
		if (this.lookUp == null) {
			return this;
		}
		return new ReadRequirement(this.level, this.maxWait, this.maxStaleness, this.fallback,
				this.lookUp.and(new LookUp(false, instant)), true);
	}

	/**
	 * Let connections that are obtained while this is in force keep it for all that they
	 * are used for, also on other threads and after the scope has been closed.
	 * @return the requirement
	 */
	public ReadRequirement kept() {
		return this.kept ? this
				: new ReadRequirement(this.level, this.maxWait, this.maxStaleness, this.fallback, this.lookUp, true);
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
		Level level = (this.level.compareTo(other.level) >= 0) ? this.level : other.level;
		boolean kept = this.kept || other.kept;
		if (level == Level.PRIMARY && !kept) {
			return PRIMARY;
		}
		Duration maxWait = (other.maxWait != null) ? other.maxWait : this.maxWait;
		Duration maxStaleness = smaller(this.maxStaleness, other.maxStaleness);
		Fallback fallback = (this.fallback == Fallback.NONE) ? Fallback.NONE : other.fallback;
		LookUp lookUp = (this.lookUp != null && other.lookUp != null) ? this.lookUp.and(other.lookUp)
				: (this.lookUp != null) ? this.lookUp : other.lookUp;
		ReadRequirement both = new ReadRequirement(level, maxWait, maxStaleness, fallback, lookUp, kept);
		if (isSame(both)) {
			return this;
		}
		return other.isSame(both) ? other : both;
	}

	/**
	 * Return whether only the primary may answer.
	 * @return whether the read belongs to the primary
	 */
	public boolean requiresPrimary() {
		return this.level == Level.PRIMARY;
	}

	/**
	 * Return whether the answer has to be consistent with the session.
	 * @return whether the session matters
	 */
	public boolean isConsistent() {
		return this.level == Level.CONSISTENT;
	}

	/**
	 * Return whether the answer has to hold what this application has written, and no
	 * more than that.
	 * @return whether the application's own writes matter
	 */
	public boolean isOwnWrites() {
		return this.level == Level.OWN_WRITES;
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
	 * Return whether a replica must be proven to be fresh before it may answer, whatever
	 * has been written.
	 * @return whether a proof is needed
	 */
	public boolean requiresProof() {
		return isConsistent() || this.maxStaleness != null || since() != null;
	}

	/**
	 * Return whether this is what a cache asks for.
	 * @return whether only look-ups may go to a replica
	 */
	public boolean isForLookUps() {
		return this.lookUp != null;
	}

	/**
	 * Return whether the primary is asked as well when a replica does not have an entry.
	 * @return whether a miss is rechecked
	 */
	public boolean rechecksMisses() {
		return this.lookUp != null && this.lookUp.recheckMisses();
	}

	/**
	 * Return the instant as of which the answers to look-ups have to be fresh at least.
	 * @return the instant of {@link System#nanoTime()}, or {@code null} for none
	 */
	public @Nullable Long since() {
		return (this.lookUp != null) ? this.lookUp.since() : null;
	}

	/**
	 * Return whether connections that are obtained while this is in force keep it.
	 * @return whether it is kept
	 */
	public boolean isKept() {
		return this.kept;
	}

	/**
	 * Return what becomes of a read that no replica can serve.
	 * @return the fallback
	 */
	public Fallback fallback() {
		return this.fallback;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof ReadRequirement requirement && isSame(requirement));
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.level, this.kept, this.fallback, this.maxWait, this.maxStaleness, this.lookUp);
	}

	@Override
	public String toString() {
		if (this.level == Level.PRIMARY) {
			return this.level.label;
		}
		StringBuilder text = new StringBuilder(this.level.label);
		if (this.maxStaleness != null) {
			text.append(" within ").append(this.maxStaleness.toMillis()).append(" ms");
		}
		return text.append((this.fallback == Fallback.NONE) ? " without fallback" : "").toString();
	}

	private boolean isSame(ReadRequirement other) {
		return this.level == other.level && this.kept == other.kept && this.fallback == other.fallback
				&& Objects.equals(this.maxWait, other.maxWait) && Objects.equals(this.maxStaleness, other.maxStaleness)
				&& Objects.equals(this.lookUp, other.lookUp);
	}

	private static @Nullable Duration smaller(@Nullable Duration one, @Nullable Duration other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one.compareTo(other) <= 0) ? one : other;
	}

	/**
	 * How much of what was written before has to be in the answer, the least first.
	 */
	private enum Level {

		ANY_REPLICA("any-replica"), OWN_WRITES("own-writes"), CONSISTENT("consistent"), PRIMARY("primary");

		private final String label;

		Level(String label) {
			this.label = label;
		}

	}

	/**
	 * What a cache asks for when it looks an entry up.
	 *
	 * @param recheckMisses whether the primary is asked as well about a miss
	 * @param since the instant as of which an answer has to be fresh, or {@code null}
	 */
	private record LookUp(boolean recheckMisses, @Nullable Long since) {

		LookUp and(LookUp other) {
			return new LookUp(this.recheckMisses || other.recheckMisses, later(this.since, other.since));
		}

		private static @Nullable Long later(@Nullable Long one, @Nullable Long other) {
			if (one == null || other == null) {
				return (one != null) ? one : other;
			}
			return (one - other >= 0) ? one : other;
		}

	}

}
