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

/**
 * Gives a replica that comes back its share of the reads little by little: its caches are
 * cold, and every client comes at once.
 */
final class RampUp {

	/**
	 * An absence that is too short for anything to have gone cold.
	 */
	private static final long HICCUP = Duration.ofSeconds(1).toNanos();

	private static final int LEAST = 5;

	private static final int FULL = 100;

	private final long duration;

	private boolean present;

	private boolean seen;

	private boolean ramping;

	private long absentSince;

	private long startedAt;

	private volatile int percent = FULL;

	RampUp(Duration duration) {
		this.duration = duration.toNanos();
	}

	/**
	 * Return the share, in percent of a replica that has been there all the time.
	 */
	int percent() {
		return this.percent;
	}

	/**
	 * Note whether reads may go to the replica now. Called at intervals by one thread.
	 */
	void update(boolean present, long now) {
		if (present && !this.present && (!this.seen || now - this.absentSince > HICCUP)) {
			this.ramping = true;
			this.startedAt = now;
		}
		if (!present && this.present) {
			this.absentSince = now;
		}
		this.present = present;
		this.seen |= present;
		this.ramping &= now - this.startedAt < this.duration;
		this.percent = this.ramping ? (int) Math.max(LEAST, FULL * (now - this.startedAt) / this.duration) : FULL;
	}

}
