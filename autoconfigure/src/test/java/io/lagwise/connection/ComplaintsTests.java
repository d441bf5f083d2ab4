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

import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NodeGuard;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Complaints}.
 */
class ComplaintsTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final List<Duration> failures = new ArrayList<>();

	private final Complaints complaints = new Complaints(new NodeGuard() {

		@Override
		public void failed(FallbackReason reason, Duration elapsed) {
			assertThat(reason).isEqualTo(FallbackReason.TIMEOUT);
			ComplaintsTests.this.failures.add(elapsed);
		}

	}, 0);

	@Test
	void whatNothingExplainsIsHeldAgainstTheReplicaOnceASecondHasPassed() {
		this.complaints.add(Duration.ofMillis(200), 10);
		this.complaints.add(Duration.ofMillis(201), 20);
		this.complaints.settle(10 + SECOND);
		assertThat(this.failures).isEmpty();
		this.complaints.settle(11 + SECOND);
		assertThat(this.failures).hasSize(2);
		this.complaints.settle(20 + 2 * SECOND);
		assertThat(this.failures).hasSize(2);
	}

	@Test
	void whatIsExplainedInTimeIsForgotten() {
		this.complaints.add(Duration.ofMillis(200), 10);
		this.complaints.explain(20);
		this.complaints.settle(11 + SECOND);
		assertThat(this.failures).isEmpty();
	}

	@Test
	void anExplanationHoldsForATime() {
		this.complaints.explain(20);
		this.complaints.explain(15);
		this.complaints.add(Duration.ofMillis(200), 19);
		assertThat(this.complaints.isExplained(19)).isTrue();
		this.complaints.settle(100 * SECOND);
		assertThat(this.failures).isEmpty();
		this.complaints.add(Duration.ofMillis(200), 20);
		assertThat(this.complaints.isExplained(20)).isFalse();
		this.complaints.settle(100 * SECOND);
		assertThat(this.failures).hasSize(1);
	}

}
