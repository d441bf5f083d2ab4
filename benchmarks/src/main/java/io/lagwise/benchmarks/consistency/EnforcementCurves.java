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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.LineChart;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;

/**
 * Shows where reads that must see writes begin to fall back to the primary, and what
 * waiting for replicas changes: over the delay of replication and over the rate of
 * writes.
 * <p>
 * Arguments: {@code --levels=CONSISTENT_WAIT,OWN_WRITES} and {@code --reads=LAST_WRITTEN}
 * choose among the curves, {@code --delays=0,1,5,10,20,50} (milliseconds) are measured
 * with {@code --write-rate=1000}, and {@code --writes=50,200,1000,3000} per second with
 * {@code --delay=5}; {@code --read-rate=3000} is the number of reads per second,
 * {@code --threads=64} how many threads share the load, {@code --seconds=5} how long each
 * point is measured, and {@code --out=DIRECTORY} where to put values and pictures.
 */
public final class EnforcementCurves {

	private final Set<ConsistencyLevel> levels;

	private final Set<ReadChoice> reads;

	private final List<Integer> delays;

	private final List<Integer> writeRates;

	private final int delay;

	private final int writeRate;

	private final int readRate;

	private final int threads;

	private final Duration duration;

	private final Path out;

	private final ResultTable table = new ResultTable(EnforcementCells.COLUMNS);

	private final List<ConsistencyResult> results = new ArrayList<>();

	private EnforcementCurves(Arguments args) {
		this.levels = args.get("levels", "").isEmpty()
				? EnumSet.of(ConsistencyLevel.CONSISTENT_WAIT, ConsistencyLevel.CONSISTENT_WATERMARK,
						ConsistencyLevel.OWN_WRITES, ConsistencyLevel.PRIMARY)
				: args.choice("levels", ConsistencyLevel.class);
		this.reads = args.choice("reads", ReadChoice.class);
		this.delays = args.numbers("delays", "0,1,5,10,20,50");
		this.writeRates = args.numbers("writes", "50,200,1000,3000");
		this.delay = Integer.parseInt(args.get("delay", "5"));
		this.writeRate = Integer.parseInt(args.get("write-rate", "1000"));
		this.readRate = Integer.parseInt(args.get("read-rate", "3000"));
		this.threads = Integer.parseInt(args.get("threads", "64"));
		this.duration = Duration.ofSeconds(Long.parseLong(args.get("seconds", "5")));
		this.out = Path.of(args.get("out", "target/results"));
	}

	/**
	 * Measure.
	 * @param args what, and how
	 * @throws Exception if the servers cannot be had
	 */
	public static void main(String[] args) throws Exception {
		System.exit(new EnforcementCurves(new Arguments(List.of(args))).print() ? 0 : 1);
	}

	private boolean print() throws Exception {
		boolean first = true;
		for (int delay : ascending(this.delays, this.delay)) {
			// proxies at no delay, too: they cost time of their own
			try (ConsistencyRun run = new ConsistencyRun(Duration.ofMillis(delay), true)) {
				if (first) {
					// the first run finds code that is not compiled yet
					run.measure(ConsistencyLevel.CONSISTENT_WAIT, workload(ReadChoice.LAST_WRITTEN, this.writeRate),
							this.duration);
					first = false;
				}
				measure(run,
						(delay == this.delay) ? ascending(this.writeRates, this.writeRate) : Set.of(this.writeRate));
			}
		}
		System.out.println(Machine.describe());
		System.out.println();
		System.out.println(this.table.markdown());
		this.table.writeCsv(this.out.resolve("enforcement.csv"));
		for (ReadChoice choice : this.reads) {
			draw(choice);
		}
		System.out.println("Values and pictures: " + this.out);
		return check();
	}

	private void measure(ConsistencyRun run, Set<Integer> writeRates) throws InterruptedException {
		for (int writes : writeRates) {
			for (ReadChoice choice : this.reads) {
				for (ConsistencyLevel level : this.levels) {
					ConsistencyResult result = run.measure(level, workload(choice, writes), this.duration);
					this.results.add(result);
					this.table.add(EnforcementCells.of(result));
				}
			}
		}
	}

	private Workload workload(ReadChoice choice, int writes) {
		return new Workload(KeyChoice.UNIFORM_10000, choice, this.readRate, writes, this.threads);
	}

	private boolean check() {
		List<String> broken = this.results.stream()
			.filter((result) -> result.level().promisesOwnWrites() && result.measured().stale().count() > 0)
			.map((result) -> result.level().label() + ": " + result.measured().stale().count() + " stale answers")
			.toList();
		broken.forEach(System.out::println);
		return broken.isEmpty();
	}

	private void draw(ReadChoice choice) throws IOException {
		String subject = ", reads of " + choice.label();
		LineChart replicas = new LineChart("Reads answered by replicas" + subject + ", " + this.writeRate + " writes/s",
				"replication delay, ms", "% of reads");
		LineChart latency = new LineChart("Reads, 99th percentile" + subject + ", " + this.writeRate + " writes/s",
				"replication delay, ms", "ms")
			.logarithmic();
		LineChart writes = new LineChart("Reads answered by replicas" + subject + ", " + this.delay + " ms delay",
				"writes per second", "% of reads");
		for (ConsistencyLevel level : this.levels) {
			List<ConsistencyResult> overDelay = select(choice, level,
					(result) -> result.workload().writesPerSecond() == this.writeRate);
			List<ConsistencyResult> overWrites = select(choice, level,
					(result) -> result.delay().toMillis() == this.delay);
			ToIntFunction<ConsistencyResult> delay = (result) -> (int) result.delay().toMillis();
			curve(replicas, level, overDelay, delay, (result) -> result.counts().replicaPercent());
			curve(latency, level, overDelay, delay, (result) -> result.measured().reads().millis(0.99));
			curve(writes, level, overWrites, (result) -> result.workload().writesPerSecond(),
					(result) -> result.counts().replicaPercent());
		}
		replicas.write(this.out.resolve("enforcement-replicas" + choice.suffix() + ".png"));
		latency.write(this.out.resolve("enforcement-latency" + choice.suffix() + ".png"));
		writes.write(this.out.resolve("enforcement-writes" + choice.suffix() + ".png"));
	}

	private List<ConsistencyResult> select(ReadChoice choice, ConsistencyLevel level,
			Predicate<ConsistencyResult> filter) {
		return this.results.stream()
			.filter((result) -> result.workload().reads() == choice && result.level() == level)
			.filter(filter)
			.toList();
	}

	private static void curve(LineChart chart, ConsistencyLevel level, List<ConsistencyResult> results,
			ToIntFunction<ConsistencyResult> x, ToDoubleFunction<ConsistencyResult> y) {
		chart.curve(level.label().replace("`", ""), results.stream().map(x::applyAsInt).toList(),
				results.stream().map(y::applyAsDouble).toList());
	}

	private static Set<Integer> ascending(List<Integer> numbers, int another) {
		Set<Integer> all = new TreeSet<>(numbers);
		all.add(another);
		return all;
	}

}
