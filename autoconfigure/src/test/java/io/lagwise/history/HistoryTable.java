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

package io.lagwise.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lagwise.routing.RoutingReason;

/**
 * What the histories of several runs have shown, as a table for the documentation.
 */
final class HistoryTable {

	private static final List<String> COLUMNS = List.of("nemesis", "level", "operations", "violations",
			"at most (95 %)", "by replicas", "why not at once by a replica", "failed", "p50", "p99", "stale p50",
			"stale p99", "stale max");

	private final Path file;

	private final Map<List<String>, Figures> rows = new LinkedHashMap<>();

	HistoryTable(String name) {
		this.file = Path.of("target", name + ".md");
	}

	/**
	 * Add what a run has shown to the row of each level.
	 * @param nemesis what was done to the servers
	 * @param history what was seen
	 * @param anomalies what is wrong with it
	 * @param tallies why reads went where they went, by application instance
	 */
	void add(String nemesis, History history, List<Anomaly> anomalies, Map<String, ReadTally> tallies) {
		Map<Operation, Duration> staleness = HistoryChecker.staleness(history);
		Figures writes = figures(nemesis, "(writes)");
		history.operations().stream().filter(Operation::isWrite).forEach((write) -> writes.add(write, Duration.ZERO));
		writes.violations += anomalies.stream().filter((anomaly) -> anomaly.level() == null).count();
		for (Operation read : history.operations()) {
			if (!read.isWrite()) {
				figures(nemesis, label(read)).add(read, staleness.getOrDefault(read, Duration.ZERO));
			}
		}
		for (Level level : Level.values()) {
			tallies.forEach((client, tally) -> {
				Figures figures = this.rows.get(List.of(nemesis, label(level, client)));
				if (figures != null) {
					tally.reasons(level).forEach((reason, count) -> figures.reasons.merge(reason, count, Long::sum));
				}
			});
		}
		anomalies.stream().filter((anomaly) -> anomaly.level() != null).forEach((anomaly) -> {
			Operation read = anomaly.evidence().get(anomaly.evidence().size() - 1);
			Figures figures = figures(nemesis, label(anomaly.level(), read.client()));
			if (anomaly.isViolation()) {
				figures.violations++;
			}
			else {
				figures.unpromised.add(read);
			}
		});
		this.rows.values().forEach(Figures::forgetOperations);
	}

	/**
	 * Print the table and put it in a file.
	 */
	void print() {
		List<String> lines = new ArrayList<>();
		lines.add(line(COLUMNS));
		lines.add(line(COLUMNS.stream().map((column) -> "---").toList()));
		this.rows
			.forEach((row, figures) -> lines.add(line(Stream.concat(row.stream(), figures.cells().stream()).toList())));
		System.out.println(String.join(System.lineSeparator(), lines));
		try {
			Files.createDirectories(this.file.toAbsolutePath().getParent());
			Files.write(this.file, lines);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Figures figures(String nemesis, String level) {
		return this.rows.computeIfAbsent(List.of(nemesis, level), (it) -> new Figures());
	}

	private static String label(Operation read) {
		return label(read.level(), read.client());
	}

	/**
	 * How an application instance makes reads consistent is its own choice.
	 */
	private static String label(Level level, String client) {
		return level.label() + (level.requirement().isConsistent() ? ", " + client : "");
	}

	private static String line(List<String> cells) {
		return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
	}

	/**
	 * What one row shows.
	 */
	private static final class Figures {

		private final List<Long> latencies = new ArrayList<>();

		private final List<Long> staleness = new ArrayList<>();

		private final Map<RoutingReason, Long> reasons = new EnumMap<>(RoutingReason.class);

		private final Set<Operation> unpromised = new HashSet<>();

		private long violations;

		private long others;

		private long failed;

		private long byReplicas;

		void add(Operation operation, Duration staleness) {
			if (!operation.isOk()) {
				this.failed++;
				return;
			}
			this.latencies.add(operation.completedAt() - operation.invokedAt());
			this.staleness.add(staleness.toNanos());
			this.byReplicas += operation.isAnsweredByReplica() ? 1 : 0;
		}

		void forgetOperations() {
			this.others += this.unpromised.size();
			this.unpromised.clear();
		}

		/**
		 * What nobody has promised is in brackets.
		 */
		List<String> cells() {
			int count = this.latencies.size();
			return List.of(Integer.toString(count),
					this.violations + ((this.others > 0) ? " (" + this.others + ")" : ""),
					(count > 0) ? String.format(Locale.ROOT, "%.2g", 3.0 / count) : "–",
					(count > 0) ? Math.round(100.0 * this.byReplicas / count) + " %" : "–", reasons(),
					Long.toString(this.failed), millis(this.latencies, 0.5), millis(this.latencies, 0.99),
					millis(this.staleness, 0.5), millis(this.staleness, 0.99), millis(this.staleness, 1));
		}

		private String reasons() {
			return this.reasons.entrySet()
				.stream()
				.filter((entry) -> entry.getKey() != RoutingReason.ANY_REPLICA
						&& entry.getKey() != RoutingReason.FRESH_REPLICA)
				.map((entry) -> entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " "
						+ entry.getValue())
				.collect(Collectors.joining(", "));
		}

		private static String millis(List<Long> values, double quantile) {
			if (values.isEmpty()) {
				return "–";
			}
			List<Long> sorted = values.stream().sorted().toList();
			long value = sorted.get((int) Math.min(sorted.size() - 1, (long) (quantile * sorted.size())));
			return String.format(Locale.ROOT, "%.1f", value / 1e6);
		}

	}

}
