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

package io.lagwise.benchmarks.scaling;

/**
 * The time that a process may run in each period.
 *
 * @param quota the time, in microseconds
 * @param period the period, in microseconds
 */
record CpuSlice(long quota, long period) {

	/**
	 * Linux refuses to give less.
	 */
	private static final long SMALLEST_QUOTA = 1000;

	private static final long SHORTEST_PERIOD = 10_000;

	/**
	 * Return a share of one processor in periods as short as Linux allows, ten
	 * milliseconds at least.
	 */
	static CpuSlice ofPercent(int percent) {
		if (percent < 1 || percent > 100) {
			throw new IllegalArgumentException(
					"A slice is between 1 and 100 percent of a processor, but was " + percent);
		}
		long period = Math.max(SHORTEST_PERIOD, 100 * SMALLEST_QUOTA / percent);
		return new CpuSlice(period * percent / 100, period);
	}

	double processors() {
		return (double) this.quota / this.period;
	}

}
