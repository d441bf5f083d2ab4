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
import java.util.concurrent.CompletableFuture;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Writes to a primary that is restarted and takes a millisecond to load each of its keys.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC,
		config = { "key-load-delay 1000", "loading-process-events-interval-bytes 1024" })
class LoadingPrimaryIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final ReplicatedRedis redis;

	LoadingPrimaryIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void aWriteWaitsUntilThePrimaryHasLoaded() {
		ReplicaAwareConnectionFactory factory = TestFactories.fixed(this.redis,
				TestFactories.clientConfiguration(LIMIT));
		try {
			StringRedisTemplate template = new StringRedisTemplate(factory);
			template.opsForValue().increment("counter");
			RedisNode primary = this.redis.primary();
			this.redis.execute(primary, "EVAL", "for i = 1, 3000 do redis.call('set', 'key-' .. i, i) end", "0");
			CompletableFuture<Void> restart = CompletableFuture.runAsync(() -> this.redis.restart(primary));
			await().atMost(LIMIT)
				.ignoreExceptions()
				.until(() -> this.redis.execute(primary, "INFO", "persistence").contains("loading:1"));
			assertThat(template.opsForValue().increment("counter")).isEqualTo(2);
			assertThat(this.redis.execute(primary, "INFO", "errorstats")).contains("errorstat_LOADING");
			assertThat(restart).succeedsWithin(LIMIT);
		}
		finally {
			factory.destroy();
		}
	}

}
