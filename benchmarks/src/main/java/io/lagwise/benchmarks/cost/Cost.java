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

import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;

/**
 * What an operation has cost in one iteration.
 *
 * @param throughput operations per second
 * @param bytes bytes that the client has allocated per operation
 * @param client CPU time of the client per operation, in microseconds
 * @param servers CPU time of the data nodes per operation, in microseconds
 */
record Cost(double throughput, double bytes, double client, double servers) {

	static Cost of(IterationResult iteration) {
		return new Cost(iteration.getPrimaryResult().getScore(), secondary(iteration, "gc.alloc.rate.norm"),
				secondary(iteration, CpuProfiler.CLIENT), secondary(iteration, CpuProfiler.SERVERS));
	}

	@SuppressWarnings("rawtypes")
	private static double secondary(IterationResult iteration, String label) {
		for (Result result : iteration.getSecondaryResults().values()) {
			if (result.getLabel().endsWith(label)) {
				return result.getScore();
			}
		}
		throw new IllegalStateException("No result of '" + label + "'");
	}

}
