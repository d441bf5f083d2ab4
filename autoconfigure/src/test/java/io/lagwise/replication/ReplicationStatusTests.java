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

import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ReplicationStatus}, with answers of real servers.
 */
class ReplicationStatusTests {

	private static final String REDIS_7_PRIMARY = """
			# Replication\r
			role:master\r
			connected_slaves:2\r
			slave0:ip=127.0.0.1,port=17101,state=online,offset=4242,lag=1\r
			slave1:ip=replica-2.example.com,port=17102,state=wait_bgsave,offset=0,lag=0\r
			master_failover_state:no-failover\r
			master_replid:3f64fab942279697b9cf61bea4e63bf925e0d80e\r
			master_replid2:084ff790e24fa711a2bc1a17828f2530d8d877e5\r
			master_repl_offset:4256\r
			second_repl_offset:89\r
			repl_backlog_active:1\r
			""";

	private static final String VALKEY_8_PRIMARY = """
			# Replication\r
			role:master\r
			connected_slaves:1\r
			slave0:ip=::1,port=17301,state=online,offset=0,lag=1,type=replica\r
			replicas_waiting_psync:0\r
			master_failover_state:no-failover\r
			master_replid:7d87a89239325776a9791a59d026cc1d99699081\r
			master_replid2:0000000000000000000000000000000000000000\r
			master_repl_offset:0\r
			second_repl_offset:-1\r
			""";

	private static final String LONELY_PRIMARY = """
			# Replication\r
			role:master\r
			connected_slaves:0\r
			master_failover_state:no-failover\r
			master_replid:f8160a1124b61de1db6244b56d305ae930bb1b99\r
			master_repl_offset:0\r
			""";

	private static final String REDIS_8_REPLICA = """
			# Replication\r
			role:slave\r
			master_host:127.0.0.1\r
			master_port:17200\r
			master_link_status:up\r
			master_last_io_seconds_ago:4\r
			master_sync_in_progress:0\r
			slave_read_repl_offset:1300\r
			slave_repl_offset:1234\r
			replica_full_sync_buffer_size:0\r
			replica_full_sync_buffer_peak:0\r
			slave_priority:100\r
			slave_read_only:1\r
			replica_announced:1\r
			connected_slaves:0\r
			master_failover_state:no-failover\r
			master_replid:39e9be3d9541b6a6a2f519d666523ba2f41a2a68\r
			master_replid2:0000000000000000000000000000000000000000\r
			master_repl_offset:1234\r
			second_repl_offset:-1\r
			""";

	private static final String VALKEY_8_REPLICA_LINK_DOWN = """
			# Replication\r
			role:slave\r
			master_host:127.0.0.1\r
			master_port:17300\r
			master_link_status:down\r
			master_last_io_seconds_ago:-1\r
			master_sync_in_progress:0\r
			slave_read_repl_offset:0\r
			slave_repl_offset:0\r
			replicas_repl_buffer_size:0\r
			replicas_repl_buffer_peak:0\r
			master_link_down_since_seconds:1\r
			connected_slaves:0\r
			replicas_waiting_psync:0\r
			master_replid:7d87a89239325776a9791a59d026cc1d99699081\r
			master_replid2:0000000000000000000000000000000000000000\r
			master_repl_offset:0\r
			""";

	private static final String REDIS_7_REPLICA_SYNCHRONIZING = """
			# Replication\r
			role:slave\r
			master_host:127.0.0.1\r
			master_port:17100\r
			master_link_status:down\r
			master_last_io_seconds_ago:0\r
			master_sync_in_progress:1\r
			slave_read_repl_offset:1\r
			slave_repl_offset:1\r
			master_sync_total_bytes:0\r
			master_sync_read_bytes:1065872\r
			master_sync_left_bytes:-1065872\r
			master_sync_perc:-0.00\r
			master_sync_last_io_seconds_ago:0\r
			master_link_down_since_seconds:-1\r
			connected_slaves:0\r
			master_replid:084ff790e24fa711a2bc1a17828f2530d8d877e5\r
			master_repl_offset:0\r
			""";

	static Stream<Arguments> answers() {
		return Stream.of(
				Arguments.of(REDIS_7_PRIMARY,
						new ReplicationStatus(NodeRole.PRIMARY, "3f64fab942279697b9cf61bea4e63bf925e0d80e", 4256,
								LinkStatus.UP, null,
								List.of(new NodeAddress("127.0.0.1", 17101),
										new NodeAddress("replica-2.example.com", 17102)),
								"084ff790e24fa711a2bc1a17828f2530d8d877e5", 89)),
				Arguments.of(VALKEY_8_PRIMARY,
						new ReplicationStatus(NodeRole.PRIMARY, "7d87a89239325776a9791a59d026cc1d99699081", 0,
								LinkStatus.UP, null, List.of(new NodeAddress("::1", 17301)))),
				Arguments.of(LONELY_PRIMARY,
						new ReplicationStatus(NodeRole.PRIMARY, "f8160a1124b61de1db6244b56d305ae930bb1b99", 0,
								LinkStatus.UP, null, List.of())),
				Arguments.of(REDIS_8_REPLICA,
						new ReplicationStatus(NodeRole.REPLICA, "39e9be3d9541b6a6a2f519d666523ba2f41a2a68", 1234,
								LinkStatus.UP, new NodeAddress("127.0.0.1", 17200), List.of())),
				Arguments.of(VALKEY_8_REPLICA_LINK_DOWN,
						new ReplicationStatus(NodeRole.REPLICA, "7d87a89239325776a9791a59d026cc1d99699081", 0,
								LinkStatus.DOWN, new NodeAddress("127.0.0.1", 17300), List.of())),
				Arguments.of(REDIS_7_REPLICA_SYNCHRONIZING,
						new ReplicationStatus(NodeRole.REPLICA, "084ff790e24fa711a2bc1a17828f2530d8d877e5", 1,
								LinkStatus.SYNCHRONIZING, new NodeAddress("127.0.0.1", 17100), List.of())));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void anAnswerIsUnderstood(String answer, ReplicationStatus expected) {
		assertThat(ReplicationStatus.parse(answer)).isEqualTo(expected);
	}

	@Test
	void aReplicaThatHoldsNoAddressableUpstreamHasNone() {
		String answer = REDIS_8_REPLICA.replace("master_host:127.0.0.1", "master_host:");
		assertThat(ReplicationStatus.parse(answer).upstream()).isNull();
	}

	@Test
	void anEntryWithoutAUsableAddressCostsThatEntryOnly() {
		String answer = REDIS_7_PRIMARY.replace("port=17101", "port=70000");
		assertThat(ReplicationStatus.parse(answer).attachedReplicas())
			.containsExactly(new NodeAddress("replica-2.example.com", 17102));
	}

	@Test
	void aReplicaMayHideFromClients() {
		assertThat(ReplicationStatus.parse(REDIS_8_REPLICA).announced()).isTrue();
		assertThat(ReplicationStatus.parse(REDIS_8_REPLICA + "replica_announced:0\r\n").announced()).isFalse();
		assertThat(ReplicationStatus.parse(REDIS_8_REPLICA + "replica_announced:1\r\n").announced()).isTrue();
	}

	@Test
	void attachedReplicasThatAnnounceNoPortAreLeftOut() {
		String answer = REDIS_7_PRIMARY.replace("port=17101", "port=0");
		assertThat(ReplicationStatus.parse(answer).attachedReplicas())
			.containsExactly(new NodeAddress("replica-2.example.com", 17102));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "# Replication", "role:master", "master_replid:39e9be3d9541b6a6a2f519d666523ba2f41a2a68" })
	void anAnswerWithoutRoleOrReplicationIdIsRefused(String answer) {
		assertThatIllegalArgumentException().isThrownBy(() -> ReplicationStatus.parse(answer))
			.withMessage("INFO replication names neither role nor replication ID");
	}

	@Test
	void statusesAreTheSameApartFromTheOffset() {
		ReplicationStatus status = ReplicationStatus.parse(REDIS_8_REPLICA);
		assertThat(status.isSameApartFromOffset(parse("slave_repl_offset:1234", "slave_repl_offset:1235"))).isTrue();
		assertThat(status.isSameApartFromOffset(null)).isFalse();
		assertThat(status.isSameApartFromOffset(parse("role:slave", "role:master"))).isFalse();
		assertThat(status.isSameApartFromOffset(parse("master_replid:39", "master_replid:93"))).isFalse();
		assertThat(status.isSameApartFromOffset(parse("status:up", "status:down"))).isFalse();
		assertThat(status.isSameApartFromOffset(parse("replid2:0", "replid2:1"))).isFalse();
		assertThat(status.isSameApartFromOffset(parse("second_repl_offset:-1", "second_repl_offset:7"))).isFalse();
		assertThat(status.isSameApartFromOffset(parse("master_port:17200", "master_port:17201"))).isFalse();
		assertThat(status.isSameApartFromOffset(
				parse("connected_slaves:0", "slave0:ip=127.0.0.1,port=17101,state=online,offset=0,lag=1")))
			.isFalse();
	}

	private static ReplicationStatus parse(String field, String replacement) {
		return ReplicationStatus.parse(REDIS_8_REPLICA.replace(field, replacement));
	}

}
