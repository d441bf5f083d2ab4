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

package io.lagwise.history;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.connection.ReplicaReadOptions;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Makes connection factories for a primary and two replicas, and waits until they know
 * them.
 */
final class Servers {

	private static final LettuceClientConfiguration CLIENT = LettuceClientConfiguration.builder()
		.commandTimeout(Duration.ofSeconds(1))
		.build();

	private Servers() {
	}

	static ReplicaAwareConnectionFactory connect(ReplicatedRedis redis, ReplicaReadOptions options) {
		if (redis.sentinels().isEmpty()) {
			return started(new ReplicaAwareConnectionFactory(nodes(redis), CLIENT), options);
		}
		return connect(redis.masterName(), redis.sentinels().stream().map(RedisNode::address).toList(), options);
	}

	static ReplicaAwareConnectionFactory connect(String primary, List<String> sentinels, ReplicaReadOptions options) {
		return started(new ReplicaAwareConnectionFactory(new RedisSentinelConfiguration(primary, Set.copyOf(sentinels)),
				CLIENT), options);
	}

	private static ReplicaAwareConnectionFactory started(ReplicaAwareConnectionFactory factory,
			ReplicaReadOptions options) {
		// an instance of its own, though in the same process
		factory.setReadOptions(options.withApplication(UUID.randomUUID().toString()));
		factory.afterPropertiesSet();
		factory.start();
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(factory.getReadableReplicas()).as("replicas of %s", factory.getTopology())
				.hasSize(2));
		return factory;
	}

	private static RedisStaticMasterReplicaConfiguration nodes(ReplicatedRedis redis) {
		RedisNode first = redis.nodes().get(0);
		RedisStaticMasterReplicaConfiguration configuration = new RedisStaticMasterReplicaConfiguration(first.host(),
				first.port());
		redis.nodes().stream().skip(1).forEach((node) -> configuration.addNode(node.host(), node.port()));
		return configuration;
	}

}
