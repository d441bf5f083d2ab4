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

import java.util.concurrent.CompletableFuture;

import io.lagwise.consistency.HistoryPosition;
import io.lagwise.consistency.PositionVerdict;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.RoutingContext;
import io.lagwise.routing.SessionLostException;
import org.jspecify.annotations.Nullable;

/**
 * A session of one connection factory.
 * <p>
 * Before each consistent read it looks whether the history that it has seen is still that
 * of the primary: by the failovers since it last looked, and, once, by the token from
 * which it was resumed. That needs no question to a server but where one is still to be
 * answered.
 */
final class DefaultConsistencySession implements ConsistencySession {

	private final DefaultConsistencySessions sessions;

	private final int preference;

	private final SessionHistory history;

	private final long openedAt;

	/**
	 * How many histories of the primary had ended when the session last looked.
	 */
	private volatile int reviewed;

	private volatile @Nullable HistoryPosition unverified;

	/**
	 * Since when somebody is looked for who holds what the session has seen elsewhere.
	 */
	private @Nullable Long soughtSince;

	/**
	 * Whether it was told that nobody knows of what the session has seen elsewhere.
	 */
	private boolean givenUp;

	private volatile @Nullable SessionLostException loss;

	/**
	 * Create a session.
	 * @param sessions what the session is one of
	 * @param preference decides which replica is preferred
	 * @param successions how many histories of the primary have ended so far
	 * @param position what the session has seen elsewhere, or {@code null}
	 * @param now the time
	 */
	DefaultConsistencySession(DefaultConsistencySessions sessions, int preference, int successions,
			@Nullable HistoryPosition position, long now) {
		this.sessions = sessions;
		this.preference = preference;
		this.reviewed = successions;
		this.unverified = position;
		this.history = SessionHistory.ofSession(now, sessions.peers());
		this.openedAt = now;
	}

	@Override
	public RoutingContext.Scope bind() {
		return RoutingContext.bind(this);
	}

	@Override
	public String token() {
		return this.sessions.tokenOf(this);
	}

	boolean isOf(DefaultConsistencySessions sessions) {
		return this.sessions == sessions;
	}

	SessionHistory history() {
		return this.history;
	}

	int preference() {
		return this.preference;
	}

	/**
	 * Return how many histories of the primary had ended when the session last looked.
	 */
	int reviewed() {
		return this.reviewed;
	}

	/**
	 * Return when the session has last seen anything, or was opened.
	 */
	long seenAt() {
		return this.history.isTouched(0) ? this.history.floor(0) : this.openedAt;
	}

	/**
	 * Note that a write has ended.
	 * @param reviewed how many histories had ended when it was sent: one of those that
	 * have ended since may be the one that it belongs to
	 * @param now the time
	 */
	void wrote(int reviewed, long now) {
		this.history.wrote(0, now);
		notReviewedSince(reviewed);
	}

	/**
	 * Note that what the session has seen may belong to a history that has ended since.
	 * Called after it was noted as seen: a review that goes on meanwhile either covers
	 * it, or is undone.
	 */
	synchronized void notReviewedSince(int reviewed) {
		this.reviewed = Math.min(this.reviewed, reviewed);
	}

	/**
	 * Return what has to be waited for before the session can tell what it may read, or
	 * {@code null} if nothing.
	 */
	@Nullable CompletableFuture<?> obstacle() {
		PrimaryAnswers answers = this.sessions.answers();
		if (answers.isInDoubt() && this.sessions.isPrimaryConcealed()) {
			return null;
		}
		if (answers.isInDoubt()) {
			return answers.afterDoubt();
		}
		reviewSuccessions();
		return isUnverified() ? verify(answers) : null;
	}

	/**
	 * Return whether nobody is known to hold what the session has seen elsewhere.
	 */
	boolean isUnverified() {
		return this.unverified != null;
	}

	/**
	 * Return what confirms an answer of the primary, or {@code null} if that is not
	 * needed.
	 */
	@Nullable CompletableFuture<?> confirmation(long answeredAt) {
		return this.sessions.confirmation(answeredAt);
	}

	/**
	 * Take note of the histories of the primary that have ended.
	 */
	void reviewSuccessions() {
		if (this.reviewed == this.sessions.successions()) {
			return;
		}
		SessionLoss loss = null;
		synchronized (this) {
			int successions = this.sessions.successions();
			if (this.reviewed != successions) {
				loss = this.history.isTouched(0) ? this.sessions.review(this.reviewed, this.history.floor(0)) : null;
				lose(loss);
				// last: other threads of the session look at this and pass
				this.reviewed = successions;
			}
		}
		this.sessions.report(loss);
	}

	/**
	 * Return the loss that the user of the session has not been told of, once.
	 */
	@Nullable SessionLostException takeLoss() {
		if (this.loss == null) {
			return null;
		}
		synchronized (this) {
			SessionLostException loss = this.loss;
			this.loss = null;
			return loss;
		}
	}

	private @Nullable CompletableFuture<?> verify(PrimaryAnswers answers) {
		SessionLoss loss;
		synchronized (this) {
			HistoryPosition position = this.unverified;
			PrimaryAnswers.Answer last = answers.last();
			if (position == null || last == null) {
				return null;
			}
			PositionVerdict verdict = this.sessions.judge(position, last);
			if (verdict == PositionVerdict.SATISFIED || verdict == PositionVerdict.LOST) {
				loss = settle(position, verdict, last);
			}
			else if (last.sentAt() - this.openedAt <= 0) {
				// the token may be younger than what the primary has last said
				return answers.after(this.openedAt);
			}
			else {
				Long since = (this.soughtSince != null) ? this.soughtSince : Long.valueOf(this.sessions.now());
				this.soughtSince = since;
				CompletableFuture<?> news = this.sessions.newsOf(position, last, since);
				if (news != null || this.givenUp) {
					return news;
				}
				this.givenUp = true;
				loss = this.sessions.missing(position, false);
			}
		}
		this.sessions.report(loss);
		return null;
	}

	private @Nullable SessionLoss settle(HistoryPosition position, PositionVerdict verdict,
			PrimaryAnswers.Answer last) {
		// what is sent before the answer is there may overtake the question
		this.history.wroteAnything(last.answeredAt());
		SessionLoss loss = (verdict == PositionVerdict.LOST) ? this.sessions.missing(position, true) : null;
		lose(loss);
		// last: other threads of the session look at this and pass
		this.unverified = null;
		return loss;
	}

	private void lose(@Nullable SessionLoss loss) {
		if (loss != null && loss.exception() != null) {
			this.loss = loss.exception();
		}
	}

}
