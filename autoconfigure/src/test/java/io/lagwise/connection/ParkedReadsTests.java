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
import java.util.concurrent.atomic.AtomicLong;

import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import io.lettuce.core.RedisException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ParkedReads}: who goes on, where, and whatever others do.
 */
class ParkedReadsTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final AtomicLong clock = new AtomicLong();

	private final List<Runnable> callbacks = new ArrayList<>();

	private final ReplicationBarrier barrier = mock(ReplicationBarrier.class);

	private final ParkedReads reads = new ParkedReads(this.barrier, this.clock::get, this.callbacks::add);

	private final ReadDemand demand = new ReadDemand(ReadRequirement.consistent(), null,
			SessionHistory.ofApplication(0), CommandKeys.NONE, Duration.ofSeconds(1));

	private final List<String> gaveUp = new ArrayList<>();

	private final List<Throwable> failed = new ArrayList<>();

	ParkedReadsTests() {
		given(this.barrier.isPromising(any(), anyLong())).willReturn(true);
	}

	@Test
	void readsWhoseTimeIsUpGoOnButNotOnTheThreadThatSweeps() {
		park("one");
		this.clock.set(SECOND);
		this.reads.sweepSoon();
		this.reads.sweepSoon();
		assertThat(this.gaveUp).isEmpty();
		assertThat(this.callbacks).singleElement().satisfies(Runnable::run);
		assertThat(this.gaveUp).containsExactly("one");
		this.reads.sweepSoon();
		assertThat(this.callbacks).hasSize(1);
	}

	@Test
	void aReadThatCannotGoOnCostsNoOtherOne() {
		AssertionError error = new AssertionError("of a user");
		park("one");
		assertThat(this.reads.park(this.demand, () -> false, () -> {
			throw error;
		}, this.failed::add)).isTrue();
		assertThat(this.reads.park(this.demand, () -> {
			throw error;
		}, () -> this.gaveUp.add("never"), this.failed::add)).isTrue();
		park("two");
		this.clock.set(SECOND);
		this.reads.sweepSoon();
		this.callbacks.forEach(Runnable::run);
		assertThat(this.gaveUp).containsExactly("one", "two");
		assertThat(this.failed).containsExactly(error, error);
	}

	@Test
	void noReadWaitsForAFactoryThatIsStopped() {
		park("one");
		this.reads.close();
		assertThat(this.failed).singleElement().isInstanceOf(RedisException.class);
		assertThat(this.reads.park(this.demand, () -> false, () -> this.gaveUp.add("two"), this.failed::add)).isFalse();
	}

	private void park(String name) {
		assertThat(this.reads.park(this.demand, () -> false, () -> this.gaveUp.add(name), this.failed::add)).isTrue();
	}

}
