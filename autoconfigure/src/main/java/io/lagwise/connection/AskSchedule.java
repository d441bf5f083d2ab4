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
import java.util.function.DoubleSupplier;

/**
 * When to ask one Sentinel: at intervals, at once when it has said something that
 * decides, and within a part of the interval when it has said something else. Intervals
 * differ a little, so that many instances of an application which hear the same at the
 * same time do not go on asking at the same time.
 */
final class AskSchedule {

	/**
	 * How long to wait at least before asking again because others want to know.
	 */
	private static final long PAUSE = Duration.ofMillis(20).toNanos();

	private final long interval;

	private final DoubleSupplier random;

	private long askedAt;

	private long dueAt;

	/**
	 * Create a schedule.
	 * @param interval the longest time between two questions
	 * @param random draws numbers from 0 to 1
	 * @param now the time in nanoseconds of the monotonic clock
	 */
	AskSchedule(Duration interval, DoubleSupplier random, long now) {
		this.interval = interval.toNanos();
		this.random = random;
		this.askedAt = now - PAUSE;
		this.dueAt = now;
	}

	synchronized boolean isDue(long now) {
		return now - this.dueAt >= 0;
	}

	/**
	 * Note that it is asked now.
	 */
	synchronized void asked(long now) {
		this.askedAt = now;
		this.dueAt = now + this.interval - (long) (this.interval / 10 * this.random.getAsDouble());
	}

	/**
	 * Let it be asked at once.
	 */
	synchronized void atOnce(long now) {
		bringForward(now);
	}

	/**
	 * Let it be asked at once, unless that has just happened.
	 */
	synchronized void wanted(long now) {
		bringForward((now - this.askedAt < PAUSE) ? this.askedAt + PAUSE : now);
	}

	/**
	 * Let it be asked within a quarter of the interval.
	 */
	synchronized void soon(long now) {
		bringForward(now + (long) (this.interval / 4 * this.random.getAsDouble()));
	}

	private void bringForward(long instant) {
		if (instant - this.dueAt < 0) {
			this.dueAt = instant;
		}
	}

}
