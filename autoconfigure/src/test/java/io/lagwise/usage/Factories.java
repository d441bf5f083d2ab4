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
import java.util.UUID;
import java.util.function.Consumer;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.testkit.ReplicatedRedis;
import io.lettuce.core.ReadFrom;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Started connection factories for usage tests; the test destroys them.
 */
final class Factories {

	/**
	 * How late replicas get what is written.
	 */
	static final Duration DELAY = Duration.ofMillis(50);

	private Factories() {
	}

	/**
	 * Return Spring Data's own factory, reading from replicas.
	 */
	static LettuceConnectionFactory plain(ReplicatedRedis redis) {
		LettuceConnectionFactory factory = new LettuceConnectionFactory(sentinelConfiguration(redis),
				clientConfiguration().readFrom(ReadFrom.REPLICA_PREFERRED).build());
		factory.afterPropertiesSet();
		return factory;
	}

	/**
	 * Return a factory of Lagwise without any settings that knows all replicas.
	 */
	static ReplicaAwareConnectionFactory lagwise(ReplicatedRedis redis) {
		return lagwise(redis, (factory) -> {
		});
	}

	static ReplicaAwareConnectionFactory lagwise(ReplicatedRedis redis, ReplicaReadOptions options) {
		return lagwise(redis, (factory) -> factory.setReadOptions(options));
	}

	static void delayReplicas(ReplicatedRedis redis) {
		redis.replicas().forEach((replica) -> redis.delayReplication(replica, DELAY));
	}

	/**
	 * Wait until reads go to all replicas.
	 */
	static void awaitReadsFromReplicas(ReplicaAwareConnectionFactory factory, ReplicatedRedis redis) {
		FreshReplicas.await(factory, redis.replicas().size());
	}

	private static ReplicaAwareConnectionFactory lagwise(ReplicatedRedis redis,
			Consumer<ReplicaAwareConnectionFactory> customizer) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(sentinelConfiguration(redis),
				clientConfiguration().build());
		customizer.accept(factory);
		// a factory stands for an application of its own
		factory.setReadOptions(factory.getReadOptions().withApplication(UUID.randomUUID().toString()));
		factory.afterPropertiesSet();
		awaitReadsFromReplicas(factory, redis);
		return factory;
	}

	private static RedisSentinelConfiguration sentinelConfiguration(ReplicatedRedis redis) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(redis.masterName());
		redis.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return configuration;
	}

	private static LettuceClientConfiguration.LettuceClientConfigurationBuilder clientConfiguration() {
		return LettuceClientConfiguration.builder().commandTimeout(Duration.ofSeconds(5));
	}

}
