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

package io.lagwise.metrics;

import java.util.concurrent.TimeUnit;

import io.lagwise.routing.WaitListener;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is timed of waiting for replicas.
 */
class WaitMetersTests {

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final WaitListener meters = new WaitMeters(this.registry, "orders");

	@Test
	void timersAreThereFromTheBeginning() {
		assertThat(this.registry.find("lagwise.wait").timers()).hasSize(2);
		assertThat(this.registry.find("lagwise.barrier").timers()).hasSize(3);
	}

	@ParameterizedTest
	@CsvSource({ "2, 2, confirmed", "1, 2, confirmed", "2, 1, shortfall", "1, 0, shortfall" })
	void writesAreTimedByWhetherEnoughReplicasHaveConfirmed(int required, int confirmed, String outcome) {
		this.meters.writesConfirmed(required, confirmed, 3_000_000);
		assertTimed("lagwise.wait", outcome);
	}

	@ParameterizedTest
	@CsvSource({ "2, 2, confirmed", "1, 2, confirmed", "2, 1, partial", "2, 0, failed", "0, 0, failed" })
	void barriersAreTimedByHowManyReplicasHaveConfirmed(int asked, int confirmed, String outcome) {
		this.meters.barrierEnded(asked, confirmed, 3_000_000);
		assertTimed("lagwise.barrier", outcome);
	}

	private void assertTimed(String name, String outcome) {
		Timer timer = this.registry.get(name).tags("connection.factory", "orders", "outcome", outcome).timer();
		assertThat(timer.count()).isEqualTo(1);
		assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(3);
		assertThat(this.registry.find("lagwise.wait").timers().stream().mapToLong(Timer::count).sum()
				+ this.registry.find("lagwise.barrier").timers().stream().mapToLong(Timer::count).sum())
			.isEqualTo(1);
	}

}
