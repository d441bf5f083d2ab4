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
 * What the answers on one read connection tell of the node behind it.
 * <p>
 * A node is silent when it has let an attempt's time pass and has not answered anything
 * since that attempt was sent. The next answer ends the silence, even one that nobody
 * waits for any more.
 */
final class SignsOfLife {

	/**
	 * How long a connection may be silent before it is given up: the other end may be
	 * gone without a trace.
	 */
	private static final long GIVE_UP_AFTER = Duration.ofSeconds(1).toNanos();

	private volatile long aliveAt;

	private volatile boolean silent;

	private volatile long silentSince;

	private volatile long fastest = Long.MAX_VALUE;

	SignsOfLife(long now) {
		this.aliveAt = now;
	}

	/**
	 * Note that something has been heard, or a new connection opened.
	 */
	void alive(long now) {
		this.aliveAt = now;
		if (this.silent) {
			this.silent = false;
		}
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
	 * @return whether the node has become silent
	 */
	boolean timedOut(long startedAt, long now) {
		if (this.silent || isAliveSince(startedAt)) {
			return false;
		}
		this.silentSince = now;
		this.silent = true;
		return true;
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

}
