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

package io.lagwise.benchmarks.fault;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What one client has made of one fault.
 *
 * @param fault what happened
 * @param client to whom
 * @param reads what the reading threads have seen
 * @param checks what the checker has seen
 * @param before the share of each node before the fault, in percent
 * @param after the share of each node at the end, in percent
 */
record FaultResult(Fault fault, ClientKind client, ReadLoad.Reads reads, FreshnessCheck.Checks checks, String before,
		String after) {

	static final List<String> COLUMNS = List.of("fault", "client", "failed reads", "longest read",
			"first read served after", "empty or wrong", "stale after 20 ms", "stale at once", "checks",
			"failed writes", "reads answered", "share before", "share after");

	/**
	 * The columns of {@link #values()}: times in milliseconds, empty where there is none.
	 */
	static final List<String> VALUES = List.of("fault", "client", "failed reads", "hanging reads", "longest read",
			"first read served after", "empty or wrong", "stale after 20 ms percent", "stale at once percent", "checks",
			"failed writes", "reads answered", "share before", "share after");

	List<String> values() {
		Duration served = this.reads.firstServed();
		return List.of(this.fault.label(), this.client.label(), Integer.toString(this.reads.failed()),
				Integer.toString(this.reads.hanging()), number(longestMillis()),
				(served != null) ? number(served.toNanos() / 1e6) : "", Integer.toString(this.reads.wrong()),
				share(this.checks.stale()), share(this.checks.staleAtOnce()), Integer.toString(this.checks.count()),
				Integer.toString(this.checks.failedWrites()), Long.toString(this.reads.answered()), this.before,
				this.after);
	}

	double longestMillis() {
		return this.reads.longest().toNanos() / 1e6;
	}

	/**
	 * Return how many of the reads right after a write did not see it.
	 */
	double stalePercent() {
		return 100.0 * this.checks.staleAtOnce() / Math.max(1, this.checks.count());
	}

	private String share(int stale) {
		return (this.checks.count() > 0) ? number(100.0 * stale / this.checks.count()) : "";
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, "%.3f", value);
	}

	List<String> cells() {
		return List.of(this.fault.label(), this.client.label(), failed(), longest(), print(this.reads.firstServed()),
				Integer.toString(this.reads.wrong()), percent(this.checks.stale()), percent(this.checks.staleAtOnce()),
				Integer.toString(this.checks.count()), Integer.toString(this.checks.failedWrites()),
				Long.toString(this.reads.answered()), this.before, this.after);
	}

	private String failed() {
		String failed = Integer.toString(this.reads.failed());
		return (this.reads.hanging() > 0) ? failed + ", " + this.reads.hanging() + " hang" : failed;
	}

	private String longest() {
		String longest = print(this.reads.longest());
		return (this.reads.hanging() > 0) ? "> " + longest : longest;
	}

	private String percent(int stale) {
		return (this.checks.count() > 0) ? String.format(Locale.ROOT, "%.1f %%", 100.0 * stale / this.checks.count())
				: "–";
	}

	private static String print(@Nullable Duration duration) {
		if (duration == null) {
			return "never";
		}
		long millis = duration.toMillis();
		if (millis < 1) {
			return "< 1 ms";
		}
		return (millis < 1000) ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
	}

}
