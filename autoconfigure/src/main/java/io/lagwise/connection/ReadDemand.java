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
import io.lagwise.routing.SessionLostException;
import org.jspecify.annotations.Nullable;

/**
 * What has to be proven of a replica before its answer to one read counts.
 */
final class ReadDemand {

	private final @Nullable DefaultConsistencySession session;

	private final @Nullable SessionHistory history;

	private final CommandKeys keys;

	/**
	 * How many histories of the primary had ended when the session last looked before the
	 * read was sent.
	 */
	private volatile int reviewed;

	private final long bound;

	private final long maxWait;

	/**
	 * Create a demand.
	 * @param session the session that is bound, or {@code null} if none is, or it does
	 * not matter
	 * @param history what the session has written and read, or {@code null} where that
	 * does not matter
	 * @param keys the keys of the read, one at least where the history matters
	 * @param bound how old the answer may be, or {@code null} for any age
	 * @param maxWait how long to wait for a replica to catch up
	 */
	ReadDemand(@Nullable DefaultConsistencySession session, @Nullable SessionHistory history, CommandKeys keys,
			@Nullable Duration bound, Duration maxWait) {
		this.session = session;
		this.reviewed = (session != null) ? session.reviewed() : 0;
		this.history = history;
		this.keys = keys;
		this.bound = (bound != null) ? bound.toNanos() : 0;
		this.maxWait = maxWait.toNanos();
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
		return (this.session != null) ? this.session.preference() : this.keys.hash(0);
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
		if (!isWithinBound(freshAsOf, now)) {
			return false;
		}
		if (this.history != null) {
			for (int i = 0; i < this.keys.size(); i++) {
				if (!this.history.admits(this.keys.hash(i), connection, freshAsOf)) {
					return false;
				}
			}
		}
		return true;
	}

	/**
	 * Return whether an answer that arrives now is young enough.
	 * @param freshAsOf as of when the replica was proven to be fresh when it was asked
	 * @param now the time
	 */
	boolean isWithinBound(long freshAsOf, long now) {
		return freshAsOf != FreshnessWatermark.UNPROVEN && (this.bound == 0 || now - freshAsOf <= this.bound);
	}

	/**
	 * Return how old the answer may be, zero for any age.
	 */
	Duration bound() {
		return Duration.ofNanos(this.bound);
	}

	/**
	 * Return whether the age of the answer matters.
	 */
	boolean isBounded() {
		return this.bound != 0;
	}

	/**
	 * Note that a replica has answered.
	 */
	void answeredByReplica(int connection, long freshAsOf, long now) {
		if (this.history != null) {
			for (int i = 0; i < this.keys.size(); i++) {
				this.history.readFromReplica(this.keys.hash(i), connection, freshAsOf, now);
			}
		}
		noteSession();
	}

	/**
	 * Note that the primary has answered.
	 */
	void answeredByPrimary(long now) {
		if (this.history != null) {
			for (int i = 0; i < this.keys.size(); i++) {
				this.history.readFromPrimary(this.keys.hash(i), now);
			}
		}
		noteSession();
	}

	private void noteSession() {
		if (this.session != null) {
			this.session.notReviewedSince(this.reviewed);
		}
	}

	/**
	 * Return the instant as of which a replica has to be fresh, whichever it is.
	 */
	long floor(long now) {
		long floor = now - ((this.bound != 0) ? this.bound : Long.MAX_VALUE / 2);
		if (this.history != null) {
			for (int i = 0; i < this.keys.size(); i++) {
				long other = this.history.floor(this.keys.hash(i));
				floor = (other - floor > 0) ? other : floor;
			}
		}
		return floor;
	}

}
