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

package io.lagwise.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lets every fault happen to every client and prints what became of their reads, as a
 * Markdown table and as a file of comma-separated values.
 * <p>
 * Arguments: {@code --faults=REPLICA_FROZEN,FAILOVER} and {@code --clients=LAGWISE}
 * choose among them, {@code --seconds=20} sets how long a fault is watched, and
 * {@code --csv=FILE} where to put the values.
 */
public final class FaultTable {

	private final Set<Fault> faults;

	private final Set<ClientKind> clients;

	private final FaultRun run;

	private final Path csv;

	private FaultTable(List<String> args) {
		this.faults = choice(args, "faults", Fault.class);
		this.clients = choice(args, "clients", ClientKind.class);
		this.run = new FaultRun(Duration.ofSeconds(Long.parseLong(argument(args, "seconds", "8"))));
		this.csv = Path.of(argument(args, "csv", "target/faults.csv"));
	}

	/**
	 * Run the faults.
	 * @param args which of them, and how
	 * @throws Exception if the servers cannot be had
	 */
	public static void main(String[] args) throws Exception {
		new FaultTable(List.of(args)).print();
		// a client may have left threads behind
		System.exit(0);
	}

	private void print() throws IOException, InterruptedException {
		List<List<String>> rows = new ArrayList<>();
		for (Fault fault : this.faults) {
			for (ClientKind client : this.clients) {
				List<String> row = this.run.of(fault, client).cells();
				System.err.println(String.join(" | ", row));
				rows.add(row);
			}
		}
		System.out.println(describe());
		System.out.println(line(FaultResult.COLUMNS));
		System.out.println(line(FaultResult.COLUMNS.stream().map((column) -> "---").toList()));
		rows.forEach((row) -> System.out.println(line(row)));
		Files.createDirectories(this.csv.toAbsolutePath().getParent());
		Files.write(this.csv,
				Stream.concat(Stream.of(FaultResult.COLUMNS), rows.stream()).map(FaultTable::csv).toList());
		System.out.println("\nComma-separated values: " + this.csv);
	}

	private static String describe() {
		return "%d processors, %s %s, Java %s; %d reading threads and a checker; shares: first primary / replica that was struck / other replica%n"
			.formatted(Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
					System.getProperty("os.arch"), System.getProperty("java.version"), FaultRun.THREADS);
	}

	private static String line(List<String> cells) {
		return cells.stream().collect(Collectors.joining(" | ", "| ", " |"));
	}

	private static String csv(List<String> cells) {
		return cells.stream().map((cell) -> '"' + cell.replace("\"", "\"\"") + '"').collect(Collectors.joining(","));
	}

	private static <E extends Enum<E>> Set<E> choice(List<String> args, String name, Class<E> type) {
		String names = argument(args, name, "");
		if (names.isEmpty()) {
			return EnumSet.allOf(type);
		}
		return Stream.of(names.split(","))
			.map((choice) -> Enum.valueOf(type, choice.strip().toUpperCase(Locale.ROOT)))
			.collect(Collectors.toCollection(() -> EnumSet.noneOf(type)));
	}

	private static String argument(List<String> args, String name, String defaultValue) {
		String prefix = "--" + name + "=";
		return args.stream()
			.filter((arg) -> arg.startsWith(prefix))
			.map((arg) -> arg.substring(prefix.length()))
			.findFirst()
			.orElse(defaultValue);
	}

}
