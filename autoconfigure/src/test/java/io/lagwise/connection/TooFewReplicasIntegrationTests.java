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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.RedisOperations;
import org.springframework.data.redis.core.SessionCallback;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of writes that the primary refuses because it has too few replicas, as
 * right after a failover.
 */
@WithReplicatedRedis(replicas = 1, sentinels = 0, topology = Topology.STATIC)
class TooFewReplicasIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private static final RedisScript<Long> SCRIPT = RedisScript.of("return redis.call('incr', KEYS[1])", Long.class);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	TooFewReplicasIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void aWriteWaitsForTheReplicas() {
		connect(LIMIT);
		loseReplica();
		CompletableFuture<Long> write = CompletableFuture
			.supplyAsync(() -> this.template.opsForValue().increment("counter"));
		awaitRefusals(2);
		assertThat(write).isNotDone();
		this.redis.healReplication(this.redis.replicas().get(0));
		assertThat(write).succeedsWithin(LIMIT).isEqualTo(1L);
	}

	@Test
	void aWriteInAScopeWaitsForTheReplicasAndIsConfirmed() {
		connect(LIMIT);
		loseReplica();
		CompletableFuture<Void> write = CompletableFuture.runAsync(() -> {
			try (WriteScope scope = WriteScope.open(new WriteRequirement(1, LIMIT, OnShortfall.FAIL))) {
				this.template.opsForValue().increment("counter");
				scope.confirm();
			}
		});
		awaitRefusals(2);
		assertThat(write).isNotDone();
		RedisNode replica = this.redis.replicas().get(0);
		this.redis.healReplication(replica);
		assertThat(write).succeedsWithin(LIMIT);
		assertThat(this.redis.execute(replica, "GET", "counter")).isEqualTo("1");
	}

	@Test
	void whereTheReplicasStayAwayTheRefusalIsTheAnswer() {
		connect(Duration.ofSeconds(2));
		loseReplica();
		assertThatException().isThrownBy(() -> this.template.opsForValue().increment("counter"))
			.havingRootCause()
			.withMessageStartingWith("NOREPLICAS");
		assertThat(this.redis.execute(this.redis.primary(), "EXISTS", "counter")).isEqualTo("0");
	}

	@Test
	void scriptsAndTransactionsGetTheAnswerAtOnce() {
		connect(Duration.ofMinutes(5));
		loseReplica();
		assertThat(CompletableFuture.supplyAsync(() -> this.template.execute(SCRIPT, List.of("counter"))))
			.failsWithin(LIMIT)
			.withThrowableThat()
			.havingRootCause()
			.withMessageStartingWith("NOREPLICAS");
		assertThat(CompletableFuture.supplyAsync(() -> this.template.execute(new SessionCallback<List<Object>>() {

			@Override
			@SuppressWarnings("unchecked")
			public <K, V> List<Object> execute(RedisOperations<K, V> operations) {
				operations.multi();
				operations.opsForValue().increment((K) "counter");
				return operations.exec();
			}

		}))).failsWithin(LIMIT).withThrowableThat().havingRootCause().withMessageStartingWith("EXECABORT");
		assertThat(this.redis.execute(this.redis.primary(), "EXISTS", "counter")).isEqualTo("0");
	}

	private void connect(Duration commandTimeout) {
		this.factory = TestFactories.fixed(this.redis, TestFactories.clientConfiguration(commandTimeout));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	private void loseReplica() {
		this.redis.execute(this.redis.primary(), "CONFIG", "SET", "min-replicas-to-write", "1");
		this.redis.disconnectReplication(this.redis.replicas().get(0));
		await().atMost(LIMIT).until(() -> info("replication").contains("min_slaves_good_slaves:0"));
	}

	private void awaitRefusals(int count) {
		await().atMost(LIMIT)
			.until(() -> info("errorstats").lines()
				.anyMatch((line) -> line.matches("errorstat_NOREPLICAS:count=\\d+")
						&& Integer.parseInt(line.replaceAll("\\D+", "")) >= count));
	}

	private String info(String section) {
		return Objects.requireNonNull(this.redis.execute(this.redis.primary(), "INFO", section));
	}

}
