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
import java.util.List;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application whose user may not ask for the replication state.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
@ExtendWith(OutputCaptureExtension.class)
class RefusedInfoIntegrationTests {

	private final ReplicatedRedis redis;

	RefusedInfoIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void thePrimaryServesEveryReadAndTheLogSaysOnceWhatToGrant(CapturedOutput output) {
		this.redis.nodes()
			.forEach((node) -> this.redis.execute(node, "ACL", "SETUSER", "limited", "on", ">secret", "~*", "&*",
					"+@all", "-info"));
		RedisSentinelConfiguration configuration = TestFactories.sentinelConfiguration(this.redis);
		configuration.setUsername("limited");
		configuration.setPassword("secret");
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(configuration,
				TestFactories.clientConfiguration());
		try {
			factory.afterPropertiesSet();
			StringRedisTemplate template = new StringRedisTemplate(factory);
			template.opsForValue().set("key", "value");
			await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(output).contains("INFO is refused"));
			for (int i = 0; i < 20; i++) {
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
			}
			for (ReadRequirement requirement : List.of(ReadRequirement.consistent(),
					ReadRequirement.maxStaleness(Duration.ofSeconds(1)))) {
				assertThat(RoutingContext.call(requirement, () -> template.opsForValue().get("key")))
					.isEqualTo("value");
			}
			try (RoutingContext.Scope scope = factory.getConsistencySessions().open().bind()) {
				assertThat(RoutingContext.call(ReadRequirement.consistent(), () -> template.opsForValue().get("key")))
					.isEqualTo("value");
			}
			assertThat(this.redis.commandsServed(this.redis.primary(), "get")).isEqualTo(23);
			assertThat(output).containsOnlyOnce("INFO is refused")
				.contains(this.redis.nodes().stream().map(RedisNode::address).toList())
				.contains("NOPERM", "add +info")
				.doesNotContain("secret");
		}
		finally {
			factory.destroy();
			this.redis.nodes().forEach((node) -> this.redis.execute(node, "ACL", "DELUSER", "limited"));
		}
	}

}
