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

package io.lagwise.replication;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NodeIdentities}.
 */
class NodeIdentitiesTests {

	private static final NodeAddress NAME = NodeAddress.parse("redis-1:6379");

	private static final NodeAddress IP = NodeAddress.parse("10.0.0.1:6379");

	private static final NodeAddress REPLICA = NodeAddress.parse("redis-2:6379");

	private static final NodeAddress REPLICA_IP = NodeAddress.parse("10.0.0.2:6379");

	private final NodeIdentities identities = new NodeIdentities(List.of(NAME));

	private final Map<NodeAddress, NodeObservation> observations = new LinkedHashMap<>();

	@Test
	void namesUnderWhichOneProcessAnswersAreOneNodeWithTheConfiguredName() {
		primary(NAME, "first");
		primary(IP, "first");
		replica(REPLICA_IP, "second", IP);
		Set<NodeAddress> members = Set.of(NAME, IP, REPLICA_IP);
		this.identities.learn(members, null, this.observations);
		assertThat(this.identities.named(new Membership(IP, members)))
			.isEqualTo(new Membership(NAME, Set.of(NAME, REPLICA_IP)));
		assertThat(this.identities.named(members, this.observations)).containsOnlyKeys(NAME, REPLICA_IP)
			.hasEntrySatisfying(REPLICA_IP, (replica) -> assertThat(replica.status().upstream()).isEqualTo(NAME));
		assertThat(this.identities.proven(IP)).isEqualTo(NAME);
		assertThat(this.identities.inQuestion()).isEmpty();
	}

	@Test
	void twoSpellingsOfOneAddressAreOneNode() {
		NodeAddress shortened = NodeAddress.parse("[2001:db8::1]:6379");
		NodeAddress full = NodeAddress.parse("[2001:db8:0:0:0:0:0:1]:6379");
		primary(shortened, "first");
		primary(full, "first");
		this.identities.learn(Set.of(shortened, full), null, this.observations);
		assertThat(this.identities.named(Membership.withoutPrimary(Set.of(shortened, full))).nodes()).hasSize(1);
	}

	@Test
	void theNameOfThePrimaryInChargeIsKept() {
		primary(NAME, "first");
		primary(IP, "first");
		this.identities.learn(Set.of(NAME, IP), IP, this.observations);
		assertThat(this.identities.kept(NAME)).isEqualTo(IP);
	}

	@Test
	void aNameThatCannotBeReachedIsNotKept() {
		primary(NAME, "first");
		primary(IP, "first");
		this.observations.computeIfPresent(NAME, (it, observation) -> observation.failed(Reachability.SILENT));
		this.identities.learn(Set.of(NAME, IP), null, this.observations);
		assertThat(this.identities.kept(NAME)).isEqualTo(IP);
	}

	@Test
	void whatOthersCallAMemberIsLookedAtUntilItIsKnown() {
		primary(NAME, "first");
		replica(REPLICA, "second", IP);
		Set<NodeAddress> members = Set.of(NAME, REPLICA);
		this.identities.learn(members, NAME, this.observations);
		assertThat(this.identities.inQuestion()).containsExactly(IP);
		assertThat(this.identities.proven(IP)).isEqualTo(IP);
		primary(IP, "first");
		this.identities.learn(members, NAME, this.observations);
		this.observations.remove(IP);
		this.identities.learn(members, NAME, this.observations);
		assertThat(this.identities.inQuestion()).isEmpty();
		assertThat(this.identities.proven(IP)).isEqualTo(NAME);
	}

	@Test
	void aStrangerThatIsMentionedIsNoMemberAndIsLookedAtOnce() {
		primary(NAME, "first");
		replica(REPLICA, "second", IP);
		primary(IP, "a stranger");
		Set<NodeAddress> members = Set.of(NAME, REPLICA);
		this.identities.learn(members, NAME, this.observations);
		assertThat(this.identities.inQuestion()).isEmpty();
		assertThat(this.identities.named(members, this.observations)).doesNotContainKey(IP);
		assertThat(this.identities.kept(IP)).isEqualTo(IP);
	}

	@Test
	void aNodeThatWasRestartedIsOneNodeButNothingIsProvenUntilBothNamesAreSeen() {
		known();
		primary(NAME, "restarted");
		this.identities.learn(Set.of(NAME), NAME, this.observations);
		assertThat(this.identities.kept(IP)).isEqualTo(NAME);
		assertThat(this.identities.proven(IP)).isEqualTo(IP);
		assertThat(this.identities.inQuestion()).containsExactly(IP);
		primary(IP, "restarted");
		this.identities.learn(Set.of(NAME), NAME, this.observations);
		assertThat(this.identities.proven(IP)).isEqualTo(NAME);
		assertThat(this.identities.inQuestion()).isEmpty();
	}

	@Test
	void aNameThatLeadsToAnotherProcessIsAnotherNode() {
		known();
		primary(NAME, "moved");
		primary(IP, "first");
		this.identities.learn(Set.of(NAME), NAME, this.observations);
		assertThat(this.identities.kept(IP)).isEqualTo(IP);
		assertThat(this.identities.proven(IP)).isEqualTo(IP);
	}

	@Test
	void whileANodeIsSilentItsOtherNameIsTriedAndTakesOver() {
		known();
		this.observations.computeIfPresent(NAME, (it, observation) -> observation.failed(Reachability.SILENT));
		this.identities.learn(Set.of(NAME), NAME, this.observations);
		assertThat(this.identities.inQuestion()).containsExactly(IP);
		assertThat(this.identities.kept(IP)).isEqualTo(NAME);
		primary(IP, "first");
		this.identities.learn(Set.of(NAME), NAME, this.observations);
		assertThat(this.identities.kept(NAME)).isEqualTo(IP);
	}

	@Test
	void whatNobodyMentionsAnyMoreIsForgotten() {
		known();
		this.observations.clear();
		replica(REPLICA, "second", NAME);
		this.identities.learn(Set.of(REPLICA), null, this.observations);
		this.identities.learn(Set.of(REPLICA), null, this.observations);
		primary(REPLICA_IP, "first");
		this.identities.learn(Set.of(REPLICA, REPLICA_IP), null, this.observations);
		assertThat(this.identities.kept(IP)).isEqualTo(IP);
	}

	/**
	 * Let both names be known for one node, which is mentioned by the other one.
	 */
	private void known() {
		primary(NAME, "first");
		primary(IP, "first");
		this.identities.learn(Set.of(NAME, IP), NAME, this.observations);
		this.observations.remove(IP);
		this.observations.put(NAME, observation(
				new ReplicationStatus(NodeRole.PRIMARY, "id", 0, LinkStatus.UP, null, List.of(IP)), "first"));
		this.identities.learn(Set.of(NAME), NAME, this.observations);
		assertThat(this.identities.proven(IP)).isEqualTo(NAME);
		assertThat(this.identities.inQuestion()).isEmpty();
	}

	private void primary(NodeAddress name, String runId) {
		NodeObservation former = this.observations.get(name);
		List<NodeAddress> attached = (former != null && former.status() != null) ? former.status().attachedReplicas()
				: List.of();
		this.observations.put(name,
				observation(new ReplicationStatus(NodeRole.PRIMARY, "id", 0, LinkStatus.UP, null, attached), runId));
	}

	private void replica(NodeAddress name, String runId, @Nullable NodeAddress upstream) {
		this.observations.put(name, observation(
				new ReplicationStatus(NodeRole.REPLICA, "id", 0, LinkStatus.UP, upstream, List.of()), runId));
	}

	private static NodeObservation observation(ReplicationStatus status, String runId) {
		return NodeObservation.NONE.answered(status, 0, 0).identified(runId);
	}

}
