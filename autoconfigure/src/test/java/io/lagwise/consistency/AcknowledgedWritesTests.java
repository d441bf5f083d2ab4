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

package io.lagwise.consistency;

import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AcknowledgedWritesTests {

	private final AcknowledgedWrites writes = new AcknowledgedWrites();

	@Test
	void nothingIsWrittenAtFirst() {
		assertThat(this.writes.count()).isZero();
		assertThat(this.writes.lastCertainSentAt()).isEqualTo(FreshnessWatermark.UNPROVEN);
	}

	@Test
	void everyWriteCounts() {
		this.writes.acknowledged(10, true);
		this.writes.acknowledged(20, false);
		assertThat(this.writes.count()).isEqualTo(2);
	}

	@Test
	void onlyWritesThatHaveChangedSomethingAreCertain() {
		this.writes.acknowledged(10, true);
		this.writes.acknowledged(20, false);
		assertThat(this.writes.lastCertainSentAt()).isEqualTo(10);
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -15, Long.MAX_VALUE - 15, Long.MIN_VALUE + 1 })
	void theLastIsTheOneThatWasSentLast(long start) {
		this.writes.acknowledged(start + 20, true);
		this.writes.acknowledged(start + 10, true);
		assertThat(this.writes.lastCertainSentAt()).isEqualTo(start + 20);
		this.writes.acknowledged(start + 30, true);
		assertThat(this.writes.lastCertainSentAt()).isEqualTo(start + 30);
	}

	@Test
	void noThreadOverlooksAnother() {
		IntStream.rangeClosed(1, 100_000).parallel().forEach((i) -> this.writes.acknowledged(i, true));
		assertThat(this.writes.count()).isEqualTo(100_000);
		assertThat(this.writes.lastCertainSentAt()).isEqualTo(100_000);
	}

}
