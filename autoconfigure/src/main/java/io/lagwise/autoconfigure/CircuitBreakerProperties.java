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

package io.lagwise.autoconfigure;

import java.time.Duration;

import io.lagwise.resilience.CircuitBreakerSettings;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When a replica gets no reads, and when it gets them again.
 *
 * @param enabled Whether to keep reads away from replicas that have failed lately.
 * @param slidingWindowSize How many of its last answers a replica is judged by.
 * @param minimumNumberOfCalls How many answers it takes before a replica is judged.
 * @param failureRateThreshold Percentage of failed answers from which on a replica gets
 * no reads.
 * @param waitDurationInOpenState How long a replica gets no reads before it is tried with
 * probes.
 * @param permittedNumberOfCallsInHalfOpenState How many probes decide whether a replica
 * gets reads again.
 * @param slowFactor How many times slower than the other replicas a replica must be to
 * get no reads.
 * @param slowMinimum Latency below which no replica is too slow.
 */
record CircuitBreakerProperties(@DefaultValue("true") boolean enabled, @DefaultValue("20") int slidingWindowSize,
		@DefaultValue("10") int minimumNumberOfCalls, @DefaultValue("50") float failureRateThreshold,
		@DefaultValue("1s") Duration waitDurationInOpenState,
		@DefaultValue("3") int permittedNumberOfCallsInHalfOpenState, @DefaultValue("10") double slowFactor,
		@DefaultValue("20ms") Duration slowMinimum) {

	private static final String PREFIX = "lagwise.circuit-breaker.";

	CircuitBreakerProperties {
		PropertyRules.requireAtLeastOne(PREFIX + "sliding-window-size", slidingWindowSize,
				"Set how many of its last answers a replica is judged by, such as 20.");
		PropertyRules.requireAtLeastOne(PREFIX + "minimum-number-of-calls", minimumNumberOfCalls,
				"Set how many answers it takes before a replica is judged, such as 10.");
		if (minimumNumberOfCalls > slidingWindowSize) {
			throw new InvalidPropertyException(PREFIX + "minimum-number-of-calls", String.valueOf(minimumNumberOfCalls),
					"is more than the sliding window holds (" + slidingWindowSize + ")",
					"Set a smaller number, or a larger lagwise.circuit-breaker.sliding-window-size.");
		}
		if (!(failureRateThreshold > 0 && failureRateThreshold <= 100)) {
			throw new InvalidPropertyException(PREFIX + "failure-rate-threshold", String.valueOf(failureRateThreshold),
					"is not a percentage above 0 and up to 100", "Set a percentage such as 50.");
		}
		PropertyRules.requirePositive(PREFIX + "wait-duration-in-open-state", waitDurationInOpenState);
		PropertyRules.requireAtLeastOne(PREFIX + "permitted-number-of-calls-in-half-open-state",
				permittedNumberOfCallsInHalfOpenState,
				"Set how many probes decide whether a replica gets reads again, such as 3.");
		if (!(slowFactor > 1)) {
			throw new InvalidPropertyException(PREFIX + "slow-factor", String.valueOf(slowFactor), "is not above 1",
					"Set how many times slower than the others a replica must be, such as 10.");
		}
		PropertyRules.requirePositive(PREFIX + "slow-minimum", slowMinimum);
	}

	CircuitBreakerSettings toSettings() {
		return new CircuitBreakerSettings(this.slidingWindowSize, this.minimumNumberOfCalls, this.failureRateThreshold,
				this.waitDurationInOpenState, this.permittedNumberOfCallsInHalfOpenState, this.slowFactor,
				this.slowMinimum);
	}

}
