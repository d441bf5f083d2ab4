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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.lagwise.consistency.SessionTokens;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import io.lagwise.routing.SessionLostException;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What applications are told when a failover has destroyed acknowledged writes, and when
 * it has not.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class LostWritesIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final ReplicatedRedis redis;

	private final List<ReplicationEvent> events = new CopyOnWriteArrayList<>();

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	LostWritesIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO)
					.withReplicationListener(this.events::add)
					.withSessionTokens(SessionTokens.hmacSha256("0123456789abcdef0123456789abcdef", Duration.ofHours(1),
							Clock.systemUTC())));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void whoeverHasSeenALostWriteIsToldOnceAndGoesOn() {
		ConsistencySession writer = this.factory.getConsistencySessions().open();
		ConsistencySession bystander = this.factory.getConsistencySessions().open();
		bound(bystander, () -> consistently("key"));
		awaitPoll();
		this.redis.replicas().forEach(this.redis::cutReplication);
		bound(writer, () -> {
			this.template.opsForValue().set("lost", "before the poll");
			return null;
		});
		String token = writer.token();
		bound(writer, () -> {
			this.template.opsForValue().set("lost", "after the poll");
			return null;
		});
		assertThat(writer.token()).isNotEqualTo(token);
		// two more answers, so that the last of what was written before is counted
		this.factory.getConsistencySessions().open().token();
		this.factory.getConsistencySessions().open().token();
		WritesAssessedEvent assessment = failOver();
		assertThat(assessment.fate()).as(assessment.reason()).isEqualTo(WriteFate.LOST);
		assertThat(assessment.atRisk()).isBetween(2L, 10L);
		assertThatExceptionOfType(SessionLostException.class)
			.isThrownBy(() -> bound(writer, () -> consistently("key")));
		assertThat(bound(writer, () -> consistently("lost"))).isNull();
		assertThat(bound(bystander, () -> consistently("key"))).isEqualTo("value");
		ConsistencySession resumed = this.factory.getConsistencySessions().resume(token);
		assertThatExceptionOfType(SessionLostException.class)
			.isThrownBy(() -> bound(resumed, () -> consistently("key")));
		assertThat(bound(resumed, () -> consistently("key"))).isEqualTo("value");
		assertThat(this.events).filteredOn(SessionLostEvent.class::isInstance).hasSize(2);
	}

	@Test
	void nobodyIsAlarmedWhenAllWritesAreKept() {
		ConsistencySession session = this.factory.getConsistencySessions().open();
		bound(session, () -> {
			this.template.opsForValue().set("kept", "value");
			return null;
		});
		String token = session.token();
		this.redis.awaitInSync();
		awaitPoll();
		WritesAssessedEvent assessment = failOver();
		assertThat(assessment.fate()).as(assessment.reason()).isEqualTo(WriteFate.KEPT);
		assertThat(assessment.atRisk()).isZero();
		assertThat(bound(session, () -> consistently("kept"))).isEqualTo("value");
		ConsistencySession resumed = this.factory.getConsistencySessions().resume(token);
		assertThat(bound(resumed, () -> consistently("kept"))).isEqualTo("value");
		assertThat(this.events).noneMatch(SessionLostEvent.class::isInstance);
	}

	/**
	 * Wait until the primary has answered a poll that was sent after everything so far,
	 * and the replicas have what it said.
	 */
	private void awaitPoll() {
		this.factory.getConsistencySessions().open().token();
		this.factory.getConsistencySessions().open().token();
		this.redis.awaitInSync();
	}

	private WritesAssessedEvent failOver() {
		this.redis.kill(this.redis.primary());
		await().atMost(LIMIT).until(() -> this.events.stream().anyMatch(WritesAssessedEvent.class::isInstance));
		this.redis.replicas().forEach(this.redis::healReplication);
		return this.events.stream()
			.filter(WritesAssessedEvent.class::isInstance)
			.map(WritesAssessedEvent.class::cast)
			.findFirst()
			.orElseThrow();
	}

	private @Nullable String consistently(String key) {
		return RoutingContext.call(ReadRequirement.consistent(), () -> this.template.opsForValue().get(key));
	}

	private static <T extends @Nullable Object> T bound(ConsistencySession session, Supplier<T> action) {
		try (RoutingContext.Scope scope = session.bind()) {
			return action.get();
		}
	}

}
