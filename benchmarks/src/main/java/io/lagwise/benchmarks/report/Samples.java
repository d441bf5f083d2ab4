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

package io.lagwise.benchmarks.report;

import java.util.Arrays;
import java.util.Locale;

/**
 * Times that were measured, in nanoseconds; those of several threads are added up at the
 * end.
 */
public final class Samples {

	private long[] nanos = new long[1024];

	private int count;

	public void add(long sample) {
		ensure(this.count + 1);
		this.nanos[this.count++] = sample;
	}

	public void addAll(Samples other) {
		ensure(this.count + other.count);
		System.arraycopy(other.nanos, 0, this.nanos, this.count, other.count);
		this.count += other.count;
	}

	public int count() {
		return this.count;
	}

	/**
	 * Return a quantile.
	 * @param share the share of the times that are shorter, between 0 and 1
	 * @return milliseconds, not a number if there are no times
	 */
	public double millis(double share) {
		if (this.count == 0) {
			return Double.NaN;
		}
		long[] sorted = Arrays.copyOf(this.nanos, this.count);
		Arrays.sort(sorted);
		return quantile(sorted, share) / 1e6;
	}

	/**
	 * Print times in milliseconds.
	 * @param longest whether to print the longest, too
	 * @return the median and the 99th percentile
	 */
	public String print(boolean longest) {
		if (this.count == 0) {
			return "–";
		}
		long[] sorted = Arrays.copyOf(this.nanos, this.count);
		Arrays.sort(sorted);
		String text = millis(quantile(sorted, 0.5)) + " / " + millis(quantile(sorted, 0.99));
		return longest ? text + " / " + millis(sorted[this.count - 1]) : text;
	}

	private void ensure(int capacity) {
		if (capacity > this.nanos.length) {
			this.nanos = Arrays.copyOf(this.nanos, Math.max(capacity, 2 * this.nanos.length));
		}
	}

	private static long quantile(long[] sorted, double share) {
		return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
	}

	private static String millis(long nanos) {
		double millis = nanos / 1e6;
		return String.format(Locale.ROOT, (millis < 10) ? "%.2f" : "%.0f", millis);
	}

}
