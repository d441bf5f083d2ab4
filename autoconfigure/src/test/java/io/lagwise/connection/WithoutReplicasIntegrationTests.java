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

import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A single node serves everything.
 */
@WithReplicatedRedis(replicas = 0, sentinels = 0, topology = Topology.STANDALONE)
@ExtendWith(OutputCaptureExtension.class)
class WithoutReplicasIntegrationTests {

	@Test
	void everythingWorksFromThePrimaryAndTheLogSaysSoOnce(ReplicatedRedis redis, CapturedOutput output) {
		ReplicaAwareConnectionFactory factory = TestFactories.standalone(redis, redis.primary());
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			template.opsForValue().set("key", "value");
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
			redis.restartEmpty(redis.primary());
			await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> !template.hasKey("key"));
			TestFactories.awaitReadsFrom(factory, 0);
			assertThat(output).containsOnlyOnce("No replica is known: the primary serves every read");
		}
		finally {
			factory.destroy();
		}
	}

}
