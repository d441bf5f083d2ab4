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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import io.lagwise.routing.RoutingReason;

/**
 * What the histories of several runs have shown, as a table for the documentation.
 */
final class HistoryTable {

	private static final List<String> COLUMNS = List.of("nemesis", "level", "reads", "violations", "at most (95 %)",
			"by replicas", "why the primary", "failed", "p50", "p99", "stale p50", "stale p99", "stale max");

	private final Path file;

	private final List<List<String>> rows = new ArrayList<>();

	HistoryTable(String name) {
		this.file = Path.of("target", name + ".md");
	}

	/**
	 * Add a row for each level.
	 * @param nemesis what was done to the servers
	 * @param history what was seen
	 * @param anomalies what is wrong with it
	 * @param tallies why reads went where they went, by application instance
	 */
	void add(String nemesis, History history, List<Anomaly> anomalies, Map<String, ReadTally> tallies) {
		Map<Operation, Duration> staleness = HistoryChecker.staleness(history);
		long writes = history.operations().stream().filter(Operation::isAcknowledgedWrite).count();
		long unknown = history.operations().stream().filter((it) -> it.isWrite() && !it.isOk()).count();
		this.rows.add(row(nemesis, "(writes)", Long.toString(writes),
				Long.toString(anomalies.stream().filter((it) -> it.level() == null).count()), bound(writes), "", "",
				Long.toString(unknown)));
		for (Level level : Level.values()) {
			for (String client : clients(history, level)) {
				List<Operation> reads = history.operations()
					.stream()
					.filter((it) -> it.level() == level && (client.isEmpty() || it.client().equals(client)))
					.toList();
				List<Operation> answered = reads.stream().filter(Operation::isOk).toList();
				if (answered.isEmpty()) {
					continue;
				}
				long[] latencies = sorted(answered.stream().mapToLong((it) -> it.completedAt() - it.invokedAt()));
				long[] stale = sorted(answered.stream().mapToLong((it) -> staleness.get(it).toNanos()));
				this.rows.add(row(nemesis, level.label() + (client.isEmpty() ? "" : ", " + client),
						Integer.toString(answered.size()), violations(anomalies, level, client),
						bound(answered.size()),
						percent(answered.stream().filter(Operation::isAnsweredByReplica).count(), answered.size()),
						reasons(level, client.isEmpty() ? tallies.values().stream().toList()
								: List.of(tallies.getOrDefault(client, new ReadTally()))),
						Integer.toString(reads.size() - answered.size()), millis(latencies, 0.5),
						millis(latencies, 0.99), millis(stale, 0.5), millis(stale, 0.99), millis(stale, 1)));
			}
		}
	}

	/**
	 * Print the table and put it in a file.
	 */
	void print() {
		List<String> lines = new ArrayList<>();
		lines.add(line(COLUMNS));
		lines.add(line(COLUMNS.stream().map((column) -> "---").toList()));
		this.rows.forEach((row) -> lines.add(line(row)));
		System.out.println(String.join(System.lineSeparator(), lines));
		try {
			Files.createDirectories(this.file.toAbsolutePath().getParent());
			Files.write(this.file, lines);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> clients(History history, Level level) {
		return level.isConsistent() && level != Level.PRIMARY
				? history.operations().stream().map(Operation::client).distinct().sorted().toList() : List.of("");
	}

	/**
	 * Promised is nothing that was not broken: what nobody promised is in brackets.
	 */
	private static String violations(List<Anomaly> anomalies, Level level, String client) {
		List<Anomaly> own = anomalies.stream()
			.filter((anomaly) -> anomaly.level() == level)
			.filter((anomaly) -> client.isEmpty()
					|| anomaly.evidence().stream().reduce((one, other) -> other).orElseThrow().client().equals(client))
			.toList();
		long violations = own.stream().filter(Anomaly::isViolation).count();
		long readsWithOthers = own.stream()
			.filter((anomaly) -> !anomaly.isViolation())
			.map((anomaly) -> anomaly.evidence().get(anomaly.evidence().size() - 1))
			.distinct()
			.count();
		return violations + ((readsWithOthers > 0) ? " (" + readsWithOthers + ")" : "");
	}

	private static String reasons(Level level, List<ReadTally> tallies) {
		return Arrays.stream(RoutingReason.values())
			.filter((reason) -> reason != RoutingReason.ANY_REPLICA && reason != RoutingReason.FRESH_REPLICA)
			.map((reason) -> reason + " "
					+ tallies.stream().mapToLong((tally) -> tally.reasons(level).getOrDefault(reason, 0L)).sum())
			.filter((text) -> !text.endsWith(" 0"))
			.collect(Collectors.joining(", "))
			.toLowerCase(Locale.ROOT)
			.replace('_', ' ');
	}

	private static String bound(long operations) {
		return (operations > 0) ? String.format(Locale.ROOT, "%.2g", 3.0 / operations) : "–";
	}

	private static String percent(long part, long whole) {
		return (whole > 0) ? Math.round(100.0 * part / whole) + " %" : "–";
	}

	private static long[] sorted(LongStream values) {
		return values.sorted().toArray();
	}

	private static String millis(long[] sorted, double quantile) {
		long value = sorted[(int) Math.min(sorted.length - 1, (long) (quantile * sorted.length))];
		return String.format(Locale.ROOT, "%.1f", value / 1e6);
	}

	private static List<String> row(String... cells) {
		List<String> row = new ArrayList<>(List.of(cells));
		while (row.size() < COLUMNS.size()) {
			row.add("");
		}
		return row;
	}

	private static String line(List<String> cells) {
		return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
	}

}
