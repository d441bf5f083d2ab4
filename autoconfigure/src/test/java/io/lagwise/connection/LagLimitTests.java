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

import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LagLimit}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LagLimitTests {

	private static final long LATER = Duration.ofMillis(1000).toNanos();

	private final LagLimit limit = limit(Duration.ofMillis(1000));

	@Test
	void aReplicaWithinTheLimitServesReads() {
		assertThat(isExceededBy(Duration.ofMillis(1000))).isFalse();
	}

	@Test
	void aReplicaBeyondTheLimitDoesNotUntilItIsWithinHalfOfIt() {
		assertThat(isExceededBy(Duration.ofMillis(1001))).isTrue();
		assertThat(isExceededBy(Duration.ofMillis(501))).isTrue();
		assertThat(isExceededBy(Duration.ofMillis(500))).isFalse();
		assertThat(isExceededBy(Duration.ofMillis(1000))).isFalse();
	}

	@Test
	void whatCannotBeToldKeepsNobodyOut() {
		assertThat(this.limit.isExceededBy(ReplicaLag.UNKNOWN, 1)).isFalse();
	}

	@Test
	void aReplicaThatIsOutStaysOutUntilItIsProvenToHaveCaughtUp() {
		isExceededBy(Duration.ofMillis(1500));
		assertThat(this.limit.isExceededBy(ReplicaLag.UNKNOWN, 1)).isTrue();
		assertThat(this.limit.isExceededBy(lacks(Duration.ZERO), LATER)).isTrue();
		assertThat(isExceededBy(Duration.ofMillis(500))).isFalse();
	}

	@Test
	void aReplicaOfWhichNothingIsProvenAnyMoreIsJudgedByWhatItLacks() {
		isExceededBy(Duration.ZERO);
		assertThat(this.limit.isExceededBy(lacks(Duration.ofMillis(1000)), 1)).isFalse();
		assertThat(this.limit.isExceededBy(lacks(Duration.ofMillis(1001)), 1)).isTrue();
	}

	@Test
	void aReplicaOfWhichNothingWasEverProvenWaitsWhileItLacksAnything() {
		assertThat(this.limit.isExceededBy(lacks(Duration.ZERO), 1)).isTrue();
		assertThat(isExceededBy(Duration.ofMillis(900))).isFalse();
		assertThat(this.limit.isExceededBy(lacks(Duration.ZERO), 1)).isFalse();
	}

	@Test
	void aReplicaThatCannotBeProvenWithoutItsPrimaryWaitsNoLongerThanTheLimit() {
		assertThat(this.limit.isExceededBy(lacks(Duration.ofMillis(10)), LATER - 1)).isTrue();
		assertThat(this.limit.isExceededBy(lacks(Duration.ofMillis(10)), LATER)).isFalse();
	}

	@Test
	void withoutLimitNoReplicaIsTooFarBehind() {
		assertThat(limit(Duration.ZERO).isExceededBy(new ReplicaLag(Duration.ofDays(1), null), 1)).isFalse();
	}

	@Test
	void eachChangeIsLoggedOnce(CapturedOutput output) {
		for (int i = 0; i < 3; i++) {
			isExceededBy(Duration.ofMillis(1500 + i));
		}
		for (int i = 0; i < 3; i++) {
			isExceededBy(Duration.ofMillis(100));
		}
		assertThat(output)
			.containsOnlyOnce("localhost:6379 gets no reads: it is more than 1500 ms behind its primary, "
					+ "and lagwise.reads.max-lag is 1000 ms")
			.containsOnlyOnce("localhost:6379 gets reads again");
	}

	private boolean isExceededBy(Duration proven) {
		return this.limit.isExceededBy(new ReplicaLag(proven, null), 1);
	}

	private static ReplicaLag lacks(Duration atLeast) {
		return new ReplicaLag(null, atLeast);
	}

	private static LagLimit limit(Duration limit) {
		return new LagLimit(new NodeAddress("localhost", 6379), limit, 0);
	}

}
