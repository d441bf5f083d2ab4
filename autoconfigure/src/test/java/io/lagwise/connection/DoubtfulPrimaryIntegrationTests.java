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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Reads of a session while nobody can tell what has become of the primary, and nothing
 * takes its place.
 */
@WithReplicatedRedis(replicas = 1, topology = Topology.STATIC)
class DoubtfulPrimaryIntegrationTests {

	private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

	private final ReplicatedRedis redis;

	DoubtfulPrimaryIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@Test
	void aReadThatNobodyWaitsForEndsWhenItsTimeIsUp() {
		ReplicaAwareConnectionFactory factory = TestFactories.fixed(this.redis,
				TestFactories.clientConfiguration(Duration.ofSeconds(2)));
		try {
			CompletableFuture<byte[]> read = readInDoubt(factory);
			assertThat(read.handle((value, failure) -> failure)).succeedsWithin(Duration.ofSeconds(30))
				.isInstanceOf(RedisCommandTimeoutException.class);
		}
		finally {
			factory.destroy();
		}
	}

	@Test
	void noReadOutlivesTheFactory() {
		ReplicaAwareConnectionFactory factory = TestFactories.fixed(this.redis,
				TestFactories.clientConfiguration(Duration.ofMinutes(5)));
		CompletableFuture<byte[]> read;
		try {
			read = readInDoubt(factory);
			assertThat(read).isNotDone();
		}
		finally {
			factory.destroy();
		}
		assertThat(read.handle((value, failure) -> failure)).succeedsWithin(Duration.ofSeconds(30))
			.isInstanceOf(RedisException.class);
	}

	@SuppressWarnings("unchecked")
	private CompletableFuture<byte[]> readInDoubt(ReplicaAwareConnectionFactory factory) {
		TestFactories.templateWithValue(factory, this.redis);
		ConsistencySession session = factory.getConsistencySessions().open();
		RedisConnection connection = factory.getConnection();
		this.redis.kill(this.redis.primary());
		await().atMost(Duration.ofSeconds(30)).until(() -> isInDoubt(session));
		try (RoutingContext.Scope scope = session.bind()) {
			RedisClusterAsyncCommands<byte[], byte[]> commands = (RedisClusterAsyncCommands<byte[], byte[]>) connection
				.getNativeConnection();
			return RoutingContext.call(ReadRequirement.consistent(), () -> commands.get(KEY)).toCompletableFuture();
		}
	}

	private static boolean isInDoubt(ConsistencySession session) {
		return ((DefaultConsistencySession) session).obstacle() != null;
	}

}
