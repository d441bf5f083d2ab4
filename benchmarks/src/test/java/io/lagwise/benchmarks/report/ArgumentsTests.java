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

package io.lagwise.benchmarks.report;

import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Arguments}.
 */
class ArgumentsTests {

	@Test
	void whatIsChosenIsTakenInWhateverCase() {
		Arguments arguments = new Arguments(List.of("--units=days, Hours"));
		assertThat(arguments.choice("units", TimeUnit.class)).containsExactly(TimeUnit.HOURS, TimeUnit.DAYS);
		assertThat(arguments.choice("others", TimeUnit.class)).containsExactly(TimeUnit.values());
	}

	@Test
	void aWrongChoiceIsNamedWithTheRightOnes() {
		Arguments arguments = new Arguments(List.of("--units=weeks"));
		assertThatIllegalArgumentException().isThrownBy(() -> arguments.choice("units", TimeUnit.class))
			.withMessage("--units: 'WEEKS' is none of [NANOSECONDS, MICROSECONDS, MILLISECONDS, SECONDS, MINUTES, "
					+ "HOURS, DAYS]");
	}

}
