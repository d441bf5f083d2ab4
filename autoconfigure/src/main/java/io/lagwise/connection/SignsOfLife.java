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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;

/**
 * What the answers on one read connection tell of the node behind it.
 * <p>
 * A node is silent when it has let an attempt's time pass and nothing of it has arrived
 * since. The next sign of life ends the silence, even an answer that nobody waits for any
 * more.
 * <p>
 * Answers come in the order of the questions, so that of all reads that wait only the
 * first one is the node's to answer: the others wait for that one.
 */
final class SignsOfLife {

	/**
	 * How long a connection may be silent before it is given up: the other end may be
	 * gone without a trace.
	 */
	private static final long GIVE_UP_AFTER = Duration.ofSeconds(1).toNanos();

	private final ReplyFlow replies = new ReplyFlow();

	private volatile long aliveAt;

	private volatile boolean silent;

	private volatile long silentSince;

	private volatile long fastest = Long.MAX_VALUE;

	/**
	 * When a read was last written, and how many were.
	 */
	private volatile long sentAt;

	private volatile int sent;

	private volatile @Nullable Executor afterReading;

	private volatile boolean looking;

	private volatile long readUntil;

	/**
	 * When a read was last answered, and its number.
	 */
	private volatile long servedAt;

	private volatile int served;

	SignsOfLife(long now) {
		this.aliveAt = now;
		this.servedAt = now;
		this.sentAt = now;
		this.readUntil = now;
	}

	/**
	 * Note what runs an action after what has arrived has been read.
	 */
	void connected(Executor afterReading) {
		this.afterReading = afterReading;
	}

	/**
	 * Note that a new connection has opened.
	 */
	void connected(long now) {
		this.looking = false;
		this.sent = 0;
		this.served = 0;
		this.servedAt = now;
		alive(now);
	}

	/**
	 * Note that something has been heard.
	 */
	void alive(long now) {
		this.aliveAt = now;
		if (this.silent) {
			this.silent = false;
		}
	}

	/**
	 * Note that bytes have arrived.
	 */
	void received(int bytes, long now) {
		this.replies.received(bytes);
		alive(now);
	}

	/**
	 * Note that a read is written. Called by the thread of the connection.
	 * @return its number, from one on
	 */
	@SuppressWarnings("NonAtomicOperationOnVolatileField")
	int sending(long now) {
		this.sentAt = now;
		return ++this.sent;
	}

	/**
	 * Note that a read has been answered, whether somebody waits for it or not. Called by
	 * the thread of the connection.
	 * @param number the number of the read
	 * @param sentAt when it was written
	 * @return how long it was the node's turn to answer it
	 */
	long served(int number, long sentAt, long now) {
		long turn = later(this.servedAt, sentAt);
		this.served = number;
		this.servedAt = now;
		this.replies.answered(this.sent - number);
		return now - turn;
	}

	/**
	 * Return which of the reads that wait a read is, from one on.
	 * @param number the number of the read
	 */
	int position(int number) {
		return Math.max(number - this.served, 1);
	}

	/**
	 * Return whether all that was written before a read has been answered.
	 * @param number the number of the read
	 */
	boolean isNext(int number) {
		return number == this.served + 1;
	}

	/**
	 * Return since when a read waits for the node: while the answers to what was written
	 * before are still arriving it does not, nor while this process has not come to write
	 * it.
	 * @param startedAt when the read was given to the connection, or written
	 * @param written whether it was written
	 */
	long waitingSince(long startedAt, boolean written) {
		if (written) {
			return later(startedAt, this.aliveAt);
		}
		return (this.sent > 0) ? later(startedAt, this.sentAt) : startedAt;
	}

	/**
	 * Return whether what had arrived by an instant has been read, and have a look if
	 * not. Called by one thread at a time.
	 * @param instant the instant
	 * @param now the time
	 * @param patience how long nothing may come of that if the thread of the connection
	 * does not write either, in nanoseconds
	 */
	boolean hasReadUntil(long instant, long now, long patience) {
		Executor afterReading = this.afterReading;
		if (afterReading == null || this.readUntil - instant >= 0) {
			return true;
		}
		if (!this.looking) {
			this.looking = true;
			try {
				afterReading.execute(() -> {
					this.readUntil = now;
					this.looking = false;
				});
			}
			catch (RejectedExecutionException ex) {
				// nothing is read any more
				return true;
			}
		}
		return now - later(instant, this.sentAt) >= patience;
	}

	/**
	 * Note how long an answer took.
	 */
	void answered(long nanos) {
		if (nanos < this.fastest) {
			this.fastest = nanos;
		}
	}

	/**
	 * Note that an attempt has not been answered in time.
	 * @param since since when it has waited
	 * @return whether the node has become silent
	 */
	boolean timedOut(long since, long now) {
		if (this.silent || this.aliveAt - since > 0) {
			return false;
		}
		this.silentSince = now;
		this.silent = true;
		return true;
	}

	/**
	 * Return when something was last heard.
	 */
	long aliveAt() {
		return this.aliveAt;
	}

	boolean isAliveSince(long instant) {
		return this.aliveAt - instant >= 0;
	}

	boolean isSilent() {
		return this.silent;
	}

	boolean isGivenUp(long now) {
		return this.silent && now - this.silentSince > GIVE_UP_AFTER;
	}

	/**
	 * Return the shortest time of an answer since the last call, or a very long one when
	 * there was none.
	 */
	long takeFastest() {
		long fastest = this.fastest;
		this.fastest = Long.MAX_VALUE;
		return fastest;
	}

	/**
	 * Return whether answers took as long as they did for there were so many, or such
	 * large ones. Called once per interval.
	 */
	boolean takeBusy() {
		return this.replies.takeBusy();
	}

	private static long later(long one, long other) {
		return (one - other > 0) ? one : other;
	}

}
