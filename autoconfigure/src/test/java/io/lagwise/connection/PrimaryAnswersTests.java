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

package io.lagwise.connection;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import io.lettuce.core.RedisCommandTimeoutException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryAnswers}: what happens to those who wait while there is none.
 */
class PrimaryAnswersTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final AtomicLong clock = new AtomicLong();

	private final List<Runnable> callbacks = new ArrayList<>();

	private final PrimaryAnswers answers = new PrimaryAnswers(this.clock::get, Duration.ofSeconds(2),
			this.callbacks::add);

	@Test
	void nobodyWaitsForAnAnswerForLongerThanIsBearable() {
		CompletableFuture<?> waiting = this.answers.afterDoubt();
		this.clock.set(2 * SECOND - 1);
		this.answers.sweep();
		assertThat(this.callbacks).isEmpty();
		this.clock.set(2 * SECOND);
		this.answers.sweep();
		this.answers.sweep();
		// not on the thread that sweeps
		assertThat(waiting).isNotDone();
		assertThat(this.callbacks).singleElement().satisfies(Runnable::run);
		assertThat(waiting).isCompletedExceptionally();
		assertThat(waiting.handle((answer, failure) -> failure).join()).isInstanceOf(RedisCommandTimeoutException.class)
			.hasMessageContaining("within 2000 ms");
		assertThat(this.answers.isAwaited()).isFalse();
	}

	@Test
	void whoeverHasGivenUpLeavesNothingBehind() {
		for (int i = 0; i < 1000; i++) {
			this.answers.afterDoubt().cancel(false);
		}
		this.answers.sweep();
		assertThat(this.answers.isAwaited()).isFalse();
		assertThat(this.callbacks).isEmpty();
	}

	@Test
	void nobodyWaitsForAFactoryThatIsStopped() {
		CompletableFuture<?> before = this.answers.afterDoubt();
		this.answers.close();
		CompletableFuture<?> after = this.answers.afterDoubt();
		assertThat(before).isCompletedExceptionally();
		assertThat(after).isCompletedExceptionally();
		assertThat(after.handle((answer, failure) -> failure).join()).hasMessageContaining("stopped");
	}

}
