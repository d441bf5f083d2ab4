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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.LineChart;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;

/**
 * Reads from more and more nodes, each with the same slice of a processor, and prints how
 * many reads there were and how long they took.
 * <p>
 * Arguments: {@code --replicas=0,1,2,4}, {@code --reads=99,90,50} (percent) and
 * {@code --clients=SPRING,OWN_WRITES} choose among the runs, {@code --slice=2} is what
 * each node gets of a processor in percent, {@code --threads=256} how many threads read
 * and write, {@code --seconds=5} how long they do so as fast as they can and
 * {@code --paced-seconds=3} how long at a fixed rate, and {@code --out=DIRECTORY} where
 * to put values and pictures.
 */
public final class ScalingTable {

	/**
	 * The share of what one node serves at most.
	 */
	private static final double PACE = 0.6;

	private static final Duration WARM_UP = Duration.ofSeconds(1);

	private final List<Integer> replicas;

	private final List<Integer> reads;

	private final Set<Subject> subjects;

	private final CpuSlice slice;

	private final int threads;

	private final Duration duration;

	private final Duration pacedDuration;

	private final Path out;

	private final CpuControl control;

	private final List<Result> results = new ArrayList<>();

	private final ResultTable table = new ResultTable(Result.COLUMNS);

	private final Map<Integer, Double> rates = new HashMap<>();

	private ScalingTable(Arguments args) throws IOException {
		this.replicas = args.numbers("replicas", "0,1,2,4");
		this.reads = args.numbers("reads", "99,90,50");
		this.subjects = args.choice("clients", Subject.class);
		this.slice = CpuSlice.ofPercent(Integer.parseInt(args.get("slice", "2")));
		this.threads = Integer.parseInt(args.get("threads", "256"));
		this.duration = Duration.ofSeconds(Long.parseLong(args.get("seconds", "5")));
		this.pacedDuration = Duration.ofSeconds(Long.parseLong(args.get("paced-seconds", "3")));
		this.out = Path.of(args.get("out", "target/results"));
		this.control = CpuControl.available();
	}

	/**
	 * Measure.
	 * @param args what, and how
	 * @throws Exception if the servers or their slices cannot be had
	 */
	public static void main(String[] args) throws Exception {
		try {
			new ScalingTable(new Arguments(List.of(args))).print();
			System.exit(0);
		}
		catch (UnavailableException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	private void print() throws IOException, InterruptedException {
		CommandCosts costs = calibrate();
		for (int replicas : this.replicas) {
			try (SlicedServers servers = new SlicedServers(replicas, this.control, this.slice)) {
				for (Subject subject : this.subjects) {
					measure(servers, subject, replicas, costs);
				}
			}
		}
		System.out.println(Machine.describe());
		System.out.println(describe(costs));
		System.out.println(this.table.select(Result.READS).markdown());
		System.out.println(this.table.select(Result.LIMITS).markdown());
		this.table.writeCsv(this.out.resolve("scaling.csv"));
		drawReads(costs);
		drawLatency();
		System.out.println("Values and pictures: " + this.out);
	}

	/**
	 * Find out what commands cost where they are alone, and what one node serves.
	 */
	private CommandCosts calibrate() throws IOException, InterruptedException {
		double read;
		double write;
		try (SlicedServers servers = new SlicedServers(0, this.control, this.slice);
				Client client = new Client(Subject.SPRING, servers.redis())) {
			Load load = load(servers, client);
			// finds code that is not compiled yet
			load.run(90, Load.CLOSED, this.duration);
			for (int reads : this.reads) {
				this.rates.put(reads, PACE * load.run(reads, Load.CLOSED, this.pacedDuration).operationsPerSecond());
			}
			read = cost(servers, load, 100).get(0);
			write = cost(servers, load, 0).get(0);
		}
		int most = Math.max(1, Collections.max(this.replicas));
		try (SlicedServers servers = new SlicedServers(most, this.control, this.slice);
				Client client = new Client(Subject.SPRING, servers.redis())) {
			List<Double> costs = cost(servers, load(servers, client), 0);
			double apply = costs.stream().skip(1).mapToDouble(Double::doubleValue).average().orElseThrow();
			return new CommandCosts(read, write, Math.max(0, (costs.get(0) - write) / most), apply);
		}
	}

	/**
	 * Return the processor time that an operation takes of each node, in microseconds.
	 */
	private List<Double> cost(SlicedServers servers, Load load, int readPercent)
			throws IOException, InterruptedException {
		Usage before = servers.usage();
		Load.Measured measured = load.run(readPercent, Load.CLOSED, this.pacedDuration);
		servers.redis().awaitInSync();
		double operations = measured.operationsPerSecond() * measured.seconds();
		return servers.usage()
			.since(before)
			.nodes()
			.stream()
			.map((node) -> 1e6 * node.processor() / operations)
			.toList();
	}

	private void measure(SlicedServers servers, Subject subject, int replicas, CommandCosts costs)
			throws IOException, InterruptedException {
		try (Client client = new Client(subject, servers.redis())) {
			Load load = load(servers, client);
			for (int reads : this.reads) {
				load.run(reads, Load.CLOSED, WARM_UP);
				client.counts().reset();
				Usage before = servers.usage();
				Load.Measured closed = load.run(reads, Load.CLOSED, this.duration);
				Usage usage = servers.usage().since(before);
				double fallbackPercent = client.counts().fallbackPercent();
				double rate = Objects.requireNonNull(this.rates.get(reads));
				servers.redis().awaitInSync();
				load.run(reads, rate, WARM_UP);
				Load.Measured paced = load.run(reads, rate, this.pacedDuration);
				servers.redis().awaitInSync();
				Result result = new Result(replicas, reads, subject, costs.reads(replicas, reads, this.slice), closed,
						usage, fallbackPercent, rate, paced, this.slice);
				this.results.add(result);
				this.table.add(result.cells());
			}
		}
	}

	private Load load(SlicedServers servers, Client client) {
		return new Load(client.template(), servers.registers(), this.threads);
	}

	private void drawReads(CommandCosts costs) throws IOException {
		for (int reads : this.reads) {
			LineChart chart = new LineChart("%d %% reads, %d %% writes".formatted(reads, 100 - reads), "replicas",
					"reads per second");
			chart.reference("ideal", this.replicas,
					this.replicas.stream().map((replicas) -> costs.reads(replicas, reads, this.slice)).toList());
			draw(chart, reads, (result) -> result.closed().readsPerSecond());
			chart.write(this.out.resolve("scaling-" + reads + ".png"));
		}
	}

	private void drawLatency() throws IOException {
		int reads = this.reads.contains(90) ? 90 : this.reads.get(0);
		LineChart chart = new LineChart("%d %% reads, %d %% writes, %.0f operations per second".formatted(reads,
				100 - reads, this.rates.get(reads)), "replicas", "99th percentile of reads, milliseconds");
		draw(chart, reads, Result::pacedP99);
		chart.write(this.out.resolve("scaling-p99.png"));
	}

	private void draw(LineChart chart, int reads, ToDoubleFunction<Result> value) {
		for (Subject subject : this.subjects) {
			chart.curve(subject.label(), this.replicas,
					this.results.stream()
						.filter((result) -> result.subject() == subject && result.readPercent() == reads)
						.map(value::applyAsDouble)
						.toList());
		}
	}

	private String describe(CommandCosts costs) {
		return String.format(Locale.ROOT,
				"Each node runs for %.1f of every %.0f ms; %d threads; a node takes %.1f µs for a read, %.1f µs for a write and %.1f µs more for each replica, %.1f µs to apply a write%n",
				this.slice.quota() / 1000.0, this.slice.period() / 1000.0, this.threads, costs.read(), costs.write(),
				costs.feed(), costs.apply());
	}

}
