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
import java.util.List;

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
import reactor.core.publisher.Flux;

import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a read notices of a replica that fails while it is being asked.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class NodeFailureIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	NodeFailureIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aReplicaThatHangsCostsNoRead() {
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.freeze(replica);
		for (int i = 0; i < 50; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
	}

	@Test
	void replicasThatHangLeaveTheReadsToThePrimary() {
		this.redis.replicas().forEach(this.redis::freeze);
		for (int i = 0; i < 20; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
	}

	@Test
	void aReplicaThatDiesCostsNoRead() {
		RedisNode replica = this.redis.replicas().get(0);
		Reader reader = Reader.start(this.template, "key");
		this.redis.kill(replica);
		TestFactories.awaitReadsFrom(this.factory, 1);
		this.redis.start(replica);
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(reader.stop()).containsExactly("value");
	}

	@Test
	void pipelinesAndReactiveReadsSurviveAReplicaThatHangs() {
		ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(this.factory);
		assertThat(reactive.opsForValue().get("key").block(Duration.ofSeconds(5))).isEqualTo("value");
		this.redis.freeze(this.redis.replicas().get(0));
		List<Object> results = this.template.executePipelined((RedisCallback<Object>) (connection) -> {
			for (int i = 0; i < 100; i++) {
				connection.stringCommands().get(bytes("key"));
			}
			return null;
		});
		assertThat(results).hasSize(100).containsOnly("value");
		assertThat(Flux.range(0, 100)
			.flatMap((i) -> reactive.opsForValue().get("key"))
			.collectList()
			.block(Duration.ofSeconds(10))).hasSize(100).containsOnly("value");
	}

	@Test
	void aReadThatMustNotFallBackFailsWithWhatHappenedAtEveryReplica() {
		this.redis.replicas().forEach(this.redis::freeze);
		assertThatExceptionOfType(NoEligibleReplicaException.class)
			.isThrownBy(() -> RoutingContext.call(ReadRequirement.anyReplica(Fallback.NONE),
					() -> this.template.opsForValue().get("key")))
			.withMessageMatching("No (node left|eligible node) for GET: .*fallback is NONE")
			.withMessageMatching("No eligible.*|.*did not answer \\(\\d+ ms\\).*")
			.satisfies((ex) -> assertThat(this.redis.replicas()).allSatisfy((replica) -> assertThat(ex)
				.hasMessageMatching(".*replica " + replica.address() + " (did not answer|was not asked|does not).*")));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
