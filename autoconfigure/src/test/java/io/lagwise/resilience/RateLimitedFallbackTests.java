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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RateLimitedFallbackTests {

	private final AtomicLong nanoTime = new AtomicLong(-5);

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 7, 10, 99, 100, 150, 250, 1_000, 12_345 })
	void underLoadAsManyReadsPassPerSecondAsAreAllowed(int perSecond) {
		RateLimitedFallback limit = limit(perSecond);
		int passed = 0;
		for (int millisecond = 0; millisecond < 10_000; millisecond++) {
			passed += passing(limit, 100);
			this.nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
		}
		assertThat(passed).isBetween(10 * perSecond - perSecond / 100 - 1, 10 * perSecond + perSecond / 100);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 10, 100, 1_000, 12_345 })
	void aBurstPassesNoMoreThanAHundredthOfThem(int perSecond) {
		RateLimitedFallback limit = limit(perSecond);
		assertThat(passing(limit, 100_000)).isEqualTo(Math.max(1, perSecond / 100));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 7, 150, 12_345, 999_999, Integer.MAX_VALUE })
	void noPeriodIsTooShortForItsReads(int perSecond) {
		RateLimiterConfig config = RateLimitedFallback.config(perSecond);
		long period = config.getLimitRefreshPeriod().toNanos();
		long readsTimesSecond = TimeUnit.SECONDS.toNanos(1) * config.getLimitForPeriod();
		assertThat(period * perSecond).isGreaterThanOrEqualTo(readsTimesSecond);
		assertThat((period - 1) * perSecond).isLessThan(readsTimesSecond);
	}

	@Test
	void whatAQuietTimeLeavesCannotBeUsedLater() {
		RateLimitedFallback limit = limit(1_000);
		this.nanoTime.addAndGet(TimeUnit.HOURS.toNanos(1));
		assertThat(passing(limit, 100_000)).isEqualTo(10);
	}

	@Test
	void theNextPeriodIsReachedInTime() {
		RateLimitedFallback limit = limit(10);
		assertThat(limit.tryAcquire()).isTrue();
		this.nanoTime.addAndGet(TimeUnit.MILLISECONDS.toNanos(100) - 1);
		assertThat(limit.tryAcquire()).isFalse();
		this.nanoTime.addAndGet(1);
		assertThat(limit.tryAcquire()).isTrue();
		assertThat(limit.tryAcquire()).isFalse();
	}

	@Test
	void theLargestNumberIsNoMistake() {
		assertThat(RateLimitedFallback.perSecond(Integer.MAX_VALUE).tryAcquire()).isTrue();
	}

	@Test
	void aRefusalNeitherWaitsNorTakesTheInterruptionOfItsCaller() {
		RateLimitedFallback limit = RateLimitedFallback.perSecond(1);
		limit.tryAcquire();
		Thread.currentThread().interrupt();
		limit.tryAcquire();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void lessThanOneIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RateLimitedFallback.perSecond(0));
	}

	private RateLimitedFallback limit(int perSecond) {
		return new RateLimitedFallback(
				new AtomicRateLimiter("test", RateLimitedFallback.config(perSecond), this.nanoTime::get));
	}

	private static int passing(RateLimitedFallback limit, int reads) {
		int passed = 0;
		for (int i = 0; i < reads; i++) {
			passed += limit.tryAcquire() ? 1 : 0;
		}
		return passed;
	}

}
