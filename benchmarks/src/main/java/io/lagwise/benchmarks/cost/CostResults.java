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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

import org.jspecify.annotations.Nullable;

/**
 * What was measured in all rounds. A subject is compared with the limit in the same
 * round, because a machine is not equally fast all the time.
 */
final class CostResults {

	private final Map<Case, Map<Integer, Cost>> rounds = new LinkedHashMap<>();

	void add(int round, Subject subject, Way way, Map<Operation, Cost> costs) {
		costs.forEach((operation, cost) -> this.rounds
			.computeIfAbsent(new Case(subject, way, operation), (measured) -> new TreeMap<>())
			.put(round, cost));
	}

	/**
	 * Return the result of a case.
	 * @return the result, or {@code null} where that was not measured
	 */
	@Nullable Summary of(Subject subject, Way way, Operation operation) {
		Map<Integer, Cost> costs = this.rounds.getOrDefault(new Case(subject, way, operation), Map.of());
		Map<Integer, Cost> limits = new TreeMap<>(
				this.rounds.getOrDefault(new Case(Subject.LETTUCE, way, operation), Map.of()));
		limits.keySet().retainAll(costs.keySet());
		if (limits.isEmpty()) {
			return null;
		}
		double[] ratios = limits.entrySet()
			.stream()
			.mapToDouble((limit) -> ratio(costs.get(limit.getKey()), limit.getValue()))
			.sorted()
			.toArray();
		double bytes = median(costs.values(), Cost::bytes);
		return new Summary(median(costs.values(), Cost::throughput), median(ratios), ratios[0],
				ratios[ratios.length - 1], bytes, bytes / median(limits.values(), Cost::bytes),
				median(costs.values(), Cost::client), median(costs.values(), Cost::servers));
	}

	private static double ratio(@Nullable Cost cost, Cost limit) {
		return (cost != null) ? cost.throughput() / limit.throughput() : Double.NaN;
	}

	private static double median(Collection<Cost> costs, ToDoubleFunction<Cost> value) {
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
