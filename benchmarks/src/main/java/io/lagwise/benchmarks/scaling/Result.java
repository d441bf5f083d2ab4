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

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What one client has made of some nodes and one mix of reads and writes.
 *
 * @param replicas the number of replicas
 * @param readPercent how many of a hundred operations were reads
 * @param subject the client
 * @param ideal how many reads per second the slices pay for
 * @param closed what threads have seen that waited for nothing but answers
 * @param usage what that has used
 * @param fallbackPercent of how many reads Lagwise says that they fell back
 * @param rate the fixed rate of operations per second
 * @param paced what threads have seen at that rate
 * @param slice what each node had
 */
record Result(int replicas, int readPercent, Subject subject, double ideal, Load.Measured closed, Usage usage,
		double fallbackPercent, double rate, Load.Measured paced, CpuSlice slice) {

	static final List<String> COLUMNS = List.of("replicas", "reads %", "client", "reads/s", "ideal reads/s", "writes/s",
			"p50 ms", "p99 ms", "from replicas %", "fell back %", "stale %", "failures", "fixed rate ops/s",
			"fixed rate: ops/s done", "fixed rate: p50 ms", "fixed rate: p99 ms", "fixed rate: stale %",
			"fixed rate: failures", "client CPU", "idle CPU", "primary % of slice", "replicas % of slice",
			"throttled % primary", "throttled % replicas", "limit");

	static final List<String> READS = List.of("reads %", "replicas", "client", "reads/s", "ideal reads/s", "p50 ms",
			"p99 ms", "fixed rate: p50 ms", "fixed rate: p99 ms", "from replicas %", "stale %", "failures");

	static final List<String> LIMITS = List.of("reads %", "replicas", "client", "primary % of slice",
			"replicas % of slice", "throttled % primary", "throttled % replicas", "client CPU", "idle CPU", "limit");

	private static final double FULL = 85;

	List<String> cells() {
		return List.of(Integer.toString(this.replicas), Integer.toString(this.readPercent), this.subject.label(),
				print(0, this.closed.readsPerSecond()), print(0, this.ideal), print(0, this.closed.writesPerSecond()),
				print(2, this.closed.reads().millis(0.5)), print(2, this.closed.reads().millis(0.99)),
				print(1, this.usage.replicaReadPercent()),
				(this.subject == Subject.SPRING) ? "" : print(2, this.fallbackPercent),
				print(3, this.closed.stalePercent()), Long.toString(this.closed.failures()), print(0, this.rate),
				print(0, this.paced.operationsPerSecond()), print(2, this.paced.reads().millis(0.5)),
				print(2, pacedP99()), print(3, this.paced.stalePercent()), Long.toString(this.paced.failures()),
				print(2, this.usage.client() / this.usage.seconds()),
				print(2, this.usage.idle() / this.usage.seconds()), print(0, slicePercent(this.usage.primary())),
				ofReplicas(this::slicePercent), print(0, throttledPercent(this.usage.primary())),
				ofReplicas(this::throttledPercent), limit());
	}

	double pacedP99() {
		return this.paced.reads().millis(0.99);
	}

	/**
	 * Return what kept the closed loop from being faster.
	 */
	private String limit() {
		boolean nodes = slicePercent(this.usage.busiest()) >= FULL;
		boolean machine = this.usage.idle() / this.usage.seconds() < 0.05 * Runtime.getRuntime().availableProcessors();
		if (machine) {
			return nodes ? "nodes and machine" : "machine";
		}
		return nodes ? "nodes" : "neither";
	}

	private double slicePercent(Usage.OfNode node) {
		return 100 * node.processor() / this.usage.seconds() / this.slice.processors();
	}

	private double throttledPercent(Usage.OfNode node) {
		return 100 * node.throttled() / this.usage.seconds();
	}

	private String ofReplicas(ToDoubleFunction<Usage.OfNode> value) {
		return this.usage.replicas()
			.stream()
			.map((replica) -> print(0, value.applyAsDouble(replica)))
			.collect(Collectors.joining(" "));
	}

	private static String print(int digits, double value) {
		return String.format(Locale.ROOT, "%." + digits + "f", value);
	}

}
