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

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A JVM of its own in which one subject reads in one way.
 *
 * @param servers the servers
 * @param warmUp for how long a JVM reads before anything is measured, in milliseconds
 * @param millis how long each operation is measured
 * @param log where JMH writes what it does
 */
record CostRun(Servers servers, int warmUp, int millis, String log) {

	Map<Operation, Cost> measure(Subject subject, Way way, List<Operation> operations) throws RunnerException {
		Options options = new OptionsBuilder()
			.include(ReadBenchmark.class.getName().replace(".", "\\.") + "\\." + way.benchmark() + "$")
			.param("subject", subject.name())
			.param("operations", operations.stream().map(Operation::name).collect(Collectors.joining(",")))
			.threads(way.threads())
			.forks(1)
			.warmupIterations(operations.size())
			.warmupTime(TimeValue.milliseconds(Math.max(1, this.warmUp / operations.size())))
			.measurementIterations(operations.size())
			.measurementTime(TimeValue.milliseconds(this.millis))
			.jvmArgs("-Xms1g", "-Xmx1g")
			.jvmArgsAppend(this.servers.toJvmArguments().toArray(String[]::new))
			.addProfiler(GCProfiler.class)
			.addProfiler(CpuProfiler.class)
			.shouldFailOnError(true)
			.output(this.log)
			.build();
		RunResult result = new Runner(options).runSingle();
		Collection<IterationResult> iterations = result.getBenchmarkResults().iterator().next().getIterationResults();
		Map<Operation, Cost> costs = new EnumMap<>(Operation.class);
		int turn = 0;
		for (IterationResult iteration : iterations) {
			costs.put(operations.get(turn++), Cost.of(iteration));
		}
		return costs;
	}

}
