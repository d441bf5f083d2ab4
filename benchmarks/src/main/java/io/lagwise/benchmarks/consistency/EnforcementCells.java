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

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.lagwise.routing.RoutingReason;

/**
 * One row of the table of enforcement: plain numbers.
 */
final class EnforcementCells {

	static final List<String> COLUMNS = List.of("reads of", "delay ms", "writes/s asked", "level", "from replicas %",
			"proven %", "caught up %", "not fresh %", "other fallback %", "read p50 ms", "read p99 ms", "write p50 ms",
			"write p99 ms", "reads/s", "writes/s", "commands per operation", "INFO/s", "ROLE/s", "PUBLISH/s", "WAIT/s",
			"stale answers", "failures");

	private final List<String> cells = new ArrayList<>();

	private EnforcementCells(ConsistencyResult result) {
		this.cells.addAll(List.of(result.workload().reads().label(), Long.toString(result.delay().toMillis()),
				Integer.toString(result.workload().writesPerSecond()), result.level().label()));
		addShares(result.counts());
		addTimes(result.measured());
		addRates(result);
		this.cells.add(Integer.toString(result.measured().stale().count()));
		this.cells.add(Integer.toString(result.measured().failures()));
	}

	static List<String> of(ConsistencyResult result) {
		return new EnforcementCells(result).cells;
	}

	private void addShares(ReadCounts counts) {
		double replicas = counts.replicaPercent();
		double caughtUp = counts.percent(RoutingReason.CAUGHT_UP_REPLICA);
		double notFresh = counts.percent(RoutingReason.NOT_FRESH);
		double required = counts.percent(RoutingReason.PRIMARY_REQUIRED);
		add(2, replicas, Math.max(0, replicas - caughtUp), caughtUp, notFresh,
				Math.max(0, 100 - replicas - notFresh - required));
	}

	private void addTimes(PacedLoad.Measured measured) {
		add(2, measured.reads().millis(0.5), measured.reads().millis(0.99), measured.writes().millis(0.5),
				measured.writes().millis(0.99));
	}

	private void addRates(ConsistencyResult result) {
		double seconds = result.seconds();
		ServerCommands sent = result.sent();
		add(0, result.measured().reads().count() / seconds, result.measured().writes().count() / seconds);
		add(3, sent.perOperation(result.measured().operations()));
		add(1, sent.info() / seconds, sent.role() / seconds, sent.publish() / seconds, sent.waits() / seconds);
	}

	private void add(int digits, double... values) {
		for (double value : values) {
			this.cells.add(Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%." + digits + "f", value));
		}
	}

}
