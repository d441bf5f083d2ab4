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

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is read after writes over reactive connections that are not shared, by those who
 * ask for nothing.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class ReactiveWritesIntegrationTests {

	private static final int ROUNDS = 20;

	private final ReplicatedRedis redis;

	private final ReplicaAwareConnectionFactory factory;

	private final StringRedisTemplate template;

	private final ReactiveStringRedisTemplate reactive;

	ReactiveWritesIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.factory = Factories.lagwise(redis);
		this.template = new StringRedisTemplate(this.factory);
		this.reactive = new ReactiveStringRedisTemplate(this.factory);
	}

	@BeforeEach
	void delay() {
		Factories.delayReplicas(this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@Test
	void writesAreSeenWhereConnectionsAreNotShared() {
		this.factory.stop();
		this.factory.setShareNativeConnection(false);
		this.factory.start();
		Factories.awaitReadsFromReplicas(this.factory, this.redis);
		int stale = 0;
		for (int i = 0; i < ROUNDS; i++) {
			String value = "value " + i;
			this.reactive.opsForValue().set("key", value).block();
			stale += value.equals(this.template.opsForValue().get("key")) ? 0 : 1;
		}
		assertThat(stale).isZero();
	}

	@Test
	void whatABlockingCommandHasMovedIsSeen() {
		for (int i = 0; i < ROUNDS; i++) {
			this.template.opsForList().rightPush("from", "value " + i);
		}
		this.redis.awaitInSync();
		int stale = 0;
		for (int i = 0; i < ROUNDS; i++) {
			this.reactive.opsForList().rightPopAndLeftPush("from", "to", Duration.ofSeconds(5)).block();
			Long moved = this.template.opsForList().size("to");
			stale += (moved != null && moved == i + 1) ? 0 : 1;
		}
		assertThat(stale).isZero();
	}

}
