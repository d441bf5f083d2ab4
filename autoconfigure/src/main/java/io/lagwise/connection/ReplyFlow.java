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

import java.util.concurrent.atomic.LongAdder;

/**
 * Tells in which intervals a node had so much to answer that the time of an answer is one
 * of our own queue: reads have waited for those before them, or for large replies.
 * <p>
 * How long it was the node's turn would not do instead: of many reads over a link that is
 * slow, each but the first seems to be answered at once.
 */
final class ReplyFlow {

	/**
	 * How many reads under way are a queue of our own making.
	 */
	static final int CROWD = 1000;

	/**
	 * How many bytes of replies within an interval keep a connection busy.
	 */
	static final int MUCH = 128 * 1024;

	private final LongAdder received = new LongAdder();

	private volatile boolean crowded;

	private boolean busyBefore;

	/**
	 * Note that bytes have arrived.
	 */
	void received(int bytes) {
		this.received.add(bytes);
	}

	/**
	 * Note that a read has been answered.
	 * @param waiting how many have been written and wait for their answers
	 */
	void answered(int waiting) {
		if (waiting >= CROWD) {
			this.crowded = true;
		}
	}

	/**
	 * Return whether there was too much to answer since the last call, or the one before:
	 * what was asked then may have been answered only now. Called once per interval, by
	 * one thread.
	 */
	boolean takeBusy() {
		boolean much = this.received.sumThenReset() >= MUCH;
		boolean busy = this.crowded || much;
		this.crowded = false;
		boolean result = busy || this.busyBefore;
		this.busyBefore = busy;
		return result;
	}

}
