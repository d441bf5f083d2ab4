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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * One odd field in an answer to {@code INFO replication} costs what it says, and nothing
 * else.
 */
class OddReplicationStatusTests {

	private static final NodeAddress GOOD = new NodeAddress("10.0.0.2", 6379);

	private static final String PRIMARY = """
			role:master\r
			slave0:ip=10.0.0.9,port=6379,state=online,offset=1,lag=0\r
			slave1:ip=10.0.0.2,port=6379,state=online,offset=1,lag=0\r
			master_replid:id\r
			master_repl_offset:7\r
			""";

	private static final String REPLICA = """
			role:slave\r
			master_host:10.0.0.1\r
			master_port:6379\r
			master_link_status:up\r
			slave_repl_offset:7\r
			master_replid:id\r
			""";

	@ParameterizedTest
	@ValueSource(strings = { "ip=10.0.0.9,port=0,state=online", "ip=10.0.0.9,port=65536", "ip=10.0.0.9,port=-1",
			"ip=10.0.0.9,port=x", "ip=10.0.0.9,port=", "ip=10.0.0.9", "ip=,port=6379", "ip= ,port=6379", "port=6379",
			"", ",,=,", "online" })
	void anAttachedReplicaWithoutAUsableAddressIsLeftOut(String odd) {
		String info = PRIMARY.replace("ip=10.0.0.9,port=6379,state=online,offset=1,lag=0", odd);
		assertThat(ReplicationStatus.parse(info).attachedReplicas()).containsExactly(GOOD);
	}

	@Test
	void attachedReplicasBehindAGapAreFound() {
		assertThat(ReplicationStatus.parse(PRIMARY.replace("slave0:", "other:")).attachedReplicas())
			.containsExactly(GOOD);
	}

	@Test
	void addressesMayBeNamesOrOfTheSixthVersion() {
		String info = PRIMARY.replace("ip=10.0.0.9", "ip=[fe80::1]").replace("ip=10.0.0.2", "ip=replica.example.com");
		assertThat(ReplicationStatus.parse(info).attachedReplicas()).containsExactly(new NodeAddress("fe80::1", 6379),
				new NodeAddress("replica.example.com", 6379));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0", "65536", "-1", "x", "" })
	void aReplicaWhosePrimaryHasNoUsablePortHasNoUpstream(String port) {
		ReplicationStatus status = ReplicationStatus.parse(REPLICA.replace("_port:6379", "_port:" + port));
		assertThat(status.upstream()).isNull();
		assertThat(status.link()).isEqualTo(LinkStatus.UP);
	}

	@ParameterizedTest
	@ValueSource(strings = { "slave_repl_offset:x", "slave_repl_offset:", "slave_repl_offset:99999999999999999999",
			"other:1" })
	void aReplicaThatDoesNotSayWhereItIsHasReachedNothing(String odd) {
		assertThat(ReplicationStatus.parse(REPLICA.replace("slave_repl_offset:7", odd)).offset()).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "master_repl_offset:x", "master_repl_offset:", "master_repl_offset:-1", "other:1" })
	void aPrimaryThatDoesNotSayWhereItIsProvesNothing(String odd) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ReplicationStatus.parse(PRIMARY.replace("master_repl_offset:7", odd)))
			.withMessageContaining("does not say how far it has written");
	}

	@Test
	void aSwitchOffsetThatIsNoNumberIsUnknown() {
		assertThat(ReplicationStatus.parse(PRIMARY + "second_repl_offset:x\r\n").switchOffset()).isEqualTo(-1);
	}

	@Test
	void aRoleThatIsNoneIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ReplicationStatus.parse(PRIMARY.replace("role:master", "role:handshake")));
	}

	@Test
	void anEmptyReplicationIdIsNone() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> ReplicationStatus.parse(PRIMARY.replace("replid:id", "replid:")));
	}

}
