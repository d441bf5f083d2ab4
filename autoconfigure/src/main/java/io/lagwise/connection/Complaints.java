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

import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NodeGuard;

/**
 * What a replica is accused of for not answering in time. It is held against the replica
 * a while later, unless a slow command turns out to be the reason: such a command keeps
 * every node busy, and everybody waiting.
 */
final class Complaints {

	/**
	 * How long an accusation waits for an explanation.
	 */
	private static final long OPEN_FOR = Duration.ofSeconds(1).toNanos();

	private final NodeGuard guard;

	private int count;

	private long since;

	private Duration elapsed = Duration.ZERO;

	private volatile long explainedUntil;

	Complaints(NodeGuard guard, long now) {
		this.guard = guard;
		this.explainedUntil = now;
	}

	/**
	 * Note that the replica has kept somebody waiting.
	 */
	synchronized void add(Duration elapsed, long now) {
		if (isExplained(now)) {
			return;
		}
		if (this.count++ == 0) {
			this.since = now;
		}
		this.elapsed = elapsed;
	}

	/**
	 * Drop what the replica is accused of, and what it will be accused of for some time.
	 */
	synchronized void explain(long until) {
		this.count = 0;
		if (until - this.explainedUntil > 0) {
			this.explainedUntil = until;
		}
	}

	boolean isExplained(long now) {
		return now - this.explainedUntil < 0;
	}

	/**
	 * Hold against the replica what nothing has explained. Called at intervals.
	 */
	void settle(long now) {
		int failures;
		Duration elapsed;
		synchronized (this) {
			boolean due = this.count > 0 && now - this.since > OPEN_FOR;
			failures = due ? this.count : 0;
			this.count -= failures;
			elapsed = this.elapsed;
		}
		for (int i = 0; i < failures; i++) {
			this.guard.failed(FallbackReason.TIMEOUT, elapsed);
		}
	}

}
