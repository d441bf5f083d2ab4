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
 * Tests for {@link AskSchedule}.
 */
class AskScheduleTests {

	private static final long MILLI = Duration.ofMillis(1).toNanos();

	private double random;

	private final AskSchedule schedule = new AskSchedule(Duration.ofSeconds(1), () -> this.random, 0);

	@Test
	void theFirstQuestionIsDueAtOnce() {
		assertThat(this.schedule.isDue(0)).isTrue();
	}

	@Test
	void theNextOneIsDueAfterTheIntervalAtTheLatest() {
		assertThatNextIsDueAfter(1000);
	}

	@Test
	void instancesThatAskTogetherDriftApart() {
		this.random = 1;
		assertThatNextIsDueAfter(900);
		this.random = 0.5;
		assertThatNextIsDueAfter(950);
	}

	@Test
	void whatDecidesIsAskedAtOnce() {
		this.schedule.asked(0);
		this.schedule.atOnce(MILLI);
		assertThat(this.schedule.isDue(MILLI)).isTrue();
	}

	@Test
	void whatDoesNotDecideIsAskedWithinAQuarterOfTheInterval() {
		this.schedule.asked(0);
		this.random = 1;
		this.schedule.soon(0);
		assertThat(this.schedule.isDue(250 * MILLI - 1)).isFalse();
		assertThat(this.schedule.isDue(250 * MILLI)).isTrue();
		this.random = 0.1;
		this.schedule.soon(0);
		assertThat(this.schedule.isDue(25 * MILLI)).isTrue();
	}

	@Test
	void newsNeverPutAQuestionOff() {
		this.schedule.asked(0);
		this.schedule.atOnce(MILLI);
		this.random = 1;
		this.schedule.soon(MILLI);
		this.schedule.wanted(MILLI);
		assertThat(this.schedule.isDue(MILLI)).isTrue();
	}

	@Test
	void othersWhoWantToKnowAllTheTimeDoNotMakeItAskAllTheTime() {
		this.schedule.asked(0);
		this.schedule.wanted(MILLI);
		assertThat(this.schedule.isDue(20 * MILLI - 1)).isFalse();
		assertThat(this.schedule.isDue(20 * MILLI)).isTrue();
		this.schedule.asked(100 * MILLI);
		this.schedule.wanted(130 * MILLI);
		assertThat(this.schedule.isDue(130 * MILLI)).isTrue();
	}

	private void assertThatNextIsDueAfter(long millis) {
		this.schedule.asked(0);
		assertThat(this.schedule.isDue(millis * MILLI - 1)).isFalse();
		assertThat(this.schedule.isDue(millis * MILLI)).isTrue();
	}

}
