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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What two instances of an application leave behind that have changed the same entities
 * at random, with replicas that get everything late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true, config = "notify-keyspace-events Ex")
class RepositoryIndexIntegrationTests {

	private final ReplicatedRedis redis;

	private final StoredPeople stored;

	RepositoryIndexIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.stored = StoredPeople.of(redis);
	}

	@BeforeEach
	void delay() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
	}

	@AfterEach
	void disconnect() {
		this.stored.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2 })
	void indexesHoldWhatTheEntitiesHold(long seed) throws Exception {
		try (RepositoryApplication one = RepositoryApplication.lagwise(this.redis);
				RepositoryApplication other = RepositoryApplication.lagwise(this.redis)) {
			assertThat(new RepositoryWorkload(List.of(one, other), seed, 150).run()).as("seed %d", seed).isEmpty();
			assertThat(this.stored.contradictions(RepositoryWorkload::stays)).as("seed %d", seed).isEmpty();
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(this.stored.keys()).as("seed %d", seed)
					.noneMatch(RepositoryWorkload::belongsToOneThatExpires));
			assertThat(this.stored.contradictions((id) -> true)).as("seed %d", seed).isEmpty();
			assertThat(one.expired()).isNotEmpty();
		}
	}

	/**
	 * The control: Spring's own reads from replicas leave wrong entries in indexes.
	 */
	@Test
	void indexesHoldSomethingElseWithoutLagwise() throws Exception {
		try (RepositoryApplication one = RepositoryApplication.plain(this.redis);
				RepositoryApplication other = RepositoryApplication.plain(this.redis)) {
			new RepositoryWorkload(List.of(one, other), 1, 50).run();
			assertThat(this.stored.contradictions(RepositoryWorkload::stays)).isNotEmpty();
		}
	}

}
