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
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

import io.lagwise.replication.ReplicationStatus;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import org.jspecify.annotations.Nullable;

/**
 * What the primary in charge last said of itself, and whether that still holds.
 * <p>
 * When a connection to the primary is lost, or another node takes over, a history that
 * sessions rely on may have ended. Until the primary has answered a question that was
 * asked after that, it is in doubt, and sessions wait: they must learn of a loss before
 * they read what is left.
 */
final class PrimaryAnswers {

	private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

	private final LongSupplier clock;

	private final Duration patience;

	private final Executor callbacks;

	private volatile @Nullable Answer last;

	private volatile long doubtedAt;

	private volatile boolean closed;

	/**
	 * Create answers, none of which is there yet.
	 * @param clock the monotonic clock
	 * @param patience how long to wait for one
	 * @param callbacks lets those go on who have waited in vain: users' code may follow
	 */
	PrimaryAnswers(LongSupplier clock, Duration patience, Executor callbacks) {
		this.clock = clock;
		this.patience = patience;
		this.callbacks = callbacks;
		this.doubtedAt = clock.getAsLong();
	}

	/**
	 * Note that what the primary has said so far may not hold any more.
	 */
	void doubt() {
		this.doubtedAt = this.clock.getAsLong();
	}

	/**
	 * Return whether the primary has not answered since its history was last in doubt.
	 */
	boolean isInDoubt() {
		Answer last = this.last;
		return last == null || last.sentAt() - this.doubtedAt <= 0;
	}

	/**
	 * Return whether somebody waits for an answer to a question that is still to be sent,
	 * or has been sent.
	 */
	boolean isAwaited() {
		return !this.waiters.isEmpty();
	}

	/**
	 * Return the first answer that ends the doubt. It fails as {@link #after} does.
	 */
	CompletableFuture<Answer> afterDoubt() {
		return after(this.doubtedAt);
	}

	/**
	 * Return what the primary last said, or {@code null} if it has not been heard of.
	 */
	@Nullable Answer last() {
		return this.last;
	}

	/**
	 * Note an answer of the primary.
	 */
	void answered(long sentAt, long answeredAt, ReplicationStatus status) {
		Answer answer = new Answer(sentAt, answeredAt, status);
		this.last = answer;
		for (Iterator<Waiter> it = this.waiters.iterator(); it.hasNext();) {
			Waiter waiter = it.next();
			if (waiter.future.isDone() || waiter.isServedBy(answer)) {
				it.remove();
				waiter.future.complete(answer);
			}
		}
	}

	/**
	 * Return the first answer to a question that is sent after an instant. It fails with
	 * {@link RedisException} when there is none in time, or nobody asks any more.
	 */
	CompletableFuture<Answer> after(long instant) {
		Waiter waiter = new Waiter(instant, this.clock.getAsLong(), new CompletableFuture<>());
		this.waiters.add(waiter);
		Answer last = this.last;
		if (last != null && waiter.isServedBy(last)) {
			this.waiters.remove(waiter);
			waiter.future.complete(last);
		}
		else if (this.closed) {
			close();
		}
		return waiter.future;
	}

	/**
	 * Let nobody wait for longer than is bearable. Called at short intervals.
	 */
	void sweep() {
		long now = this.clock.getAsLong();
		for (Iterator<Waiter> it = this.waiters.iterator(); it.hasNext();) {
			Waiter waiter = it.next();
			if (waiter.future.isDone()) {
				it.remove();
			}
			else if (now - waiter.since >= this.patience.toNanos()) {
				it.remove();
				this.callbacks.execute(() -> waiter.future
					.completeExceptionally(new RedisCommandTimeoutException("The primary has not said within "
							+ this.patience.toMillis() + " ms whether what the session has seen is still there")));
			}
		}
	}

	/**
	 * Let nobody wait any more.
	 */
	void close() {
		this.closed = true;
		Waiter waiter;
		while ((waiter = this.waiters.poll()) != null) {
			waiter.future.completeExceptionally(new RedisException(
					"The connection factory was stopped before the primary has said whether what the session has seen "
							+ "is still there"));
		}
	}

	/**
	 * What the primary said.
	 *
	 * @param sentAt when the question was sent
	 * @param answeredAt when the answer had arrived
	 * @param status the answer
	 */
	record Answer(long sentAt, long answeredAt, ReplicationStatus status) {

	}

	private record Waiter(long instant, long since, CompletableFuture<Answer> future) {

		boolean isServedBy(Answer answer) {
			return answer.sentAt() - this.instant > 0;
		}

	}

}
