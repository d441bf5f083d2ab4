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

package io.lagwise.resilience;

import java.time.Duration;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class CircuitBreakerSettingsTests {

	@Test
	void becomeAConfigurationOfResilience4j() {
		CircuitBreakerConfig config = new CircuitBreakerSettings(40, 15, 25, Duration.ofMillis(750), 7, 4,
				Duration.ofMillis(5))
			.toConfig();
		assertThat(config.getSlidingWindowType()).isEqualTo(SlidingWindowType.COUNT_BASED);
		assertThat(config.getSlidingWindowSize()).isEqualTo(40);
		assertThat(config.getMinimumNumberOfCalls()).isEqualTo(15);
		assertThat(config.getFailureRateThreshold()).isEqualTo(25);
		assertThat(config.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(750);
		assertThat(config.getPermittedNumberOfCallsInHalfOpenState()).isEqualTo(7);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			0  | 1  | 50  | 1000 | 3 | 10  | 10 | 'slidingWindowSize' must be at least 1
			20 | 0  | 50  | 1000 | 3 | 10  | 10 | 'minimumNumberOfCalls' must be between 1 and 'slidingWindowSize'
			20 | 21 | 50  | 1000 | 3 | 10  | 10 | 'minimumNumberOfCalls' must be between 1 and 'slidingWindowSize'
			20 | 10 | 0   | 1000 | 3 | 10  | 10 | 'failureRateThreshold' must be above 0 and up to 100
			20 | 10 | 101 | 1000 | 3 | 10  | 10 | 'failureRateThreshold' must be above 0 and up to 100
			20 | 10 | NaN | 1000 | 3 | 10  | 10 | 'failureRateThreshold' must be above 0 and up to 100
			20 | 10 | 50  | 0    | 3 | 10  | 10 | 'waitDurationInOpenState' must be at least one millisecond
			20 | 10 | 50  | 1000 | 0 | 10  | 10 | 'permittedNumberOfCallsInHalfOpenState' must be at least 1
			20 | 10 | 50  | 1000 | 3 | 1   | 10 | 'slowFactor' must be more than 1
			20 | 10 | 50  | 1000 | 3 | NaN | 10 | 'slowFactor' must be more than 1
			20 | 10 | 50  | 1000 | 3 | 10  | -1 | 'slowMinimum' must not be negative
			""", quoteCharacter = '"')
	void whatCannotBeIsRefused(int size, int minimum, float rate, long wait, int probes, double factor,
			long slowMinimum, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new CircuitBreakerSettings(size, minimum, rate, Duration.ofMillis(wait), probes, factor,
					Duration.ofMillis(slowMinimum)))
			.withMessage(message);
	}

	@Test
	void extremesAreAllowed() {
		assertThat(new CircuitBreakerSettings(1, 1, 100, Duration.ofMillis(1), 1, 1.1, Duration.ZERO).toConfig()
			.getSlidingWindowSize()).isEqualTo(1);
	}

}
