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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

import io.lagwise.replication.NodeAddress;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One Sentinel of four is wrong, under the highest epoch of all, and is asked first.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class DisagreeingSentinelsIntegrationTests {

	private final ReplicatedRedis redis;

	private final ScriptedServer wrong = ScriptedServer.start();

	DisagreeingSentinelsIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void close() {
		this.wrong.close();
	}

	@Test
	void aDeadNodeThatOneOfThemNamesHidesNoPrimary() throws IOException {
		try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			unused.close();
			name(new NodeAddress("127.0.0.1", unused.getLocalPort()));
		}
		ReplicaAwareConnectionFactory factory = start();
		try {
			TestFactories.templateWithValue(factory, this.redis);
			assertThat(this.redis.execute(this.redis.primary(), "GET", "key")).isEqualTo("value");
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void aForeignNodeThatOneOfThemNamesGetsNothing(CapturedOutput output) {
		try (ReplicatedRedis foreign = ReplicatedRedis.builder()
			.replicas(0)
			.sentinels(0)
			.topology(Topology.STANDALONE)
			.start()) {
			name(address(this.redis.primary()));
			ReplicaAwareConnectionFactory factory = start();
			try {
				StringRedisTemplate template = TestFactories.templateWithValue(factory, this.redis);
				name(address(foreign.primary()));
				await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
					template.opsForValue().increment("counter");
					assertThat(output).contains("The Sentinels disagree on the primary of 'lagwise': ")
						.contains(this.wrong.address() + " names " + foreign.primary().address() + " (epoch 99)")
						.contains("In charge is " + this.redis.primary().address());
				});
				assertThat(foreign.execute(foreign.primary(), "DBSIZE")).isEqualTo("0");
				assertThat(factory.getReadableReplicas()).hasSize(2);
			}
			finally {
				factory.destroy();
			}
		}
	}

	private void name(NodeAddress primary) {
		String port = String.valueOf(primary.port());
		this.wrong.answer("SENTINEL GET-MASTER-ADDR-BY-NAME", ScriptedServer.texts(primary.host(), port))
			.answer("SENTINEL MASTER ", ScriptedServer.texts("ip", primary.host(), "port", port, "config-epoch", "99"))
			.answer("SENTINEL REPLICAS", ScriptedServer.list());
	}

	private ReplicaAwareConnectionFactory start() {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master(this.redis.masterName())
			.sentinel(this.wrong.address().host(), this.wrong.address().port());
		this.redis.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return TestFactories.started(
				new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration()), this.redis,
				(factory) -> {
				});
	}

	private static NodeAddress address(RedisNode node) {
		return new NodeAddress(node.host(), node.port());
	}

}
