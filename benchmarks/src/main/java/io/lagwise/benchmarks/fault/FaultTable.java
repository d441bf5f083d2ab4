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
import java.util.List;
import java.util.Set;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.ResultTable;

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

	private FaultTable(Arguments args) {
		this.faults = args.choice("faults", Fault.class);
		this.clients = args.choice("clients", ClientKind.class);
		this.run = new FaultRun(Duration.ofSeconds(Long.parseLong(args.get("seconds", "8"))));
		this.csv = Path.of(args.get("csv", "target/faults.csv"));
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
		for (Fault fault : this.faults) {
			for (ClientKind client : this.clients) {
				table.add(this.run.of(fault, client).cells());
			}
		}
		System.out.println(describe());
		System.out.println(table.markdown());
		table.writeCsv(this.csv);
		System.out.println("Comma-separated values: " + this.csv);
	}

	private static String describe() {
		return "%d processors, %s %s, Java %s; %d reading threads and a checker; shares: first primary / replica that was struck / other replica%n"
			.formatted(Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
					System.getProperty("os.arch"), System.getProperty("java.version"), FaultRun.THREADS);
	}

}
