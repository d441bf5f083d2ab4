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

package io.lagwise.usage;

import java.time.Duration;
import java.util.List;

import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.RedisKeyExpiredEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Entities that expire before replicas have heard of them.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true, config = "notify-keyspace-events Ex")
class ExpiredEntityIntegrationTests {

	private final ReplicatedRedis redis;

	private final StoredPeople stored;

	ExpiredEntityIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.stored = StoredPeople.of(redis);
	}

	@BeforeEach
	void delay() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofSeconds(4)));
	}

	@AfterEach
	void disconnect() {
		this.stored.close();
	}

	@Test
	void anExpiredEntityIsInItsEventAndInNoIndex() {
		try (RepositoryApplication application = RepositoryApplication.lagwise(this.redis)) {
			assertThat(expire(application).getValue()).isInstanceOfSatisfying(Person.class,
					(person) -> assertThat(person.city()).isEqualTo("Rome"));
			assertThat(this.stored.keys()).isEmpty();
		}
	}

	/**
	 * The control: with Spring's own reads from replicas it is neither.
	 */
	@Test
	void anExpiredEntityIsLostAndStaysInItsIndexesWithoutLagwise() {
		try (RepositoryApplication application = RepositoryApplication.plain(this.redis)) {
			assertThat(expire(application).getValue()).isNull();
			assertThat(this.stored.keys()).containsAll(List.of("people:city:Rome", "people:p:phantom"));
		}
	}

	private RedisKeyExpiredEvent<?> expire(RepositoryApplication application) {
		application.people().save(Person.in("p", "Rome").expiringAfter(1));
		await().atMost(Duration.ofSeconds(30)).until(() -> !application.expired().isEmpty());
		return application.expired().element();
	}

}
