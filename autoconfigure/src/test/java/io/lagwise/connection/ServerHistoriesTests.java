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

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ServerHistories}.
 */
class ServerHistoriesTests {

	@Test
	void theSamePrimaryAndASentinelInCommonAreTheSameServers() {
		ServerHistories histories = ServerHistories.of("", sentinels("orders", "s1", "s2"));
		assertThat(ServerHistories.of("", sentinels("orders", "S2", "s3"))).isSameAs(histories);
		assertThat(ServerHistories.of("", sentinels("orders", "s3"))).isSameAs(histories);
		assertThat(ServerHistories.of("", sentinels("carts", "s1", "s2"))).isNotSameAs(histories);
		assertThat(ServerHistories.of("", sentinels("orders", "s4"))).isNotSameAs(histories);
		assertThat(ServerHistories.of("", new RedisStandaloneConfiguration("s1", 26379))).isNotSameAs(histories);
	}

	@Test
	void aNodeInCommonIsTheSameServers() {
		RedisStaticMasterReplicaConfiguration list = new RedisStaticMasterReplicaConfiguration("list-1", 6379);
		list.addNode("list-2", 6380);
		ServerHistories histories = ServerHistories.of("", list);
		assertThat(ServerHistories.of("", new RedisStandaloneConfiguration("list-2", 6380))).isSameAs(histories);
		assertThat(ServerHistories.of("", new RedisStandaloneConfiguration("list-2", 6379))).isNotSameAs(histories);
	}

	@Test
	void theNamesOfOneMachineForItselfAreOne() {
		assertThat(ServerHistories.of("", new RedisStandaloneConfiguration("127.0.0.1", 1234)))
			.isSameAs(ServerHistories.of("", new RedisStandaloneConfiguration("localhost", 1234)));
	}

	@Test
	void neitherUserNorPasswordNorDatabaseMakesOtherServers() {
		RedisStandaloneConfiguration one = new RedisStandaloneConfiguration("shared", 6379);
		RedisStandaloneConfiguration other = new RedisStandaloneConfiguration("shared", 6379);
		other.setUsername("user");
		other.setPassword("secret");
		other.setDatabase(3);
		assertThat(ServerHistories.of("", other)).isSameAs(ServerHistories.of("", one));
	}

	@Test
	void anotherApplicationHasOtherHistories() {
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("applications", 6379);
		assertThat(ServerHistories.of("other", configuration)).isNotSameAs(ServerHistories.of("", configuration))
			.isSameAs(ServerHistories.of("other", configuration));
	}

	@Test
	void eachDatabaseHasAHistoryOfItsOwn() {
		ServerHistories histories = ServerHistories.of("", null, List.of(new NodeAddress("databases", 6379)));
		SessionHistory history = histories.use(0, 1000);
		assertThat(histories.use(0, 2000)).isSameAs(history);
		assertThat(histories.use(1, 2000)).isNotSameAs(history);
		assertThat(histories).hasSize(2);
	}

	@Test
	void whoeverComesLaterCountsEverythingAsWritten() {
		ServerHistories histories = ServerHistories.of("", null, List.of(new NodeAddress("later", 6379)));
		SessionHistory history = histories.use(0, 1000);
		assertThat(history.hasEveryWrite(1500)).isTrue();
		histories.use(0, 2000);
		assertThat(history.hasEveryWrite(1500)).isFalse();
		assertThat(history.hasEveryWrite(2500)).isTrue();
	}

	@Test
	void whatIsSharedLastsAsLongAsItsUsersAndNoLonger() {
		NodeAddress node = new NodeAddress("collected", 6379);
		SessionHistory history = ServerHistories.of("", null, List.of(node)).use(0, 1000);
		WriteLedger user = new WriteLedger(history, ServerHistories.of("", null, List.of(node)),
				new AcknowledgedWrites(), () -> null, System::nanoTime);
		collectGarbage();
		assertThat(ServerHistories.of("", null, List.of(node)).use(0, 2000)).isSameAs(history);
		Reference.reachabilityFence(user);
		user = null;
		collectGarbage();
		assertThat(ServerHistories.of("", null, List.of(node)).use(0, 3000)).isNotSameAs(history);
	}

	private static void collectGarbage() {
		WeakReference<Object> canary = new WeakReference<>(new Object());
		await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc();
			return canary.get() == null;
		});
	}

	private static RedisSentinelConfiguration sentinels(String primary, String... hosts) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master(primary);
		List.of(hosts).forEach((host) -> configuration.sentinel(host, 26379));
		return configuration;
	}

}
