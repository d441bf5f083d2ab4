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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.lagwise.benchmarks.report.Arguments;
import io.lagwise.benchmarks.report.Machine;
import io.lagwise.benchmarks.report.ResultTable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Measures what an annotation adds to the call of a method that does nothing with Redis.
 * <p>
 * Arguments: {@code --forks=3} and {@code --millis=500} set how often and how long each
 * call is measured, and {@code --out=DIR} where the file goes.
 */
public final class AnnotationTable {

	private static final int ITERATIONS = 3;

	private AnnotationTable() {
	}

	/**
	 * Measure.
	 * @param args how long
	 * @throws Exception if JVMs cannot be had
	 */
	public static void main(String[] args) throws Exception {
		Arguments arguments = new Arguments(List.of(args));
		Path out = Path.of(arguments.get("out", "target/results"));
		Files.createDirectories(out);
		TimeValue time = TimeValue.milliseconds(Integer.parseInt(arguments.get("millis", "500")));
		Options options = new OptionsBuilder().include(AnnotationBenchmark.class.getName().replace(".", "\\."))
			.forks(Integer.parseInt(arguments.get("forks", "3")))
			.warmupIterations(ITERATIONS)
			.warmupTime(time)
			.measurementIterations(ITERATIONS)
			.measurementTime(time)
			.jvmArgs("-Xms512m", "-Xmx512m")
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.output(out.resolve("annotations-jmh.log").toString())
			.build();
		print(new Runner(options).run(), out);
	}

	private static void print(Collection<RunResult> results, Path out) throws IOException {
		ResultTable markdown = new ResultTable(List.of("call", "ns", "bytes"));
		ResultTable csv = new ResultTable(List.of("call", "ns", "error", "bytes"));
		Map<String, RunResult> byMethod = new HashMap<>();
		results.forEach((result) -> byMethod.put(result.getPrimaryResult().getLabel(), result));
		AnnotationBenchmark.CALLS.forEach((method, call) -> {
			RunResult result = byMethod.get(method);
			if (result != null) {
				double nanos = result.getPrimaryResult().getScore();
				double error = result.getPrimaryResult().getScoreError();
				double bytes = bytes(result.getSecondaryResults());
				markdown.append(List.of(call, print("%.1f ± %.1f", nanos, error), print("%.0f", bytes)));
				csv.append(List.of(call, print("%.3f", nanos), print("%.3f", error), print("%.1f", bytes)));
			}
		});
		csv.writeCsv(out.resolve("annotations.csv"));
		System.out.println(Machine.describe());
		System.out.println();
		System.out.println(markdown.markdown());
		System.out.println("Comma-separated values: " + out.resolve("annotations.csv"));
	}

	@SuppressWarnings("rawtypes")
	private static double bytes(Map<String, Result> results) {
		for (Result result : results.values()) {
			if (result.getLabel().endsWith("gc.alloc.rate.norm")) {
				return result.getScore();
			}
		}
		return Double.NaN;
	}

	private static String print(String format, Object... values) {
		return String.format(Locale.ROOT, format, values);
	}

}
