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
 * Tests for {@link RampUp}.
 */
class RampUpTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final RampUp rampUp = new RampUp(Duration.ofSeconds(2));

	@Test
	void theShareGrowsWithTheTimeSinceTheReplicaCame() {
		assertThat(shareAt(true, 0)).isEqualTo(5);
		assertThat(shareAt(true, SECOND)).isEqualTo(50);
		assertThat(shareAt(true, 2 * SECOND - 1)).isEqualTo(99);
		assertThat(shareAt(true, 2 * SECOND)).isEqualTo(100);
	}

	@Test
	void aHiccupCostsNoShare() {
		shareAt(true, 0);
		shareAt(true, 10 * SECOND);
		shareAt(false, 11 * SECOND);
		assertThat(shareAt(true, 12 * SECOND)).isEqualTo(100);
	}

	@Test
	void anAbsenceCostsTheShare() {
		shareAt(true, 0);
		shareAt(true, 10 * SECOND);
		shareAt(false, 11 * SECOND);
		shareAt(false, 12 * SECOND);
		assertThat(shareAt(true, 12 * SECOND + 1)).isEqualTo(5);
		assertThat(shareAt(true, 13 * SECOND + 1)).isEqualTo(50);
	}

	@Test
	void aHiccupDuringTheRampUpDoesNotPutItBack() {
		shareAt(true, 0);
		shareAt(false, SECOND);
		assertThat(shareAt(true, SECOND + SECOND / 2)).isEqualTo(75);
	}

	@Test
	void withoutDurationTheShareIsFullAtOnce() {
		RampUp none = new RampUp(Duration.ZERO);
		none.update(true, 0);
		assertThat(none.percent()).isEqualTo(100);
	}

	private int shareAt(boolean present, long now) {
		this.rampUp.update(present, now);
		return this.rampUp.percent();
	}

}
