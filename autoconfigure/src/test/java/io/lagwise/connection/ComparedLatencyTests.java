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

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.NodeGuard;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the latency by which {@link ReplicaReads} lets a replica be compared with its
 * peers, and of {@link ReplyFlow}.
 */
class ComparedLatencyTests {

	private static final Duration QUICK = Duration.ofMillis(1);

	private static final Duration LONG = Duration.ofMillis(200);

	private final NodeProbe probe = new NodeProbe(new NodeAddress("localhost", 6379), null, LONG,
			(node, connection, sentAt, answeredAt, status) -> {
			}, () -> {
			}, () -> 0);

	private final ReplicaReads node = new ReplicaReads(this.probe, null, NodeGuard.NONE, new FreshnessWatermark(0),
			PeerProofs.NONE, ReplicaReadOptions.DEFAULTS, Patience.of(ReplicaReadOptions.DEFAULTS, Duration.ZERO),
			() -> {
			});

	private final long now = System.nanoTime();

	@BeforeEach
	void theMonitorHasWaitedLonger() {
		monitorHasWaited(Duration.ofSeconds(1));
	}

	@Test
	void theFastestAnswerOfAnIntervalIsCompared() {
		answer(1, LONG);
		answer(1, QUICK);
		assertThat(latency()).isEqualTo(QUICK);
	}

	@Test
	void aReplicaIsNotComparedByReadsThatHaveWaitedForACrowdOfOthers() {
		answer(ReplyFlow.CROWD + 1, LONG);
		assertThat(this.node.readsInFlight()).isZero();
		assertThat(latency()).isNull();
	}

	@Test
	void aReplicaIsComparedByReadsThatHaveWaitedForFewOthers() {
		answer(ReplyFlow.CROWD, LONG);
		assertThat(latency()).isEqualTo(LONG);
	}

	@Test
	void aReplicaIsNotComparedWhileLargeRepliesArrive() {
		answer(5, LONG);
		this.node.signs().received(ReplyFlow.MUCH / 2, this.now);
		this.node.signs().received(ReplyFlow.MUCH / 2, this.now);
		assertThat(latency()).isNull();
	}

	@Test
	void aReplicaIsComparedWhileSmallRepliesArrive() {
		answer(5, LONG);
		this.node.signs().received(ReplyFlow.MUCH - 1, this.now);
		assertThat(latency()).isEqualTo(LONG);
	}

	@Test
	void whatTheMonitorHasAskedMeanwhileIsNotComparedEither() {
		answer(ReplyFlow.CROWD + 1, LONG);
		latency();
		monitorHasWaited(LONG);
		assertThat(latency()).isNull();
		assertThat(latency()).isEqualTo(LONG);
	}

	@Test
	void whatArrivesInOneIntervalIsNotAddedToTheNext() {
		for (int i = 0; i < 3; i++) {
			this.node.signs().received(ReplyFlow.MUCH - 1, this.now);
			answer(1, QUICK);
			assertThat(latency()).isEqualTo(QUICK);
		}
	}

	private Duration latency() {
		return this.node.takeLatency(this.now);
	}

	private void monitorHasWaited(Duration time) {
		ReflectionTestUtils.setField(this.probe, "lastLatencyNanos", time.toNanos());
	}

	/**
	 * Let the node answer reads that were sent together.
	 */
	private void answer(int reads, Duration time) {
		SignsOfLife signs = this.node.signs();
		long sentAt = this.now - time.toNanos();
		int first = 0;
		for (int i = 0; i < reads; i++) {
			int number = signs.sending(sentAt);
			first = (i == 0) ? number : first;
		}
		for (int i = 0; i < reads; i++) {
			signs.served(first + i, sentAt, this.now);
			signs.answered(time.toNanos());
		}
	}

}
