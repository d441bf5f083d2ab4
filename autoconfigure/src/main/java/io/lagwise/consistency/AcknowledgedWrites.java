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

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the writes that this process was told to be done, for the question what has
 * become of them. Can be used by any number of threads.
 */
public final class AcknowledgedWrites {

	private final LongAdder count = new LongAdder();

	private final AtomicLong lastCertainSentAt = new AtomicLong(FreshnessWatermark.UNPROVEN);

	/**
	 * Note that a write was acknowledged, before its caller is told.
	 * @param sentAt when it was sent, taken before sending it
	 * @param certain whether it has certainly changed something, so that it has a place
	 * in the history of the primary
	 */
	public void acknowledged(long sentAt, boolean certain) {
		if (certain) {
			long last = this.lastCertainSentAt.get();
			while ((last == FreshnessWatermark.UNPROVEN || sentAt - last > 0)
					&& !this.lastCertainSentAt.compareAndSet(last, sentAt)) {
				last = this.lastCertainSentAt.get();
			}
		}
		this.count.increment();
	}

	/**
	 * Return how many writes have been acknowledged.
	 * @return the number; it holds each one whose caller knows of it
	 */
	public long count() {
		return this.count.sum();
	}

	/**
	 * Return when the last write that has certainly changed something was sent, among
	 * those that have been acknowledged.
	 * @return the instant, or {@link FreshnessWatermark#UNPROVEN} if there is none
	 */
	public long lastCertainSentAt() {
		return this.lastCertainSentAt.get();
	}

}
