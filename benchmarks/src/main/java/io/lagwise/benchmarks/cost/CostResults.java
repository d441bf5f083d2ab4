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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

/**
 * What was measured in all rounds. A subject is compared with the limit in the same
 * round, because a machine is not equally fast all the time.
 */
final class CostResults {

	private final Map<Case, List<Cost>> rounds = new LinkedHashMap<>();

	void add(Subject subject, Way way, Map<Operation, Cost> costs) {
		costs.forEach((operation, cost) -> this.rounds
			.computeIfAbsent(new Case(subject, way, operation), (measured) -> new ArrayList<>())
			.add(cost));
	}

	/**
	 * Return the result of a case.
	 * @return the result, or {@code null} where that was not measured
	 */
	@Nullable Summary of(Subject subject, Way way, Operation operation) {
		List<Cost> costs = this.rounds.get(new Case(subject, way, operation));
		List<Cost> limits = this.rounds.get(new Case(Subject.LETTUCE, way, operation));
		if (costs == null || limits == null) {
			return null;
		}
		int rounds = Math.min(costs.size(), limits.size());
		double[] ratios = new double[rounds];
		for (int i = 0; i < rounds; i++) {
			ratios[i] = costs.get(i).throughput() / limits.get(i).throughput();
		}
		Arrays.sort(ratios);
		double bytes = median(costs, Cost::bytes);
		return new Summary(median(costs, Cost::throughput), median(ratios), ratios[0], ratios[rounds - 1], bytes,
				bytes / median(limits, Cost::bytes), median(costs, Cost::client), median(costs, Cost::servers));
	}

	private static double median(List<Cost> costs, ToDoubleFunction<Cost> value) {
		return median(costs.stream().mapToDouble(value).sorted().toArray());
	}

	private static double median(double[] sorted) {
		int middle = sorted.length / 2;
		return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	}

	private record Case(Subject subject, Way way, Operation operation) {
	}

	/**
	 * The medians of all rounds.
	 *
	 * @param throughput operations per second
	 * @param ratio the median of the ratios to the limit
	 * @param leastRatio the ratio of the worst round
	 * @param greatestRatio the ratio of the best round
	 * @param bytes bytes that the client has allocated per operation
	 * @param bytesRatio their ratio to the limit
	 * @param client CPU time of the client per operation, in microseconds
	 * @param servers CPU time of the data nodes per operation, in microseconds
	 */
	record Summary(double throughput, double ratio, double leastRatio, double greatestRatio, double bytes,
			double bytesRatio, double client, double servers) {
	}

}
