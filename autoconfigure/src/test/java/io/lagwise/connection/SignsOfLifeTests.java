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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SignsOfLife}.
 */
class SignsOfLifeTests {

	private final SignsOfLife signs = new SignsOfLife(0);

	@Test
	void aNodeThatAnswersNothingSinceAnAttemptWasSentIsSilent() {
		this.signs.alive(99);
		assertThat(this.signs.timedOut(100, 300)).isTrue();
		assertThat(this.signs.isSilent()).isTrue();
	}

	@Test
	void aNodeThatAnswersOthersMeanwhileIsNotSilent() {
		this.signs.alive(101);
		assertThat(this.signs.timedOut(100, 300)).isFalse();
		assertThat(this.signs.isSilent()).isFalse();
	}

	@Test
	void silenceBeginsOnceHoweverManyAttemptsItCosts() {
		this.signs.timedOut(100, 300);
		assertThat(this.signs.timedOut(101, 301)).isFalse();
	}

	@Test
	void theNextAnswerEndsTheSilence() {
		this.signs.timedOut(100, 300);
		this.signs.alive(301);
		assertThat(this.signs.isSilent()).isFalse();
		assertThat(this.signs.isGivenUp(Long.MAX_VALUE)).isFalse();
	}

	@Test
	void aConnectionThatStaysSilentIsGivenUp() {
		long second = Duration.ofSeconds(1).toNanos();
		this.signs.timedOut(100, 300);
		assertThat(this.signs.isGivenUp(300 + second)).isFalse();
		assertThat(this.signs.isGivenUp(301 + second)).isTrue();
	}

	@Test
	void theFastestAnswerIsTakenOnce() {
		this.signs.answered(5);
		this.signs.answered(3);
		this.signs.answered(4);
		assertThat(this.signs.takeFastest()).isEqualTo(3);
		assertThat(this.signs.takeFastest()).isEqualTo(Long.MAX_VALUE);
	}

}
