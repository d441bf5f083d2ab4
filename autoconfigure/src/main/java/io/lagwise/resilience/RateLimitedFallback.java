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

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.lagwise.routing.FallbackLimit;

import org.springframework.util.Assert;

/**
 * Lets so many reads per second go to the primary in place of replicas, spread over the
 * second. What a quiet time leaves cannot be used later.
 */
public final class RateLimitedFallback implements FallbackLimit {

	// shorter periods would cost many renewals and spread the reads no better
	private static final int PERIODS_PER_SECOND = 100;

	private final RateLimiter limiter;

	RateLimitedFallback(RateLimiter limiter) {
		this.limiter = limiter;
	}

	/**
	 * Create a limit.
	 * @param reads how many reads may go to the primary per second, one at least
	 * @return the limit
	 */
	public static RateLimitedFallback perSecond(int reads) {
		return new RateLimitedFallback(RateLimiter.of("lagwise-fallback", config(reads)));
	}

	static RateLimiterConfig config(int readsPerSecond) {
		Assert.isTrue(readsPerSecond > 0, "'reads' must be at least 1");
		int readsPerPeriod = Math.max(1, readsPerSecond / PERIODS_PER_SECOND);
		long period = (Duration.ofSeconds(1).toNanos() * readsPerPeriod + readsPerSecond - 1) / readsPerSecond;
		return RateLimiterConfig.custom()
			.limitForPeriod(readsPerPeriod)
			.limitRefreshPeriod(Duration.ofNanos(period))
			.timeoutDuration(Duration.ZERO)
			.build();
	}

	@Override
	public boolean tryAcquire() {
		return this.limiter.acquirePermission();
	}

}
