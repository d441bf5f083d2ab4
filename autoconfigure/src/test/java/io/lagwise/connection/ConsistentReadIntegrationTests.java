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

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Reads that must see their own writes, with replicas that get them late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class ConsistentReadIntegrationTests {

	private static final int ROUNDS = 300;

	private final ReplicatedRedis redis;

	private final Reasons reasons = new Reasons();

	private final List<ReplicaAwareConnectionFactory> factories = new ArrayList<>();

	ConsistentReadIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void delay() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(5)));
	}

	@AfterEach
	void disconnect() {
		this.factories.forEach(ReplicaAwareConnectionFactory::destroy);
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@ParameterizedTest
	@EnumSource
	void aConsistentReadSeesWhatWasJustWritten(ConsistencyEnforcement enforcement) {
		StringRedisTemplate template = template(
				ReplicaReadOptions.DEFAULTS.withConsistencyEnforcement(enforcement));
		assertThat(staleReads(template, ReadRequirement.anyReplica())).isGreaterThan(ROUNDS / 2);
		assertThat(staleReads(template, ReadRequirement.consistent())).isZero();
		System.out.println(enforcement + " " + this.reasons);
	}

	private int staleReads(StringRedisTemplate template, ReadRequirement requirement) {
		int stale = 0;
		for (int i = 0; i < ROUNDS; i++) {
			String key = "key:" + i % 7;
			String value = requirement + " " + i;
			template.opsForValue().set(key, value);
			stale += value.equals(read(requirement, () -> template.opsForValue().get(key))) ? 0 : 1;
		}
		return stale;
	}

	private static <T> T read(ReadRequirement requirement, Supplier<T> read) {
		return RoutingContext.call(requirement, read);
	}

	private StringRedisTemplate template(ReplicaReadOptions options) {
		ReplicaAwareConnectionFactory factory = TestFactories.sentinel(this.redis,
				options.withRampUp(Duration.ZERO).withReadListener(this.reasons));
		this.factories.add(factory);
		return TestFactories.templateWithValue(factory, this.redis);
	}

	/**
	 * Counts why reads went where they went.
	 */
	private static final class Reasons implements ReadListener {

		private final Map<RoutingReason, LongAdder> counts = new ConcurrentHashMap<>();

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			this.counts.computeIfAbsent(reason, (it) -> new LongAdder()).increment();
		}

		@Override
		public String toString() {
			return this.counts.toString();
		}

	}

}
