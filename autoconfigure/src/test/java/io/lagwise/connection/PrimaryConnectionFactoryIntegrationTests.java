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
import java.util.concurrent.CompletableFuture;

import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.core.ReactiveStringRedisTemplate;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.listener.ChannelTopic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the view of a factory reads that must never see a replica.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class PrimaryConnectionFactoryIntegrationTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final byte[] KEY = "key".getBytes();

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	PrimaryConnectionFactoryIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis);
		TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.resetStatistics();
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void readsFromThePrimaryOnWhateverThread() {
		LettuceConnectionFactory view = this.factory.primaryOnly();
		StringRedisTemplate template = new StringRedisTemplate(view);
		ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(view);
		assertThat(template.opsForValue().get("key")).isEqualTo("value");
		RedisConnection connection = view.getConnection();
		CompletableFuture.runAsync(() -> connection.stringCommands().get(KEY)).join();
		connection.close();
		assertThat(reactive.opsForValue()
			.get("key")
			.publishOn(Schedulers.parallel())
			.flatMap((value) -> reactive.opsForValue().get("key"))
			.block(LIMIT)).isEqualTo("value");
		assertThat(served()).isZero();
		assertThat(view.getDatabase()).isEqualTo(this.factory.getDatabase());
		assertThat(view.getClientConfiguration()).isSameAs(this.factory.getClientConfiguration());
	}

	@Test
	void livesAsLongAsItsFactory() {
		LettuceConnectionFactory view = this.factory.primaryOnly();
		StringRedisTemplate template = new StringRedisTemplate(view);
		view.afterPropertiesSet();
		view.stop();
		view.destroy();
		assertThat(view.isRunning()).isTrue();
		assertThat(template.opsForValue().get("key")).isEqualTo("value");
		this.factory.stop();
		assertThat(view.isRunning()).isFalse();
		this.factory.start();
		assertThat(template.opsForValue().get("key")).isEqualTo("value");
		assertThat(new ReactiveStringRedisTemplate(view).opsForValue().get("key").block(LIMIT)).isEqualTo("value");
	}

	@Test
	void mayBeTakenBeforeItsFactoryHasStarted() {
		ReplicaAwareConnectionFactory later = new ReplicaAwareConnectionFactory(
				TestFactories.sentinelConfiguration(this.redis),
				LettucePoolingClientConfiguration.defaultConfiguration());
		LettuceConnectionFactory view = later.primaryOnly();
		later.start();
		try {
			StringRedisTemplate template = new StringRedisTemplate(view);
			ReactiveStringRedisTemplate reactive = new ReactiveStringRedisTemplate(view);
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
			CompletableFuture<String> heard = reactive.listenTo(ChannelTopic.of("news"))
				.next()
				.map((message) -> message.getMessage())
				.toFuture();
			await().atMost(LIMIT).until(() -> template.convertAndSend("news", "message") > 0);
			assertThat(heard).succeedsWithin(LIMIT).isEqualTo("message");
		}
		finally {
			later.destroy();
		}
	}

	@Test
	void isTheFactoryItselfWhereNothingIsRouted() {
		RedisClusterConfiguration cluster = new RedisClusterConfiguration(List.of("localhost:6379"));
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(cluster,
				TestFactories.clientConfiguration());
		assertThat(factory.primaryOnly()).isSameAs(factory);
	}

	private long served() {
		return this.redis.replicas().stream().mapToLong((replica) -> this.redis.commandsServed(replica, "GET")).sum();
	}

}
