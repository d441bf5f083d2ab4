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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.lagwise.consistency.HistoryPosition;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the primary of a history that the primary in charge does not know: another
 * instance may have heard of a failover first.
 * <p>
 * Whoever needs that history waits while all are asked who is the primary, for a part of
 * the time that a command has. A history that was not found is not waited for again under
 * the same primary.
 */
final class UnknownHistories {

	/**
	 * How long it takes at most until all Sentinels have heard of a failover.
	 */
	private static final Duration LONGEST_SEARCH = Duration.ofSeconds(3);

	private static final int REMEMBERED = 64;

	private final PrimaryWatch watch;

	private final long patience;

	private final Deque<Search> givenUp = new ArrayDeque<>();

	UnknownHistories(PrimaryWatch watch, Duration commandTimeout) {
		this.watch = watch;
		this.patience = Math.min(LONGEST_SEARCH.toNanos(), commandTimeout.dividedBy(2).toNanos());
	}

	/**
	 * Ask who is the primary.
	 * @param position a position in the history that is looked for
	 * @param primary what the primary in charge says
	 * @param since since when the history is looked for
	 * @param now the time
	 * @return what is waited for, or {@code null} if that was long enough
	 */
	@Nullable CompletableFuture<?> newsOf(HistoryPosition position, ReplicationStatus primary, long since, long now) {
		Search search = new Search(position.replicationId(), primary.replicationId());
		long left = this.patience - (now - since);
		if (left <= 0) {
			giveUp(search);
		}
		return (left > 0 && !isGivenUp(search))
				? this.watch.search().copy().completeOnTimeout(null, left, TimeUnit.NANOSECONDS) : null;
	}

	private synchronized boolean isGivenUp(Search search) {
		return this.givenUp.contains(search);
	}

	private synchronized void giveUp(Search search) {
		if (!search.isWithinOneHistory() && !this.givenUp.contains(search)) {
			if (this.givenUp.size() == REMEMBERED) {
				this.givenUp.remove();
			}
			this.givenUp.add(search);
		}
	}

	/**
	 * What was looked for, under which primary.
	 */
	private record Search(String history, String primaryHistory) {

		boolean isWithinOneHistory() {
			return this.history.equals(this.primaryHistory);
		}

	}

}
