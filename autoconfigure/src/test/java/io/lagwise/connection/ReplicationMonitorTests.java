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
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.Lineage;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.consistency.PrimaryHistory;
import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.ReadRouter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ReplicationMonitor}: what its thread survives, and what is queued
 * there.
 */
class ReplicationMonitorTests {

	private final AtomicInteger looks = new AtomicInteger();

	private final CountDownLatch permission = new CountDownLatch(1);

	private volatile Runnable onLook = () -> {
	};

	private final PrimaryWatch watch = new PrimaryWatch(
			new PrimaryAnswers(System::nanoTime, Duration.ofSeconds(5), Runnable::run),
			new PrimaryHistory(new AcknowledgedWrites(), new Lineage(), System::nanoTime));

	private final ReplicationMonitor monitor = new ReplicationMonitor((onChange) -> new EmptySource(), null, null,
			() -> false, mock(ReadRouter.class), ReplicaReadOptions.DEFAULTS,
			Patience.of(ReplicaReadOptions.DEFAULTS, Duration.ZERO), this.watch, null, PeerProofs.NONE,
			new TopologyNews(ReplicationListener.NONE, null, System::nanoTime), Runnable::run);

	@AfterEach
	void close() {
		this.permission.countDown();
		this.monitor.close();
	}

	@Test
	void anErrorEndsNoTaskForGood() {
		AtomicInteger calls = new AtomicInteger();
		this.onLook = () -> {
			throw new AssertionError("of a look at the nodes");
		};
		this.monitor.every(Duration.ofMillis(1), () -> {
			calls.incrementAndGet();
			throw new StackOverflowError("of a task");
		});
		this.monitor.start();
		await().untilAsserted(() -> assertThat(calls).hasValueGreaterThan(10));
		await().untilAsserted(() -> assertThat(this.looks).hasValueGreaterThan(2));
	}

	@Test
	void readsThatWantThePrimaryToConfirmItselfLeaveOneTaskAltogether() throws InterruptedException {
		CountDownLatch held = new CountDownLatch(1);
		this.onLook = () -> {
			held.countDown();
			hang();
		};
		this.monitor.start();
		assertThat(held.await(1, TimeUnit.MINUTES)).isTrue();
		int before = queued();
		for (int i = 0; i < 1000; i++) {
			this.watch.confirmedAfter(System.nanoTime());
		}
		assertThat(queued()).isLessThanOrEqualTo(before + 1);
	}

	private int queued() {
		Object executor = ReflectionTestUtils.getField(this.monitor, "executor");
		return ((ScheduledThreadPoolExecutor) executor).getQueue().size();
	}

	private void hang() {
		try {
			this.permission.await(1, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private final class EmptySource implements TopologySource {

		@Override
		public void refresh(long now) {
			ReplicationMonitorTests.this.looks.incrementAndGet();
			ReplicationMonitorTests.this.onLook.run();
		}

		@Override
		public void expire() {
		}

		@Override
		public Membership membership(Map<NodeAddress, NodeObservation> observations) {
			return new Membership(null, Set.of());
		}

		@Override
		public String describe() {
			return "nowhere";
		}

	}

}
