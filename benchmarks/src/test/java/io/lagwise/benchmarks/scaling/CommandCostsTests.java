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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link CommandCosts}.
 */
class CommandCostsTests {

	private static final CpuSlice SLICE = CpuSlice.ofPercent(10);

	private final CommandCosts costs = new CommandCosts(2, 4, 0.5, 3);

	@Test
	void readsAloneGrowWithReplicas() {
		assertThat(this.costs.reads(0, 100, SLICE)).isEqualTo(50_000);
		assertThat(this.costs.reads(1, 100, SLICE)).isEqualTo(50_000);
		assertThat(this.costs.reads(4, 100, SLICE)).isEqualTo(200_000);
	}

	@Test
	void withoutReplicasThePrimaryDoesItAll() {
		assertThat(this.costs.reads(0, 50, SLICE)).isCloseTo(0.5 * 100_000 / (1 + 2), within(0.01));
	}

	@Test
	void everyReplicaAppliesEveryWrite() {
		assertThat(this.costs.reads(4, 90, SLICE)).isCloseTo(0.9 * 100_000 / (1.8 / 4 + 0.3), within(0.01));
	}

	@Test
	void thePrimaryIsTheLimitWhereMuchIsWritten() {
		assertThat(this.costs.reads(4, 50, SLICE)).isCloseTo(0.5 * 100_000 / (0.5 * (4 + 4 * 0.5)), within(0.01));
	}

}
