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

	private final LagLimit limit = limit(Duration.ofMillis(1000));

	@Test
	void aReplicaWithinTheLimitServesReads() {
		assertThat(this.limit.isExceededBy(Duration.ofMillis(1000))).isFalse();
	}

	@Test
	void aReplicaBeyondTheLimitDoesNotUntilItIsWithinHalfOfIt() {
		assertThat(this.limit.isExceededBy(Duration.ofMillis(1001))).isTrue();
		assertThat(this.limit.isExceededBy(Duration.ofMillis(501))).isTrue();
		assertThat(this.limit.isExceededBy(Duration.ofMillis(500))).isFalse();
		assertThat(this.limit.isExceededBy(Duration.ofMillis(1000))).isFalse();
	}

	@Test
	void whatCannotBeToldKeepsNobodyOut() {
		assertThat(this.limit.isExceededBy(null)).isFalse();
	}

	@Test
	void withoutLimitNoReplicaIsTooFarBehind() {
		assertThat(limit(Duration.ZERO).isExceededBy(Duration.ofDays(1))).isFalse();
	}

	@Test
	void eachChangeIsLoggedOnce(CapturedOutput output) {
		for (int i = 0; i < 3; i++) {
			this.limit.isExceededBy(Duration.ofMillis(1500 + i));
		}
		for (int i = 0; i < 3; i++) {
			this.limit.isExceededBy(Duration.ofMillis(100));
		}
		assertThat(output)
			.containsOnlyOnce("localhost:6379 gets no reads: it is more than 1500 ms behind its primary, "
					+ "and lagwise.reads.max-lag is 1000 ms")
			.containsOnlyOnce("localhost:6379 gets reads again");
	}

	private static LagLimit limit(Duration limit) {
		return new LagLimit(new NodeAddress("localhost", 6379), limit);
	}

}
