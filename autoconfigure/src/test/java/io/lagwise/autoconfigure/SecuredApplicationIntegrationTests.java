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

package io.lagwise.autoconfigure;

import java.time.Duration;
import java.util.List;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A whole application on servers that ask for encryption and credentials.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, tls = true, aclUser = "shop", aclPassword = "secret of the shop",
		sentinelPassword = "secret of the Sentinels")
class SecuredApplicationIntegrationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(LagwiseAutoConfiguration.class, DataRedisAutoConfiguration.class,
				DataRedisReactiveAutoConfiguration.class, SslAutoConfiguration.class));

	@Test
	void theSslBundleAndTheUserOfTheApplicationHoldOnReplicasToo(ReplicatedRedis redis) {
		List<String> properties = redis.springProperties()
			.entrySet()
			.stream()
			.map((property) -> property.getKey() + "=" + property.getValue())
			.toList();
		assertThat(properties).contains("spring.data.redis.ssl.bundle=lagwise-testkit",
				"spring.data.redis.username=shop");
		this.contextRunner.withPropertyValues(properties.toArray(String[]::new))
			.withPropertyValues("lagwise.reads.default-requirement=any-replica")
			.run((context) -> {
				ReplicaAwareConnectionFactory factory = context.getBean(ReplicaAwareConnectionFactory.class);
				await().atMost(Duration.ofSeconds(30))
					.untilAsserted(
							() -> assertThat(factory.getReadableReplicas()).as("%s", factory.getTopology()).hasSize(2));
				StringRedisTemplate template = context.getBean(StringRedisTemplate.class);
				template.opsForValue().set("key", "value");
				redis.awaitInSync();
				redis.resetStatistics();
				assertThat(template.opsForValue().get("key")).isEqualTo("value");
				assertThat(context.getBean(ReactiveStringRedisTemplate.class)
					.opsForValue()
					.get("key")
					.block(Duration.ofSeconds(10))).isEqualTo("value");
				assertThat(redis.replicas().stream().mapToLong((replica) -> redis.commandsServed(replica, "get")).sum())
					.isEqualTo(2);
				assertThat(redis.replicas()).allSatisfy(
						(replica) -> assertThat(redis.execute(replica, "CLIENT", "LIST")).contains("user=shop"));
			});
	}

}
