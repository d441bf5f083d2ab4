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
import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A replica that gets everything ten seconds late, through everything that voids what was
 * proven of it. The primary writes 100 bytes every 50 milliseconds.
 */
class RememberedLagTests {

	private static final NodeAddress PRIMARY = new NodeAddress("localhost", 1);

	private static final NodeAddress REPLICA = new NodeAddress("localhost", 2);

	private static final NodeAddress NEXT_PRIMARY = new NodeAddress("localhost", 3);

	private static final long INTERVAL = Duration.ofMillis(50).toNanos();

	private static final long DELAY = Duration.ofSeconds(10).toNanos();

	private static final long START = DELAY * 6;

	private final Watermarks watermarks = new Watermarks();

	private final LagLimit limit = new LagLimit(REPLICA, Duration.ofSeconds(1), START);

	private NodeAddress primary = PRIMARY;

	private long handedOverAt;

	private long now = START;

	private int reads;

	@BeforeEach
	void followThePrimary() {
		this.watermarks.follow(PRIMARY, START);
		this.watermarks.of(REPLICA, START);
	}

	@Test
	void isOutFromTheStart() {
		runFor(DELAY * 2, DELAY);
		assertThat(this.reads).isZero();
	}

	@Test
	void isOutAfterItsConnectionWasOpenedAnewOrItWasLoading() {
		runFor(DELAY * 2, DELAY);
		assertThat(this.reads).isZero();
		this.watermarks.of(REPLICA, this.now).invalidate(this.now);
		runFor(DELAY * 2, DELAY);
		assertThat(this.reads).isZero();
	}

	@Test
	void isOutAtOnceIfItHasFallenBackWhileItWasAway() {
		runFor(DELAY * 2, 0);
		assertThat(this.reads).isPositive();
		this.reads = 0;
		this.watermarks.of(REPLICA, this.now).invalidate(this.now);
		runFor(DELAY * 2, DELAY);
		assertThat(this.reads).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isOutAfterAChangeOfPrimary(boolean wasOut) {
		runFor(DELAY * 2, wasOut ? DELAY : 0);
		this.reads = 0;
		this.primary = NEXT_PRIMARY;
		this.handedOverAt = this.now;
		this.watermarks.follow(NEXT_PRIMARY, this.now);
		runFor(DELAY * 2, DELAY);
		assertThat(this.reads).isZero();
	}

	@Test
	void isOutAfterAFullResynchronization() {
		runFor(DELAY * 2, 0);
		this.reads = 0;
		poll(PRIMARY, 0);
		this.watermarks.answered(REPLICA, this.now, status(NodeRole.REPLICA, "another", 7));
		runFor(DELAY * 2, DELAY);
		assertThat(this.reads).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 400 })
	void servesReadsAgainOnceItHasCaughtUp(long millisLate) {
		runFor(DELAY * 2, DELAY);
		this.watermarks.of(REPLICA, this.now).invalidate(this.now);
		runFor(DELAY, Duration.ofMillis(millisLate).toNanos());
		assertThat(this.reads).isGreaterThan(180);
	}

	private void runFor(long duration, long delay) {
		for (long end = this.now + duration; this.now < end; this.now += INTERVAL) {
			poll(this.primary, 0);
			poll(REPLICA, delay);
			if (!this.limit.isExceededBy(this.watermarks.behind(REPLICA), this.now)) {
				this.reads++;
			}
		}
	}

	private void poll(NodeAddress node, long delay) {
		NodeRole role = node.equals(REPLICA) ? NodeRole.REPLICA : NodeRole.PRIMARY;
		long offset = offset(this.now - delay);
		this.watermarks.answered(node, ++this.now, status(role, this.primary.equals(PRIMARY) ? "id" : "next", offset));
	}

	private ReplicationStatus status(NodeRole role, String id, long offset) {
		boolean handedOver = "next".equals(id);
		return new ReplicationStatus(role, id, offset, LinkStatus.UP, (role == NodeRole.REPLICA) ? this.primary : null,
				List.of(), handedOver ? "id" : null, handedOver ? offset(this.handedOverAt) + 1 : -1);
	}

	private static long offset(long time) {
		return time / INTERVAL * 100;
	}

}
