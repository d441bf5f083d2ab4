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

import java.util.List;
import java.util.Set;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.SentinelVote;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SentinelMembers}.
 */
class SentinelMembersTests {

	private static final NodeAddress PRIMARY = new NodeAddress("a", 6379);

	private static final NodeAddress FIRST = new NodeAddress("b", 6379);

	private static final NodeAddress SECOND = new NodeAddress("c", 6379);

	private static final NodeAddress HIDDEN = new NodeAddress("d", 6379);

	private final SentinelMembers members = new SentinelMembers();

	private long now;

	@Test
	void whatAnySentinelListsBelongsHere() {
		List<SentinelVote> votes = List.of(new SentinelVote(PRIMARY, 1, Set.of(FIRST)),
				new SentinelVote(PRIMARY, 1, Set.of(SECOND)), new SentinelVote(PRIMARY, 1, null));
		assertThat(this.members.find(PRIMARY, votes, attached(), this.now)).containsExactlyInAnyOrder(PRIMARY, FIRST,
				SECOND);
	}

	@Test
	void whatOnlyThePrimaryListsDoesNot() {
		assertThat(find(attached(FIRST, HIDDEN), Set.of(FIRST))).containsExactlyInAnyOrder(PRIMARY, FIRST);
	}

	@Test
	void nodesThatThePrimaryStillListsStayAfterAReset() {
		find(attached(FIRST, SECOND), Set.of(FIRST, SECOND));
		assertThat(find(attached(FIRST), Set.of())).containsExactlyInAnyOrder(PRIMARY, FIRST);
	}

	@Test
	void theyDoNotStayForEver() {
		find(attached(FIRST), Set.of(FIRST));
		assertThat(find(attached(FIRST), Set.of())).contains(FIRST);
		this.now += SentinelMembers.GRACE.toNanos() - 1;
		assertThat(find(attached(FIRST), Set.of())).contains(FIRST);
		this.now += 1;
		assertThat(find(attached(FIRST), Set.of())).doesNotContain(FIRST);
		assertThat(find(attached(FIRST), Set.of())).doesNotContain(FIRST);
	}

	@Test
	void theGraceBeginsAnewWhenTheyAreListedAgain() {
		find(attached(FIRST), Set.of(FIRST));
		find(attached(FIRST), Set.of());
		this.now += SentinelMembers.GRACE.toNanos() - 1;
		find(attached(FIRST), Set.of(FIRST));
		this.now += 1;
		assertThat(find(attached(FIRST), Set.of())).contains(FIRST);
	}

	@Test
	void whereNobodyMayTellThePrimaryDoes() {
		assertThat(find(attached(FIRST), null)).containsExactlyInAnyOrder(PRIMARY, FIRST);
		assertThat(find(attached(SECOND), null)).containsExactlyInAnyOrder(PRIMARY, FIRST, SECOND);
		this.now += SentinelMembers.GRACE.toNanos();
		assertThat(find(attached(SECOND), null)).containsExactlyInAnyOrder(PRIMARY, SECOND);
	}

	private Set<NodeAddress> find(NodeObservation primary, @Nullable Set<NodeAddress> list) {
		return this.members.find(PRIMARY, List.of(new SentinelVote(PRIMARY, 1, list)), primary, this.now);
	}

	private static NodeObservation attached(NodeAddress... replicas) {
		return NodeObservation.NONE
			.answered(new ReplicationStatus(NodeRole.PRIMARY, "id", 0, LinkStatus.UP, null, List.of(replicas)), 0, 0);
	}

}
