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
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Times how long the replicas of one connection factory are waited for.
 */
public final class WaitMeters implements WaitListener {

	private static final String CONFIRMED = "confirmed";

	private static final String SHORTFALL = "shortfall";

	private final Timer confirmedWrites;

	private final Timer shortfalls;

	private final Timer confirmedBarriers;

	private final Timer partialBarriers;

	private final Timer failedBarriers;

	/**
	 * Create the meters of one connection factory.
	 * @param registry where to register them
	 * @param connectionFactory the name of the factory
	 */
	public WaitMeters(MeterRegistry registry, String connectionFactory) {
		this.confirmedWrites = waits(CONFIRMED, connectionFactory, registry);
		this.shortfalls = waits(SHORTFALL, connectionFactory, registry);
		this.confirmedBarriers = barriers(CONFIRMED, connectionFactory, registry);
		this.partialBarriers = barriers("partial", connectionFactory, registry);
		this.failedBarriers = barriers("failed", connectionFactory, registry);
	}

	@Override
	public void writesConfirmed(int required, int confirmed, long nanos) {
		((confirmed >= required) ? this.confirmedWrites : this.shortfalls).record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void barrierEnded(int asked, int confirmed, long nanos) {
		barriers(asked, confirmed).record(nanos, TimeUnit.NANOSECONDS);
	}

	private Timer barriers(int asked, int confirmed) {
		if (confirmed == 0) {
			return this.failedBarriers;
		}
		return (confirmed < asked) ? this.partialBarriers : this.confirmedBarriers;
	}

	private static Timer waits(String outcome, String connectionFactory, MeterRegistry registry) {
		return Timer.builder("lagwise.wait")
			.description("Time that writes have waited for replicas")
			.tags(MeterTags.connectionFactory(connectionFactory))
			.tag(MeterTags.OUTCOME, outcome)
			.register(registry);
	}

	private static Timer barriers(String outcome, String connectionFactory, MeterRegistry registry) {
		return Timer.builder("lagwise.barrier")
			.description("Time that replicas have taken to say how far they are for consistent reads")
			.tags(MeterTags.connectionFactory(connectionFactory))
			.tag(MeterTags.OUTCOME, outcome)
			.register(registry);
	}

}
