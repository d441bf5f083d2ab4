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
import java.util.UUID;
import java.util.function.Consumer;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.routing.NodeGuards;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connection factories for servers of the testkit, started and in step with them.
 */
final class TestFactories {

	private TestFactories() {
	}

	static RedisSentinelConfiguration sentinelConfiguration(ReplicatedRedis redis) {
		RedisSentinelConfiguration configuration = new RedisSentinelConfiguration();
		configuration.master(redis.masterName());
		redis.sentinels().forEach((sentinel) -> configuration.sentinel(sentinel.host(), sentinel.port()));
		return configuration;
	}

	static ReplicaAwareConnectionFactory sentinel(ReplicatedRedis redis) {
		return sentinel(redis, clientConfiguration());
	}

	static ReplicaAwareConnectionFactory sentinel(ReplicatedRedis redis, LettuceClientConfiguration client) {
		return started(new ReplicaAwareConnectionFactory(sentinelConfiguration(redis), client), redis, (factory) -> {
		});
	}

	static ReplicaAwareConnectionFactory sentinel(ReplicatedRedis redis, ReplicaReadOptions options) {
		return started(new ReplicaAwareConnectionFactory(sentinelConfiguration(redis), clientConfiguration()), redis,
				(factory) -> factory.setReadOptions(options));
	}

	static ReplicaAwareConnectionFactory fixed(ReplicatedRedis redis) {
		return fixed(redis, clientConfiguration());
	}

	static ReplicaAwareConnectionFactory fixed(ReplicatedRedis redis, LettuceClientConfiguration client) {
		return started(new ReplicaAwareConnectionFactory(fixedConfiguration(redis), client), redis, (factory) -> {
		});
	}

	static ReplicaAwareConnectionFactory fixed(ReplicatedRedis redis, ReplicaReadOptions options) {
		return started(new ReplicaAwareConnectionFactory(fixedConfiguration(redis), clientConfiguration()), redis,
				(factory) -> factory.setReadOptions(options));
	}

	static RedisStaticMasterReplicaConfiguration fixedConfiguration(ReplicatedRedis redis) {
		RedisNode first = redis.nodes().get(0);
		RedisStaticMasterReplicaConfiguration configuration = new RedisStaticMasterReplicaConfiguration(first.host(),
				first.port());
		redis.nodes().stream().skip(1).forEach((node) -> configuration.addNode(node.host(), node.port()));
		return configuration;
	}

	static ReplicaAwareConnectionFactory standalone(ReplicatedRedis redis, RedisNode seed) {
		return started(new ReplicaAwareConnectionFactory(new RedisStandaloneConfiguration(seed.host(), seed.port()),
				clientConfiguration()), redis, (factory) -> {
				});
	}

	static NodeGuards circuitBreakers() {
		return CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults());
	}

	/**
	 * Return a template, with "value" under "key" at every node.
	 */
	static StringRedisTemplate templateWithValue(ReplicaAwareConnectionFactory factory, ReplicatedRedis redis) {
		StringRedisTemplate template = new StringRedisTemplate(factory);
		template.opsForValue().set("key", "value");
		redis.awaitInSync();
		return template;
	}

	static LettuceClientConfiguration clientConfiguration() {
		return clientConfiguration(Duration.ofSeconds(5));
	}

	static LettuceClientConfiguration clientConfiguration(Duration commandTimeout) {
		return LettuceClientConfiguration.builder().clientName(Clients.NAME).commandTimeout(commandTimeout).build();
	}

	static ReplicaAwareConnectionFactory started(ReplicaAwareConnectionFactory factory, ReplicatedRedis redis,
			Consumer<ReplicaAwareConnectionFactory> customizer) {
		// shares are asserted right after a replica has come back
		factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO));
		customizer.accept(factory);
		factory.setReadOptions(unlessSet(factory.getReadOptions()));
		factory.afterPropertiesSet();
		awaitReadsFrom(factory, redis.replicas().size());
		return factory;
	}

	/**
	 * Read from any replica, right after writes as well, where the options do not say it.
	 */
	private static ReplicaReadOptions unlessSet(ReplicaReadOptions original) {
		// a factory stands for an application of its own
		ReplicaReadOptions options = original.application().isEmpty()
				? original.withApplication(UUID.randomUUID().toString()) : original;
		return (options.defaultRequirement() != null) ? options
				: options.withDefaultRequirement(ReadRequirement.anyReplica());
	}

	/**
	 * Wait until the factory sends reads to that many replicas.
	 */
	static void awaitReadsFrom(ReplicaAwareConnectionFactory factory, int replicas) {
		await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			ReplicationTopology topology = factory.getTopology();
			assertThat(topology.primary()).as("topology %s", topology).isNotNull();
			assertThat(topology.primary().state()).as("topology %s", topology).isEqualTo(NodeState.ONLINE);
			assertThat(factory.getReadableReplicas()).as("topology %s", topology).hasSize(replicas);
		});
	}

}
