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

package io.lagwise.consistency;

import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryTrail}.
 */
class PrimaryTrailTests {

	private final PrimaryTrail trail = new PrimaryTrail();

	@Test
	void aReplicaLacksWhatThePrimaryHadFirst() {
		answered(10, "id", 100);
		answered(20, "id", 200);
		answered(30, "id", 200);
		answered(40, "id", 300);
		assertThat(this.trail.lacksSince("id", 99)).isEqualTo(10);
		assertThat(this.trail.lacksSince("id", 100)).isEqualTo(20);
		assertThat(this.trail.lacksSince("id", 299)).isEqualTo(40);
		assertThat(this.trail.lacksSince("id", 300)).isNull();
	}

	@Test
	void nothingIsKnownOfAnotherHistory() {
		assertThat(this.trail.lacksSince("id", 0)).isNull();
		answered(10, "id", 100);
		assertThat(this.trail.lacksSince("other", 0)).isNull();
	}

	@Test
	void whatTwoHistoriesShareOutlivesAChangeOfPrimary() {
		answered(10, "id", 100);
		answered(20, "id", 200);
		this.trail.answered(30, status(NodeRole.PRIMARY, "next", 250, "id", 151));
		assertThat(this.trail.lacksSince("next", 90)).isEqualTo(10);
		assertThat(this.trail.lacksSince("next", 100)).isEqualTo(30);
		assertThat(this.trail.lacksSince("id", 90)).isNull();
	}

	@Test
	void aHistoryOfAnotherOriginOrThatGoesBackStartsAnew() {
		answered(10, "id", 100);
		answered(20, "other", 200);
		assertThat(this.trail.lacksSince("other", 90)).isEqualTo(20);
		answered(30, "other", 150);
		assertThat(this.trail.lacksSince("other", 90)).isEqualTo(30);
	}

	@Test
	void aNodeThatSaysThatItIsAReplicaLeavesNoTrail() {
		this.trail.answered(10, status(NodeRole.REPLICA, "id", 100, null, -1));
		assertThat(this.trail.lacksSince("id", 90)).isNull();
	}

	private void answered(long sentAt, String id, long offset) {
		this.trail.answered(sentAt, status(NodeRole.PRIMARY, id, offset, null, -1));
	}

	private static ReplicationStatus status(NodeRole role, String id, long offset, @Nullable String former,
			long switchOffset) {
		return new ReplicationStatus(role, id, offset, LinkStatus.UP, null, List.of(), former, switchOffset);
	}

}
