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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.SessionLostException;
import org.jspecify.annotations.Nullable;

/**
 * What has to be proven of a replica before its answer to one read counts.
 */
class ReadDemand {

	private final ReadRequirement requirement;

	private final @Nullable DefaultConsistencySession session;

	private final @Nullable SessionHistory application;

	private final CommandKeys keys;

	/**
	 * How many histories of the primary had ended when the session last looked before the
	 * read was sent.
	 */
	private volatile int reviewed;

	private final long maxWait;

	/**
	 * When the answer was asked for, where that matters.
	 */
	private final long askedAt;

	/**
	 * Create a demand.
	 * @param requirement what the read asks for
	 * @param session the session that is bound, or {@code null} if none is, or it does
	 * not matter
	 * @param application what the application has written and read, or {@code null} where
	 * that does not matter
	 * @param keys the keys of the read; none where a replica has to have everything that
	 * the application has written
	 * @param maxWait how long to wait for a replica to catch up
	 */
	ReadDemand(ReadRequirement requirement, @Nullable DefaultConsistencySession session,
			@Nullable SessionHistory application, CommandKeys keys, Duration maxWait) {
		this.requirement = requirement;
		this.session = session;
		this.reviewed = (session != null) ? session.reviewed() : 0;
		this.application = application;
		this.keys = keys;
		this.maxWait = maxWait.toNanos();
		this.askedAt = requirement.rechecksMisses() ? System.nanoTime() : 0;
	}

	/**
	 * Return what the read asks for.
	 */
	ReadRequirement requirement() {
		return this.requirement;
	}

	/**
	 * Return whether replicas can prove each other what is needed, without the primary.
	 */
	boolean isProvable() {
		return requiresProof() && !isDispensable() && !isBounded();
	}

	/**
	 * Return whether the demand is what every read with that requirement asks for: it
	 * does not depend on keys, on the session, or on when the read was sent.
	 */
	boolean isOfEveryReadWith(ReadRequirement requirement) {
		return this.requirement == requirement && this.session == null && this.application == null
				&& !requirement.rechecksMisses();
	}

	/**
	 * Return the session whose read it is, whether or not the read asks for anything of
	 * it, or {@code null} if none is known.
	 */
	@Nullable DefaultConsistencySession reader() {
		return this.session;
	}

	/**
	 * Return whether answers of the primary are noted for everybody who has to know of
	 * them.
	 */
	boolean isNoted() {
		return this.application != null && !this.requirement.isOwnWrites();
	}

	/**
	 * Return how long to wait for a replica, in nanoseconds.
	 */
	long maxWait() {
		return this.maxWait;
	}

	/**
	 * Return what decides which replica is preferred.
	 */
	int preference() {
		return (this.session != null && this.application == null) ? this.session.preference() : this.keys.hash(0);
	}

	/**
	 * Return whether a replica may answer without proof where the primary cannot.
	 */
	boolean isDispensable() {
		return this.requirement.isOwnWrites() && !this.requirement.requiresProof();
	}

	/**
	 * Return what has to be waited for before it can be told what the session may read,
	 * or {@code null} if nothing.
	 */
	@Nullable CompletableFuture<?> obstacle() {
		return (this.session != null) ? this.session.obstacle() : null;
	}

	/**
	 * Return what has to be waited for before an answer of the primary counts, or
	 * {@code null} if nothing.
	 * @param answeredAt when the primary has answered
	 */
	@Nullable CompletableFuture<?> confirmation(long answeredAt) {
		CompletableFuture<?> obstacle = obstacle();
		return (obstacle != null || this.session == null) ? obstacle : this.session.confirmation(answeredAt);
	}

	/**
	 * Return the loss that the user of the session has not been told of, once.
	 */
	@Nullable SessionLostException takeLoss() {
		return (this.session != null) ? this.session.takeLoss() : null;
	}

	/**
	 * Note that the read is about to be sent: what has ended before cannot be what it
	 * sees.
	 */
	void begin() {
		if (this.session != null) {
			this.reviewed = this.session.reviewed();
		}
	}

	/**
	 * Return whether a replica may be asked.
	 * @param connection the number of the connection to it
	 * @param freshAsOf as of when it is proven to be fresh
	 * @param now the time
	 */
	boolean admits(int connection, long freshAsOf, long now) {
		if (!isWithinBound(freshAsOf, now) || !isSince(freshAsOf)) {
			return false;
		}
		if (this.session != null && (this.session.isUnverified()
				|| !this.session.history().admits(this.keys.hash(0), connection, freshAsOf))) {
			return false;
		}
		return this.application == null || hasWhatTheApplicationKnows(this.application, connection, freshAsOf);
	}

	private boolean hasWhatTheApplicationKnows(SessionHistory application, int connection, long freshAsOf) {
		if (this.keys.isNone()) {
			return application.hasEveryWrite(freshAsOf);
		}
		for (int i = 0; i < this.keys.size(); i++) {
			int hash = this.keys.hash(i);
			if (!(this.requirement.isOwnWrites() ? application.hasWrites(hash, freshAsOf)
					: application.admits(hash, connection, freshAsOf))) {
				return false;
			}
		}
		return true;
	}

	private boolean isSince(long freshAsOf) {
		Long since = this.requirement.since();
		return since == null || freshAsOf - since >= 0;
	}

	/**
	 * Return whether an answer that arrives now is young enough.
	 * @param freshAsOf as of when the replica was proven to be fresh when it was asked
	 * @param now the time
	 */
	boolean isWithinBound(long freshAsOf, long now) {
		if (freshAsOf == FreshnessWatermark.UNPROVEN) {
			return !requiresProof();
		}
		long bound = boundNanos();
		return bound == 0 || now - freshAsOf <= bound;
	}

	private long boundNanos() {
		Duration bound = this.requirement.maxStaleness();
		return (bound != null) ? bound.toNanos() : 0;
	}

	/**
	 * Return whether anything has to be proven of a replica.
	 */
	boolean requiresProof() {
		return this.requirement.requiresProof() || this.session != null || this.application != null;
	}

	/**
	 * Return whether the age of the answer matters.
	 */
	boolean isBounded() {
		return this.requirement.maxStaleness() != null;
	}

	/**
	 * Return how old the answer may be, zero for any age.
	 */
	Duration bound() {
		return Duration.ofNanos(boundNanos());
	}

	/**
	 * Return whether the primary is to be asked as well if a replica does not have what
	 * is read.
	 */
	boolean rechecksMisses() {
		return this.requirement.rechecksMisses();
	}

	/**
	 * Return whether a replica that may lack what its primary has must not say that there
	 * is nothing, even if the primary cannot be asked.
	 */
	boolean forbidsLack() {
		return this.requirement.requiresProof() && !rechecksMisses();
	}

	/**
	 * Return whether the primary may have what a replica does not have. It cannot where
	 * the replica had everything by the time the answer was asked for, and need not where
	 * an older answer is good enough.
	 * @param freshAsOf as of when the replica was proven to be fresh when it was asked
	 */
	boolean isMissDoubtful(long freshAsOf) {
		return boundNanos() == 0 && (freshAsOf == FreshnessWatermark.UNPROVEN || freshAsOf - this.askedAt < 0);
	}

	/**
	 * Note that a replica has answered.
	 */
	void answeredByReplica(int connection, long freshAsOf, long now) {
		if (this.session != null) {
			this.session.history().readFromReplica(this.keys.hash(0), connection, freshAsOf, now);
			this.session.notReviewedSince(this.reviewed);
		}
		if (this.application != null && !this.requirement.isOwnWrites()) {
			for (int i = 0; i < this.keys.size(); i++) {
				this.application.readFromReplica(this.keys.hash(i), connection, freshAsOf, now);
			}
		}
	}

	/**
	 * Note that the primary has answered.
	 */
	void answeredByPrimary(long now) {
		if (this.session != null) {
			this.session.history().readFromPrimary(this.keys.hash(0), now);
			this.session.notReviewedSince(this.reviewed);
		}
		if (this.application != null && !this.requirement.isOwnWrites()) {
			for (int i = 0; i < this.keys.size(); i++) {
				this.application.readFromPrimary(this.keys.hash(i), now);
			}
		}
	}

	/**
	 * Return the instant as of which a replica has to be fresh, whichever it is.
	 */
	long floor(long now) {
		long bound = boundNanos();
		long floor = now - ((bound != 0) ? bound : Long.MAX_VALUE / 2);
		Long since = this.requirement.since();
		floor = (since != null) ? later(floor, since) : floor;
		if (this.session != null) {
			floor = later(floor, this.session.history().floor(this.keys.hash(0)));
		}
		for (int i = 0; this.application != null && i < this.keys.size(); i++) {
			floor = later(floor, this.application.floor(this.keys.hash(i)));
		}
		return floor;
	}

	private static long later(long one, long other) {
		return (other - one > 0) ? other : one;
	}

}
