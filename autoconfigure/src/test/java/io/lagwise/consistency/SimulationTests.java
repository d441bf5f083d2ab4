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

import java.util.Arrays;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The decision core against random schedules of everything that servers and messages can
 * do; and the same with a mistake in it, to see that the schedules would tell. The system
 * property {@code lagwise.simulation.schedules} sets how many there are.
 */
class SimulationTests {

	private static final Log logger = LogFactory.getLog(SimulationTests.class);

	private static final long SCHEDULES = Long.getLong("lagwise.simulation.schedules", 1_000_000);

	private static final long SCHEDULES_PER_MISTAKE = 300_000;

	@Test
	void whatIsSaidIsTrue() {
		Tally tally = new Tally();
		Simulation simulation = new Simulation(Mistake.NONE, tally);
		for (long seed = 0; seed < SCHEDULES; seed++) {
			simulation.run(seed);
		}
		logger.info(tally);
		assertThat(tally.schedules()).isEqualTo(SCHEDULES);
		assertThat(Claim.values()).as("claims that were made often enough to mean something")
			.allMatch((claim) -> tally.made(claim) > SCHEDULES / 1000);
		assertThat(Arrays.stream(Claim.values()).filter((claim) -> tally.wrong(claim) > 0))
			.as("claims that were wrong: %s", tally)
			.isEmpty();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NONE")
	void everyMistakeIsFound(Mistake mistake) {
		Tally tally = new Tally();
		Simulation simulation = new Simulation(mistake, tally);
		for (long seed = 0; seed < SCHEDULES_PER_MISTAKE && tally.wrong() == 0; seed++) {
			simulation.run(seed);
		}
		assertThat(tally.wrong()).as("claims that were wrong in %,d schedules", tally.schedules()).isPositive();
	}

}
