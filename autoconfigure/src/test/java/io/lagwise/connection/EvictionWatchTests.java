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

import java.util.Map;

import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EvictionWatch}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EvictionWatchTests {

	private static final String LIMITED = "maxmemory:1048576\r\nmaxmemory_policy:allkeys-lru\r\n";

	private final EvictionWatch watch = new EvictionWatch(new NodeAddress("replica", 6379));

	@Test
	void aReplicaWithoutLimitEvictsNothing() {
		assertThat(this.watch.isLimited("maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n")).isFalse();
		assertThat(this.watch.isLimited("maxmemory:1048576\r\nmaxmemory_policy:noeviction\r\n")).isFalse();
		assertThat(this.watch.isEvicting()).isFalse();
	}

	@Test
	void aReplicaWithALimitCountsAsEvictingUntilItsSettingIsKnown() {
		assertThat(this.watch.isLimited(LIMITED)).isTrue();
		assertThat(this.watch.isEvicting()).isTrue();
		this.watch.setting(Map.of("replica-ignore-maxmemory", "yes"));
		assertThat(this.watch.isEvicting()).isFalse();
		assertThat(this.watch.isLimited(LIMITED)).isTrue();
		assertThat(this.watch.isEvicting()).isFalse();
	}

	@Test
	void aReplicaThatDoesNotLeaveEvictingToItsPrimaryIsNamedOnceWithTheWayOut(CapturedOutput output) {
		this.watch.isLimited(LIMITED);
		assertThat(output).doesNotContain("evicts keys");
		for (int i = 0; i < 3; i++) {
			this.watch.isLimited(LIMITED);
			this.watch.setting(Map.of("replica-ignore-maxmemory", "no"));
		}
		assertThat(this.watch.isEvicting()).isTrue();
		assertThat(output).containsOnlyOnce("Replica replica:6379 evicts keys on its own")
			.contains("Set replica-ignore-maxmemory yes");
		this.watch.isLimited("maxmemory:0\r\n");
		assertThat(this.watch.isEvicting()).isFalse();
	}

	@Test
	void aReplicaThatRefusesToTellIsJudgedByWhatItHasEvictedSince() {
		this.watch.isLimited(LIMITED);
		this.watch.setting(Map.of());
		assertThat(this.watch.isEvicting()).isFalse();
		this.watch.statistics("evicted_keys:7\r\n");
		this.watch.isLimited(LIMITED);
		this.watch.statistics("evicted_keys:7\r\n");
		assertThat(this.watch.isEvicting()).isFalse();
		this.watch.statistics("evicted_keys:8\r\n");
		assertThat(this.watch.isEvicting()).isTrue();
	}

}
