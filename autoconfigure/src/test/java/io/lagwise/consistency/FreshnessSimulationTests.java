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

package io.lagwise.consistency;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The watermark against random schedules of writes, delays, pauses, restarts, broken
 * links and failovers; and the same with a mistake in it, to see that the schedules would
 * tell.
 */
class FreshnessSimulationTests {

	private static final long SEEDS = 300;

	@Test
	void whatIsProvenIsAlwaysTrue() {
		Tally tally = run(Mistake.NONE);
		assertThat(tally.checks()).as("moments at which something was proven").isGreaterThan(100_000);
		assertThat(tally.violations()).as("moments at which that was wrong").isZero();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void everyMistakeIsFound(Mistake mistake) {
		assertThat(run(mistake).violations()).isPositive();
	}

	private static Tally run(Mistake mistake) {
		return LongStream.range(0, SEEDS)
			.mapToObj((seed) -> new Simulation(seed, mistake).run())
			.reduce(new Tally(0, 0), Tally::plus);
	}

	/**
	 * What can be got wrong by whoever uses or writes the watermark.
	 */
	enum Mistake {

		NONE, TIME_OF_RECEIPT, OFFSET_WITHOUT_ID, LATE_ANSWERS_COUNT, NEVER_VOID

	}

	record Tally(long checks, long violations) {

		Tally plus(Tally other) {
			return new Tally(this.checks + other.checks, this.violations + other.violations);
		}

	}

}
