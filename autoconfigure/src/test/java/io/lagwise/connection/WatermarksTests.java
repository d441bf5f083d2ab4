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
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Watermarks}.
 */
class WatermarksTests {

	private static final NodeAddress PRIMARY = new NodeAddress("localhost", 1);

	private static final NodeAddress REPLICA = new NodeAddress("localhost", 2);

	private static final NodeAddress OTHER = new NodeAddress("localhost", 3);

	private final Watermarks watermarks = new Watermarks();

	@Test
	void aReplicaIsAsFreshAsTheNewestPollOfThePrimaryThatItHasReached() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(REPLICA, 1, replica(0));
		this.watermarks.answered(PRIMARY, 10, primary(100));
		this.watermarks.answered(PRIMARY, 20, primary(200));
		this.watermarks.answered(REPLICA, 30, replica(150));
		assertThat(this.watermarks.lag(REPLICA, 50)).isEqualTo(Duration.ofNanos(40));
		this.watermarks.answered(REPLICA, 40, replica(200));
		assertThat(this.watermarks.lag(REPLICA, 50)).isEqualTo(Duration.ofNanos(30));
	}

	@Test
	void aReplicaDoesNotFallBehindWhileThePrimaryDoesNotAnswer() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(REPLICA, 1, replica(0));
		this.watermarks.answered(PRIMARY, 10, primary(100));
		this.watermarks.answered(PRIMARY, 20, primary(200));
		this.watermarks.answered(REPLICA, 30, replica(100));
		assertThat(this.watermarks.behind(REPLICA).atMost()).isEqualTo(Duration.ofNanos(10));
		this.watermarks.answered(REPLICA, 40, replica(200));
		this.watermarks.answered(REPLICA, 5000, replica(200));
		assertThat(this.watermarks.behind(REPLICA).atMost()).isZero();
	}

	@Test
	void nothingIsProvenOfANodeThatHasNotAnswered() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(PRIMARY, 10, primary(100));
		assertThat(this.watermarks.lag(REPLICA, 50)).isNull();
		assertThat(this.watermarks.lag(PRIMARY, 50)).isNull();
	}

	@Test
	void anotherPrimaryVoidsWhatWasProven() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(REPLICA, 1, replica(0));
		this.watermarks.answered(PRIMARY, 10, primary(0));
		assertThat(this.watermarks.lag(REPLICA, 50)).isNotNull();
		this.watermarks.follow(OTHER, 40);
		assertThat(this.watermarks.lag(REPLICA, 50)).isNull();
	}

	@Test
	void aNodeInChargeThatSaysThatItIsAReplicaProvesNothing() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(REPLICA, 1, replica(0));
		this.watermarks.answered(PRIMARY, 10, replica(0));
		assertThat(this.watermarks.lag(REPLICA, 50)).isNull();
	}

	@Test
	void thePrimaryConfirmsWhatItsReplicaHas() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(REPLICA, 9, replica(90));
		this.watermarks.answered(PRIMARY, 10, primary(100));
		this.watermarks.answered(REPLICA, 21, replica(90));
		this.watermarks.confirmed(OTHER, REPLICA, 30);
		this.watermarks.confirmed(PRIMARY, OTHER, 30);
		assertThat(this.watermarks.lag(REPLICA, 50)).isNull();
		this.watermarks.confirmed(PRIMARY, REPLICA, 30);
		assertThat(this.watermarks.lag(REPLICA, 50)).isEqualTo(Duration.ofNanos(20));
	}

	@Test
	void nodesThatAreGoneAreForgotten() {
		this.watermarks.follow(PRIMARY, 0);
		this.watermarks.answered(REPLICA, 1, replica(0));
		this.watermarks.answered(PRIMARY, 10, primary(0));
		this.watermarks.retain(List.of(PRIMARY));
		assertThat(this.watermarks.lag(REPLICA, 50)).isNull();
	}

	private static ReplicationStatus primary(long offset) {
		return new ReplicationStatus(NodeRole.PRIMARY, "id", offset, LinkStatus.UP, null, List.of());
	}

	private static ReplicationStatus replica(long offset) {
		return new ReplicationStatus(NodeRole.REPLICA, "id", offset, LinkStatus.UP, PRIMARY, List.of());
	}

}
