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

import org.springframework.util.Assert;

/**
 * When a replica gets no reads, and when it gets them again.
 *
 * @param slidingWindowSize how many of its last answers a replica is judged by
 * @param minimumNumberOfCalls how many answers it takes before a replica is judged, at
 * most the size of the window
 * @param failureRateThreshold the percentage of failed answers from which on a replica
 * gets no reads, above 0 and up to 100
 * @param waitDurationInOpenState how long a replica gets no reads before it is tried with
 * probes, at least one millisecond
 * @param permittedNumberOfCallsInHalfOpenState how many probes decide whether a replica
 * gets reads again
 * @param slowFactor how many times slower than the other replicas a replica must be to
 * get no reads, more than 1
 * @param slowMinimum the latency below which no replica is slow
 */
public record CircuitBreakerSettings(int slidingWindowSize, int minimumNumberOfCalls, float failureRateThreshold,
		Duration waitDurationInOpenState, int permittedNumberOfCallsInHalfOpenState, double slowFactor,
		Duration slowMinimum) {

	/**
	 * The settings unless set: 50 % failures among the last 20 answers, 10 at least; one
	 * second and 3 probes to come back; slow is 10 times slower than the others and at
	 * least 20 milliseconds.
	 */
	public static final CircuitBreakerSettings DEFAULTS = new CircuitBreakerSettings(20, 10, 50, Duration.ofSeconds(1),
			3, 10, Duration.ofMillis(20));

	public CircuitBreakerSettings {
		Assert.isTrue(slidingWindowSize > 0, "'slidingWindowSize' must be at least 1");
		Assert.isTrue(minimumNumberOfCalls > 0 && minimumNumberOfCalls <= slidingWindowSize,
				"'minimumNumberOfCalls' must be between 1 and 'slidingWindowSize'");
		Assert.isTrue(failureRateThreshold > 0 && failureRateThreshold <= 100,
				"'failureRateThreshold' must be above 0 and up to 100");
		Assert.isTrue(waitDurationInOpenState.toMillis() > 0,
				"'waitDurationInOpenState' must be at least one millisecond");
		Assert.isTrue(permittedNumberOfCallsInHalfOpenState > 0,
				"'permittedNumberOfCallsInHalfOpenState' must be at least 1");
		Assert.isTrue(slowFactor > 1, "'slowFactor' must be more than 1");
		Assert.isTrue(!slowMinimum.isNegative(), "'slowMinimum' must not be negative");
	}

	CircuitBreakerConfig toConfig() {
		return CircuitBreakerConfig.custom()
			.slidingWindow(this.slidingWindowSize, this.minimumNumberOfCalls, SlidingWindowType.COUNT_BASED)
			.failureRateThreshold(this.failureRateThreshold)
			.waitDurationInOpenState(this.waitDurationInOpenState)
			.permittedNumberOfCallsInHalfOpenState(this.permittedNumberOfCallsInHalfOpenState)
			.build();
	}

}
