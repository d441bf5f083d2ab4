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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.BarChart;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;

/**
 * Lets every fault happen to every client and prints what became of their reads, as a
 * Markdown table, a file of comma-separated values and pictures.
 * <p>
 * Arguments: {@code --faults=REPLICA_FROZEN,FAILOVER} and {@code --clients=LAGWISE}
 * choose among them, {@code --seconds=20} sets how long a fault is watched, and
 * {@code --out=DIR} where the files go.
 */
public final class FaultTable {

	private final Set<Fault> faults;

	private final Set<ClientKind> clients;

	private final FaultRun run;

	private final Path out;

	private FaultTable(Arguments args) {
		this.faults = args.choice("faults", Fault.class);
		this.clients = args.choice("clients", ClientKind.class);
		this.run = new FaultRun(Duration.ofSeconds(Long.parseLong(args.get("seconds", "8"))));
		this.out = Path.of(args.get("out", "target/results"));
	}

	/**
	 * Run the faults.
	 * @param args which of them, and how
	 * @throws Exception if the servers cannot be had
	 */
	public static void main(String[] args) throws Exception {
		new FaultTable(new Arguments(List.of(args))).print();
		// a client may have left threads behind
		System.exit(0);
	}

	private void print() throws IOException, InterruptedException {
		ResultTable table = new ResultTable(FaultResult.COLUMNS);
		ResultTable values = new ResultTable(FaultResult.VALUES);
		List<FaultResult> results = new ArrayList<>();
		for (Fault fault : this.faults) {
			for (ClientKind client : this.clients) {
				FaultResult result = this.run.of(fault, client);
				results.add(result);
				table.add(result.cells());
				values.append(result.values());
			}
		}
		System.out.println(Machine.describe());
		System.out.printf(
				"%d reading threads and a checker; shares: first primary / replica that was struck / other replica%n%n",
				FaultRun.THREADS);
		System.out.println(table.markdown());
		values.writeCsv(this.out.resolve("faults.csv"));
		draw("The longest read during a fault (logarithmic)", "milliseconds", true, results, FaultResult::longestMillis,
				"faults-longest.png");
		draw("Reads that lacked a write that their application had just made", "percent", false, results,
				FaultResult::stalePercent, "faults-stale.png");
		System.out.println("Comma-separated values and pictures: " + this.out);
	}

	private void draw(String title, String unit, boolean logarithmic, List<FaultResult> results,
			ToDoubleFunction<FaultResult> value, String file) throws IOException {
		BarChart chart = new BarChart(title, unit, this.faults.stream().map(Fault::label).toList());
		if (logarithmic) {
			chart.logarithmic();
		}
		for (ClientKind client : this.clients) {
			chart.bars(client.label(),
					results.stream()
						.filter((result) -> result.client() == client)
						.map((result) -> value.applyAsDouble(result))
						.toList());
		}
		chart.write(this.out.resolve(file));
	}

}
