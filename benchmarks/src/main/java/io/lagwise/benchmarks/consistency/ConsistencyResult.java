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

package io.lagwise.benchmarks.consistency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What one level of consistency has made of one workload.
 *
 * @param level what reads asked for
 * @param workload what was read and written
 * @param delay how late replicas got what the primary wrote
 * @param measured what the threads have seen
 * @param counts who has answered
 * @param sent what the servers were sent
 */
record ConsistencyResult(ConsistencyLevel level, Workload workload, Duration delay, PacedLoad.Measured measured,
		ReadCounts counts, ServerCommands sent) {

	static final List<String> COLUMNS = Stream
		.of(Stream.of("level", "keys", "reads", "replicas get writes after", "operations per second",
				"reads from replicas", "why", "fallbacks", "read p50 / p99 ms", "write p50 / p99 ms"),
				ServerCommands.COLUMNS.stream(), Stream.of("stale answers", "staleness p50 / p99 / max ms", "failures"))
		.flatMap((columns) -> columns)
		.toList();

	double seconds() {
		return this.measured.elapsed().toNanos() / 1e9;
	}

	double stalePercent() {
		return 100.0 * this.measured.stale().count() / Math.max(1, this.measured.reads().count());
	}

	List<String> cells() {
		List<String> cells = new ArrayList<>(List.of(this.level.label(), this.workload.keys().label(),
				this.workload.readPercent() + " %", this.delay.toMillis() + " ms"));
		cells.add(String.format(Locale.ROOT, "%,.0f", this.measured.operations() / seconds()));
		cells.addAll(List.of(this.counts.replicaShare(), this.counts.reasons(), this.counts.fallbacks(),
				this.measured.reads().print(false), this.measured.writes().print(false)));
		cells.addAll(this.sent.cells(this.measured.operations(), seconds()));
		cells.add(String.format(Locale.ROOT, "%.2f %%", stalePercent()));
		cells.addAll(List.of(this.measured.stale().print(true), Integer.toString(this.measured.failures())));
		return cells;
	}

}
