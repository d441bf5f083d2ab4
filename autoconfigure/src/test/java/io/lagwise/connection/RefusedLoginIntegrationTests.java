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

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One replica that refuses the password of the application.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, aclUser = "app", aclPassword = "secret of the app")
@ExtendWith(OutputCaptureExtension.class)
class RefusedLoginIntegrationTests {

	private final ReplicatedRedis redis;

	private final RedisNode locked;

	private ReplicaAwareConnectionFactory factory;

	RefusedLoginIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.locked = redis.replicas().get(0);
	}

	@BeforeEach
	void changeThePasswordOfOneReplica() {
		this.redis.execute(this.locked, "ACL", "SETUSER", "app", "resetpass", ">another secret");
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
		configuration.setUsername("app");
		configuration.setPassword("secret of the app");
		this.factory = new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration());
		this.factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withDefaultRequirement(ReadRequirement.anyReplica()));
	}

	@AfterEach
	void changeItBack() {
		this.factory.destroy();
		accept();
	}

	@Test
	void isNamedOnceAndTheOtherServesUntilTheLoginIsAccepted(CapturedOutput output) {
		this.factory.afterPropertiesSet();
		awaitLockedOut();
		StringRedisTemplate template = new StringRedisTemplate(this.factory);
		template.opsForValue().set("key", "value");
		this.redis.awaitInSync();
		this.redis.resetStatistics();
		for (int i = 0; i < 50; i++) {
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(this.redis.commandsServed(this.redis.replicas().get(1), "get")).isEqualTo(50);
		accept();
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(output).containsOnlyOnce("The login is refused by " + this.locked.address() + " (WRONGPASS invalid "
				+ "username-password pair or user is disabled.): no reads until it is accepted. Check "
				+ "spring.data.redis.username and spring.data.redis.password; a node that has others needs an entry "
				+ "in lagwise.nodes, under exactly that address")
			.contains("replica " + this.locked.address() + " refuses the login")
			.doesNotContain("secret");
	}

	@Test
	void isSaidToHaveAWrongEntryWhereItHasOne(CapturedOutput output) {
		this.factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withNodeCredentials(
				NodeCredentials.NONE.with(NodeAddress.parse(this.locked.address()), "app", "mistyped secret")));
		this.factory.afterPropertiesSet();
		awaitLockedOut();
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(output).containsOnlyOnce("The login is refused by " + this.locked.address())
				.contains("Check the username and password of that address in lagwise.nodes")
				.doesNotContain("secret"));
	}

	private void awaitLockedOut() {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.factory.getTopology().replicas())
				.as("topology %s", this.factory.getTopology())
				.anySatisfy((replica) -> {
					assertThat(replica.address()).hasToString(this.locked.address());
					assertThat(replica.state()).isEqualTo(NodeState.LOCKED);
				}));
		TestFactories.awaitReadsFrom(this.factory, 1);
	}

	private void accept() {
		this.redis.execute(this.locked, "ACL", "SETUSER", "app", "resetpass", ">secret of the app");
	}

}
