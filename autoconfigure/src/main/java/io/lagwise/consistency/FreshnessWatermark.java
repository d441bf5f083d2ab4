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

package io.lagwise.consistency;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Proves how fresh one replica is: since when it may lack writes.
 * <p>
 * A poll of the primary that was <em>sent</em> at some instant finds the primary at some
 * offset, and every write acknowledged before that instant lies at or below that offset.
 * A replica on the same history that has applied that offset therefore has all of them.
 * So
 *
 * <pre>
 * freshAsOf = max { sent : offset of the primary ≤ offset applied by the replica }
 * </pre>
 *
 * which needs one monotonic clock, that of this process. Whatever is late (a network, a
 * server that was paused, a garbage collection) makes the proof older, never wrong; the
 * instant at which a poll is answered would prove nothing. Offsets of two histories
 * cannot be compared: a replica that follows a deposed primary with its link up may be
 * ahead in numbers and lack everything.
 * <p>
 * The primary can be made to tell sooner ({@code ROLE}, {@code WAIT}, {@code ROLE}): what
 * it finds a replica to have acknowledged by the last answer is compared with where it
 * stood itself by the first, and {@code sent} is when the first was sent. The primary
 * speaks for the replica that is attached to it; that this is the process behind the
 * connection is known from polls only. So such a proof counts while polls find both on
 * one history with the link up, and only if nothing has interrupted that since.
 * <p>
 * A proof belongs to the process behind a connection. It is void when the replication ID
 * of either node changes or differs, when an offset goes back, and on demand.
 * <p>
 * Polls of the primary and of the replica may be reported by two threads at the same
 * time, those of one node in the order in which they were sent. All instants are those of
 * {@link System#nanoTime()} or of another clock that behaves like it.
 */
public final class FreshnessWatermark {

	/**
	 * The value of {@link #freshAsOf()} while nothing is proven.
	 */
	public static final long UNPROVEN = Long.MIN_VALUE;

	private final PendingSamples samples = new PendingSamples();

	private long primaryPolledAt;

	private @Nullable String primaryId;

	private long primaryOffset;

	private long replicaPolledAt;

	private @Nullable String replicaId;

	private long appliedOffset;

	private boolean linkUp;

	/**
	 * Whether the replica has been found where it was before.
	 */
	private boolean steady;

	/**
	 * What was sent until then confirms nothing.
	 */
	private long confirmableAfter;

	private volatile long freshAsOf = UNPROVEN;

	/**
	 * Create a watermark that proves nothing yet.
	 * @param now the time; polls that were sent until then do not count
	 */
	public FreshnessWatermark(long now) {
		this.primaryPolledAt = now;
		this.replicaPolledAt = now;
		this.confirmableAfter = now;
	}

	/**
	 * Note that the primary in charge has answered a poll.
	 * @param sentAt when the poll was sent, taken before sending it
	 * @param replicationId the history that the primary writes
	 * @param offset how far it has written
	 */
	public synchronized void primaryAnswered(long sentAt, String replicationId, long offset) {
		if (sentAt - this.primaryPolledAt <= 0) {
			return;
		}
		this.primaryPolledAt = sentAt;
		if (replicationId.equals(this.primaryId) && offset < this.primaryOffset) {
			forget();
		}
		if (!replicationId.equals(this.primaryId)) {
			this.samples.clear();
			this.confirmableAfter = later(this.confirmableAfter, sentAt);
		}
		this.primaryId = replicationId;
		this.primaryOffset = offset;
		this.samples.add(sentAt, offset);
		prove();
	}

	/**
	 * Note that the replica has answered a poll.
	 * @param sentAt when the poll was sent
	 * @param replicationId the history that the replica holds
	 * @param appliedOffset how much of it is applied
	 * @param linkUp whether the replica receives writes; while it does not, what was
	 * proven stays so, and nothing new is proven
	 */
	public synchronized void replicaAnswered(long sentAt, String replicationId, long appliedOffset, boolean linkUp) {
		if (sentAt - this.replicaPolledAt <= 0) {
			return;
		}
		this.replicaPolledAt = sentAt;
		boolean steady = replicationId.equals(this.replicaId) && appliedOffset >= this.appliedOffset;
		if (!steady) {
			this.freshAsOf = UNPROVEN;
		}
		if (!this.steady) {
			this.confirmableAfter = later(this.confirmableAfter, sentAt);
		}
		this.steady = steady;
		this.replicaId = replicationId;
		this.appliedOffset = appliedOffset;
		this.linkUp = linkUp;
		prove();
	}

	/**
	 * Note that the primary in charge has found the replica to have applied everything
	 * that it had written itself when it was asked. Has no effect unless polls have found
	 * both on one history, the link up and the replica where it was before, all since
	 * anything has voided the proof and before the primary was asked.
	 * @param sentAt when the primary was asked where it stands, taken before asking
	 */
	public synchronized void confirmed(long sentAt) {
		if (this.steady && this.linkUp && sentAt - this.confirmableAfter > 0
				&& Objects.equals(this.primaryId, this.replicaId)) {
			raise(sentAt);
		}
	}

	/**
	 * Void the proof until both nodes have answered polls that are sent later: to be
	 * called when a connection to the replica is lost and when one is opened, when the
	 * replica refuses reads because of its own state, and when another node has become
	 * the primary.
	 * @param now the time; polls that were sent until then do not count
	 */
	public synchronized void invalidate(long now) {
		forget();
		this.primaryPolledAt = later(this.primaryPolledAt, now);
		this.replicaPolledAt = later(this.replicaPolledAt, now);
		this.confirmableAfter = later(this.confirmableAfter, now);
	}

	/**
	 * Return the instant before which no write is missing: the replica has every write
	 * that was acknowledged earlier.
	 * @return the instant, or {@link #UNPROVEN}
	 */
	public long freshAsOf() {
		return this.freshAsOf;
	}

	/**
	 * Return whether the replica is proven to have every write that was acknowledged
	 * before some instant.
	 * @param instant the instant
	 * @return whether it has them; {@code false} where that is not known
	 */
	public boolean isFreshAsOf(long instant) {
		long freshAsOf = this.freshAsOf;
		return freshAsOf != UNPROVEN && freshAsOf - instant >= 0;
	}

	/**
	 * Return how far the replica is behind in time at most.
	 * @param now the time
	 * @return the time since the instant before which no write is missing, or
	 * {@code null} while nothing is proven
	 */
	public @Nullable Duration lag(long now) {
		long freshAsOf = this.freshAsOf;
		return (freshAsOf != UNPROVEN) ? Duration.ofNanos(Math.max(now - freshAsOf, 0)) : null;
	}

	private void prove() {
		if (!Objects.equals(this.primaryId, this.replicaId)) {
			this.freshAsOf = UNPROVEN;
		}
		else if (this.linkUp) {
			long proven = this.samples.removeUpTo(this.appliedOffset, UNPROVEN);
			if (proven != UNPROVEN) {
				raise(proven);
			}
		}
	}

	private void raise(long proven) {
		if (!isFreshAsOf(proven)) {
			this.freshAsOf = proven;
		}
	}

	private void forget() {
		this.freshAsOf = UNPROVEN;
		this.samples.clear();
		this.primaryId = null;
		this.replicaId = null;
		this.linkUp = false;
		this.steady = false;
	}

	private static long later(long one, long other) {
		return (one - other > 0) ? one : other;
	}

}
