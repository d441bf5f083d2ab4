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

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;

/**
 * Reads and writes at every level of consistency and prints who has answered, how fast,
 * how stale and with how many commands; then what it costs to wait for replicas.
 * <p>
 * Arguments: {@code --levels=CONSISTENT_WAIT,PRIMARY}, {@code --keys=UNIFORM_100} and
 * {@code --delays=0,1,5} (milliseconds) choose among the runs, {@code --reads=90,100} is
 * the share of reads in percent, {@code --rate=5000} the operations per second,
 * {@code --seconds=10} how long each run is measured, and {@code --csv=FILE} where to put
 * the values.
 */
public final class ConsistencyTable {

	private final Set<ConsistencyLevel> levels;

	private final Set<KeyChoice> keys;

	private final List<Integer> delays;

	private final List<Integer> reads;

	private final int rate;

	private final Duration duration;

	private final Path csv;

	private final ResultTable results = new ResultTable(ConsistencyResult.COLUMNS);

	private final ResultTable waits = new ResultTable(WaitCost.COLUMNS);

	private ConsistencyTable(Arguments args) {
		this.levels = args.choice("levels", ConsistencyLevel.class);
		this.keys = args.choice("keys", KeyChoice.class);
		this.delays = args.numbers("delays", "0,1,5");
		this.reads = args.numbers("reads", "90,100");
		this.rate = Integer.parseInt(args.get("rate", "5000"));
		this.duration = Duration.ofSeconds(Long.parseLong(args.get("seconds", "10")));
		this.csv = Path.of(args.get("csv", "target/consistency.csv"));
	}

	/**
	 * Measure.
	 * @param args what, and how
	 * @throws Exception if the servers cannot be had
	 */
	public static void main(String[] args) throws Exception {
		new ConsistencyTable(new Arguments(List.of(args))).print();
		System.exit(0);
	}

	private void print() throws Exception {
		for (int delay : this.delays) {
			try (ConsistencyRun run = new ConsistencyRun(Duration.ofMillis(delay))) {
				// the first run finds code that is not compiled yet
				run.measure(ConsistencyLevel.CONSISTENT_WAIT, Workload.mixed(KeyChoice.UNIFORM_100, 90, this.rate),
						this.duration);
				for (int reads : this.reads) {
					measure(run, reads);
				}
				WaitCost cost = new WaitCost(run, this.duration.dividedBy(4));
				this.waits.add(cost.measure(1));
				this.waits.add(cost.measure(8));
			}
		}
		System.out.println(describe());
		System.out.println(this.results.markdown());
		System.out.println(this.waits.markdown());
		this.results.writeCsv(this.csv);
		System.out.println("Comma-separated values: " + this.csv);
	}

	private void measure(ConsistencyRun run, int reads) throws InterruptedException {
		// without writes all keys are alike
		for (KeyChoice choice : (reads < 100) ? this.keys : Set.of(KeyChoice.UNIFORM_10000)) {
			for (ConsistencyLevel level : this.levels) {
				this.results.add(run.measure(level, Workload.mixed(choice, reads, this.rate), this.duration).cells());
			}
		}
	}

	private String describe() {
		return "%s; one primary and two replicas without Sentinels; %d threads, %,d operations per second asked for, values of 16 bytes%n"
			.formatted(Machine.describe(), Workload.THREADS, this.rate);
	}

}
