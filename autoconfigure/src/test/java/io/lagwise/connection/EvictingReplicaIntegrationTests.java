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
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * A replica that evicts keys on its own, as with {@code replica-ignore-maxmemory no}.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 3)
class EvictingReplicaIntegrationTests {

	private static final int KEYS = 300;

	private final ReplicatedRedis redis;

	private final RedisNode replica;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	EvictingReplicaIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.replica = redis.replicas().get(0);
	}

	@BeforeEach
	void evict() {
		for (int i = 0; i < KEYS; i++) {
			this.redis.execute(this.redis.primary(), "SET", "key:" + i, "value");
			this.redis.execute(this.redis.primary(), "HSET", "hash:" + i, "field", "value");
		}
		this.redis.awaitInSync();
		set("maxmemory-policy", "allkeys-random");
		set("replica-ignore-maxmemory", "no");
		set("maxmemory", "1mb");
		await().atMost(Duration.ofSeconds(30)).until(() -> size() < KEYS);
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
					.withMaxLag(Duration.ZERO)
					.withAttemptTimeout(Duration.ofSeconds(1)));
		this.template = new StringRedisTemplate(this.factory);
		await().atMost(Duration.ofSeconds(30)).until(() -> this.template.opsForValue().get("key:1") != null);
		this.redis.resetStatistics();
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
		set("maxmemory", "0");
		set("maxmemory-policy", "noeviction");
		set("replica-ignore-maxmemory", "yes");
	}

	static Stream<ReadRequirement> levels() {
		return Stream.of(ReadRequirement.anyReplica(), ReadRequirement.ownWrites(), ReadRequirement.consistent(),
				ReadRequirement.maxStaleness(Duration.ofSeconds(5)));
	}

	@ParameterizedTest
	@MethodSource("levels")
	void nothingThatIsAtThePrimaryIsMissing(ReadRequirement level) {
		try (RoutingContext.Scope scope = RoutingContext.open(level)) {
			for (int i = 0; i < KEYS; i++) {
				assertThat(this.template.opsForValue().get("key:" + i)).as("key:" + i).isEqualTo("value");
				assertThat(this.template.opsForHash().entries("hash:" + i)).isEqualTo(Map.of("field", "value"));
				assertThat(this.template.opsForHash().size("hash:" + i)).isOne();
			}
			assertThat(this.template.opsForValue().get("absent")).isNull();
		}
		assertThat(this.redis.commandsServed(this.replica, "get")).isPositive();
	}

	@Test
	void readsOfSeveralKeysThatNeedAProofComeFromThePrimary() {
		List<String> keys = IntStream.range(0, KEYS).mapToObj((i) -> "key:" + i).toList();
		assertThat(RoutingContext.call(ReadRequirement.consistent(), () -> this.template.opsForValue().multiGet(keys)))
			.containsOnly("value");
		assertThat(RoutingContext.call(ReadRequirement.ownWrites(), () -> this.template.opsForValue().multiGet(keys)))
			.containsOnly("value");
	}

	@Test
	void aConsistentReadWithoutFallbackFailsRatherThanFindNothing() {
		ReadRequirement requirement = ReadRequirement.consistent().and(ReadRequirement.anyReplica(Fallback.NONE));
		assertThatExceptionOfType(NoEligibleReplicaException.class)
			.isThrownBy(() -> RoutingContext.call(requirement, () -> this.template.opsForValue().get("absent")))
			.withMessageContaining("evicts keys on its own");
	}

	private int size() {
		return Integer.parseInt(String.valueOf(this.redis.execute(this.replica, "DBSIZE")));
	}

	private void set(String setting, String value) {
		this.redis.execute(this.replica, "CONFIG", "SET", setting, value);
	}

}
