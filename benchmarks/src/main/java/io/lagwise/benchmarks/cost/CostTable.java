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

package io.lagwise.benchmarks.cost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.BarChart;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;
import io.lagwise.testkit.ReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures what a read costs with every client, and prints that beside what it costs on
 * one plain connection to one replica.
 * <p>
 * Arguments: {@code --subjects=LAGWISE_CONSISTENT,REDISSON}, {@code --operations=GET_16}
 * and {@code --ways=ASYNC_100} choose among them, {@code --replicas=2} sets how many
 * there are, {@code --rounds=3} and {@code --millis=400} set how often and how long each
 * is measured, {@code --warm-up=2500} for how many milliseconds a JVM reads before that,
 * and {@code --out=DIR} where the files go. The limit is measured in any case.
 */
public final class CostTable {

	private static final List<String> COLUMNS = List.of("level", "subject", "way", "operation", "operations per second",
			"ratio to the limit", "worst round", "best round", "bytes per operation", "bytes ratio",
			"client CPU us per operation", "server CPU us per operation");

	private static final Set<Subject> DRAWN = EnumSet.of(Subject.LETTUCE_REPLICA_PREFERRED, Subject.REDISSON,
			Subject.LAGWISE_OWN_WRITES, Subject.LAGWISE_CONSISTENT, Subject.SPRING_TEMPLATE_REPLICA_PREFERRED,
			Subject.LAGWISE_TEMPLATE_OWN_WRITES);

	private final Set<Subject> subjects;

	private final List<Operation> operations;

	private final Set<Way> ways;

	private final int replicas;

	private final int rounds;

	private final int warmUp;

	private final int millis;

	private final Path out;

	private final CostResults results = new CostResults();

	private CostTable(Arguments args) {
		this.subjects = args.choice("subjects", Subject.class);
		this.subjects.add(Subject.LETTUCE);
		this.operations = List.copyOf(args.choice("operations", Operation.class));
		this.ways = args.choice("ways", Way.class);
		this.replicas = Integer.parseInt(args.get("replicas", "2"));
		this.rounds = Integer.parseInt(args.get("rounds", "3"));
		this.warmUp = Integer.parseInt(args.get("warm-up", "2500"));
		this.millis = Integer.parseInt(args.get("millis", "400"));
		this.out = Path.of(args.get("out", "target/results"));
	}

	/**
	 * Measure.
	 * @param args what, and how long
	 * @throws Exception if the servers or JVMs cannot be had
	 */
	public static void main(String[] args) throws Exception {
		CostTable table = new CostTable(new Arguments(List.of(args)));
		table.measure();
		table.print();
		table.draw();
		// a client may have left threads behind
		System.exit(0);
	}

	private void measure() throws IOException {
		Files.createDirectories(this.out);
		try (ReplicatedRedis redis = ReplicatedRedis.builder()
			.replicas(this.replicas)
			.sentinels(3)
			.proxied(false)
			.start()) {
			Servers servers = Servers.of(redis);
			servers.write();
			redis.awaitInSync();
			CostRun run = new CostRun(servers, this.warmUp, this.millis, this.out.resolve("cost-jmh.log").toString());
			Random random = new Random(42);
			for (int round = 1; round <= this.rounds; round++) {
				for (Way way : this.ways) {
					List<Subject> order = new ArrayList<>(this.subjects);
					Collections.shuffle(order, random);
					for (Subject subject : order) {
						measure(run, round, subject, way);
					}
				}
			}
		}
	}

	private void measure(CostRun run, int round, Subject subject, Way way) {
		List<Operation> operations = this.operations.stream().filter(subject.level()::has).toList();
		if (!operations.isEmpty() && subject.level().has(way)) {
			System.err.printf("Round %d of %d: %s, %s%n", round, this.rounds, subject, way.label());
			try {
				this.results.add(round, subject, way, run.measure(subject, way, operations));
			}
			catch (RunnerException ex) {
				System.err.println("Failed, see " + run.log() + ": " + ex.getMessage());
			}
		}
	}

	private void print() throws IOException {
		System.out.println(Machine.describe());
		System.out.printf(
				"%d replicas, %d rounds, %d ms each; in parentheses the ratio to one plain Lettuce connection to one replica%n%n",
				this.replicas, this.rounds, this.millis);
		for (Way way : this.ways) {
			print(way, "operations per second",
					(summary) -> "%s (%.2f)".formatted(count(summary.throughput()), summary.ratio()));
			print(way, "bytes per operation",
					(summary) -> "%s (%.2f)".formatted(count(summary.bytes()), summary.bytesRatio()));
			print(way, "CPU time of the client / of the servers per operation, in microseconds",
					(summary) -> "%.1f / %.1f".formatted(summary.client(), summary.servers()));
		}
		writeCsv();
		System.out.println("Comma-separated values and pictures: " + this.out);
	}

	private void print(Way way, String title, Function<CostResults.Summary, String> cell) {
		List<String> columns = new ArrayList<>(List.of("level", "client"));
		this.operations.forEach((operation) -> columns.add(operation.label()));
		ResultTable table = new ResultTable(columns);
		for (Subject subject : this.subjects) {
			List<CostResults.@Nullable Summary> summaries = this.operations.stream()
				.map((operation) -> this.results.of(subject, way, operation))
				.toList();
			if (summaries.stream().anyMatch(Objects::nonNull)) {
				List<String> row = new ArrayList<>(List.of(subject.level().label(), subject.label()));
				summaries.forEach((summary) -> row.add((summary != null) ? cell.apply(summary) : "–"));
				table.append(row);
			}
		}
		System.out.printf("%s: %s%n%n%s%n", way.label(), title, table.markdown());
	}

	private void writeCsv() throws IOException {
		ResultTable table = new ResultTable(COLUMNS);
		for (Way way : this.ways) {
			for (Operation operation : this.operations) {
				for (Subject subject : this.subjects) {
					CostResults.Summary summary = this.results.of(subject, way, operation);
					if (summary != null) {
						table.append(cells(subject, way, operation, summary));
					}
				}
			}
		}
		table.writeCsv(this.out.resolve("cost.csv"));
	}

	private static List<String> cells(Subject subject, Way way, Operation operation, CostResults.Summary summary) {
		return Stream.concat(Stream.of(subject.level().label(), subject.label(), way.label(), operation.label()),
				DoubleStream
					.of(summary.throughput(), summary.ratio(), summary.leastRatio(), summary.greatestRatio(),
							summary.bytes(), summary.bytesRatio(), summary.client(), summary.servers())
					.mapToObj((value) -> String.format(Locale.ROOT, "%.3f", value)))
			.toList();
	}

	private void draw() throws IOException {
		Way way = this.ways.iterator().next();
		draw(way, "Operations per second", CostResults.Summary::ratio, "cost-throughput.png");
		draw(way, "Bytes allocated per operation", CostResults.Summary::bytesRatio, "cost-bytes.png");
	}

	private void draw(Way way, String title, ToDoubleFunction<CostResults.Summary> value, String file)
			throws IOException {
		BarChart chart = new BarChart(title + ", " + way.label(), "one Lettuce connection to one replica = 1",
				this.operations.stream().map(Operation::label).toList());
		Set<Subject> drawn = EnumSet.copyOf(this.subjects);
		drawn.removeIf((subject) -> !DRAWN.contains(subject) || !subject.level().has(way));
		for (Subject subject : drawn.isEmpty() ? this.subjects : drawn) {
			List<@Nullable Double> values = this.operations.stream()
				.map((operation) -> this.results.of(subject, way, operation))
				.map((summary) -> (summary != null) ? (Double) value.applyAsDouble(summary) : null)
				.toList();
			if (values.stream().anyMatch(Objects::nonNull)) {
				chart.bars(subject.level().label() + ": " + subject.label(), values);
			}
		}
		chart.write(this.out.resolve(file));
	}

	private static String count(double value) {
		return String.format(Locale.ROOT, "%,.0f", value);
	}

}
