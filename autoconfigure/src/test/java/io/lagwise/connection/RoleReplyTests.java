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

import java.util.Arrays;
import java.util.List;

import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RoleReply}.
 */
class RoleReplyTests {

	private static final NodeAddress FIRST = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress SECOND = new NodeAddress("10.0.0.2", 6379);

	@Test
	void aPrimaryTellsWhereItStandsAndWhatEachReplicaHasAcknowledged() {
		RoleReply reply = RoleReply.ofPrimary(List.of("master", 300L,
				List.of(List.of("10.0.0.2", "6379", "299"), List.of("10.0.0.1", "6379", "300"))));
		assertThat(reply).isNotNull();
		assertThat(reply.offset()).isEqualTo(300);
		assertThat(reply.replicasAt(300)).containsExactly(FIRST);
		assertThat(reply.replicasAt(299)).containsExactly(FIRST, SECOND);
		assertThat(reply.replicasAt(301)).isEmpty();
		assertThat(reply.acknowledged()).containsEntry(SECOND, 299L);
	}

	@Test
	void aPrimaryMayBeAlone() {
		RoleReply reply = RoleReply.ofPrimary(List.of("master", 0L, List.of()));
		assertThat(reply).isNotNull();
		assertThat(reply.replicasAt(0)).isEmpty();
	}

	@Test
	void aReplicaIsNoPrimary() {
		assertThat(RoleReply.ofPrimary(List.of("slave", "10.0.0.1", 6379L, "connected", 300L))).isNull();
		assertThat(RoleReply.ofPrimary(List.of("sentinel", List.of("name")))).isNull();
		assertThat(RoleReply.ofPrimary(List.of())).isNull();
		assertThat(RoleReply.ofPrimary(null)).isNull();
	}

	@Test
	void aReplicaThatDoesNotSayWhereItIsDoesNotCount() {
		RoleReply reply = RoleReply.ofPrimary(List.of("master", 300L, List.of(List.of("", "6379", "300"),
				List.of("10.0.0.1", "0", "300"), List.of("10.0.0.1"), List.of("10.0.0.2", "6379", "?"))));
		assertThat(reply).isNotNull();
		assertThat(reply.replicasAt(0)).isEmpty();
	}

	@Test
	void ofTwoReplicasAtOneAddressTheOneBehindCounts() {
		RoleReply reply = RoleReply.ofPrimary(List.of("master", 300L,
				List.of(List.of("10.0.0.1", "6379", "300"), List.of("10.0.0.1", "6379", "100"))));
		assertThat(reply).isNotNull();
		assertThat(reply.replicasAt(300)).isEmpty();
		assertThat(reply.replicasAt(100)).containsExactly(FIRST);
	}

	@Test
	void anOddReplicaCostsItselfOnly() {
		RoleReply reply = RoleReply.ofPrimary(List.of("master", 300L,
				List.of(Arrays.asList(null, "6379", "300"), Arrays.asList("10.0.0.8", null, "300"),
						List.of("10.0.0.8", "65536", "300"), List.of("10.0.0.8", "x", "300"),
						List.of(" ", "6379", "300"), List.of("10.0.0.1", "6379", "300"))));
		assertThat(reply).isNotNull();
		assertThat(reply.replicasAt(300)).containsExactly(FIRST);
	}

}
