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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Ends attempts whose node does not answer in time.
 * <p>
 * Lettuce's timers tick every 100 milliseconds, which is too coarse here, and a timer for
 * each read would cost more than the read's own bookkeeping. Instead every attempt is
 * pushed on a stack, and one sweep every few milliseconds looks at those that are not
 * over yet; most are gone by their first sweep.
 * <p>
 * A sweep that comes late tells that this process stood still. The answers may be waiting
 * in its sockets then, so the attempts get until the next sweep.
 */
final class AttemptDeadlines {

	/**
	 * How often to sweep.
	 */
	static final Duration RESOLUTION = Duration.ofMillis(10);

	/**
	 * How long after the last sweep readers sweep themselves.
	 */
	private static final long FORGOTTEN = Duration.ofSeconds(1).toNanos();

	private static final long LATE = RESOLUTION.multipliedBy(5).toNanos();

	private final long timeout;

	private final LongSupplier clock;

	private final Executor callbacks;

	private final Queue<PrimaryAttempt<?, ?, ?>> atPrimary = new ConcurrentLinkedQueue<>();

	private final AtomicReference<@Nullable ReadAttempt<?, ?, ?>> newest = new AtomicReference<>();

	private final AtomicBoolean sweeping = new AtomicBoolean();

	// these belong to the sweeping thread
	private final List<ReadAttempt<?, ?, ?>> waiting = new ArrayList<>();

	private volatile long sweptAt;

	private boolean late;

	/**
	 * Create deadlines.
	 * @param timeout how long a node may stay without sign of life
	 * @param clock the monotonic clock
	 * @param callbacks runs what follows when the time of an attempt is up
	 */
	AttemptDeadlines(Duration timeout, LongSupplier clock, Executor callbacks) {
		this.callbacks = callbacks;
		this.timeout = timeout.toNanos();
		this.clock = clock;
		this.sweptAt = clock.getAsLong();
	}

	long now() {
		return this.clock.getAsLong();
	}

	/**
	 * Return an instant from which the time is up by the next sweep.
	 */
	long passed() {
		return now() - this.timeout;
	}

	/**
	 * Return whether a read has been under way for so long that it should not be sent to
	 * yet another replica.
	 */
	boolean isOverdue(long nanos) {
		return nanos > this.timeout + this.timeout / 5;
	}

	void watch(ReadAttempt<?, ?, ?> attempt) {
		ReadAttempt<?, ?, ?> older;
		do {
			older = this.newest.get();
			attempt.setOlder(older);
		}
		while (!this.newest.compareAndSet(older, attempt));
		if (attempt.startedAt() - this.sweptAt > FORGOTTEN) {
			// whatever holds up the sweeps, attempts must not pile up
			sweep();
		}
	}

	void watch(PrimaryAttempt<?, ?, ?> attempt) {
		this.atPrimary.add(attempt);
	}

	/**
	 * Return how many attempts the last sweep has left to be watched.
	 */
	int waiting() {
		return this.waiting.size();
	}

	/**
	 * End the attempts whose time is up. Called at short intervals.
	 */
	void sweep() {
		if (this.sweeping.compareAndSet(false, true)) {
			try {
				sweepAlone();
			}
			finally {
				this.sweeping.set(false);
			}
		}
	}

	private void sweepAlone() {
		ReadAttempt<?, ?, ?> attempt = this.newest.getAndSet(null);
		long now = now();
		this.late = !this.late && now - this.sweptAt > LATE;
		this.sweptAt = now;
		long timeout = this.late ? Long.MAX_VALUE : this.timeout;
		this.waiting.removeIf((waiting) -> isToLeave(waiting, now, timeout));
		while (attempt != null) {
			ReadAttempt<?, ?, ?> older = attempt.older();
			attempt.setOlder(null);
			if (!isToLeave(attempt, now, timeout)) {
				this.waiting.add(attempt);
			}
			attempt = older;
		}
		this.atPrimary.removeIf((attempted) -> isToLeave(attempted, now, timeout));
	}

	/**
	 * Return whether an attempt need not be watched any more. If its time is up it ends
	 * elsewhere: what follows may be users' code.
	 */
	private boolean isToLeave(ReadAttempt<?, ?, ?> attempt, long now, long timeout) {
		try {
			if (!attempt.isDue(now, timeout)) {
				return false;
			}
		}
		catch (Throwable ex) {
			failSoon(attempt.command(), ex);
			return false;
		}
		if (attempt.isPending()) {
			end(attempt.command(), () -> attempt.expire(now, timeout), () -> watch(attempt));
		}
		return true;
	}

	private boolean isToLeave(PrimaryAttempt<?, ?, ?> attempt, long now, long timeout) {
		try {
			if (!attempt.isDue(now, timeout)) {
				return attempt.isDone();
			}
		}
		catch (Throwable ex) {
			failSoon(attempt.command(), ex);
			return false;
		}
		end(attempt.command(), () -> attempt.expire(now, timeout), () -> watch(attempt));
		return true;
	}

	/**
	 * Fail a read that cannot be judged: it costs itself only, and the next sweep finds
	 * that it is over.
	 */
	private void failSoon(RedisCommand<?, ?, ?> command, Throwable failure) {
		this.callbacks.execute(() -> command.completeExceptionally(failure));
	}

	private void end(RedisCommand<?, ?, ?> command, BooleanSupplier end, Runnable goOn) {
		this.callbacks.execute(() -> {
			try {
				if (!end.getAsBoolean()) {
					// something has been heard of the node meanwhile
					goOn.run();
				}
			}
			catch (Throwable ex) {
				// nobody else is there to tell the caller
				command.completeExceptionally(ex);
			}
		});
	}

}
