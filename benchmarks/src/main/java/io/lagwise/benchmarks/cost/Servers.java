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

package io.lagwise.benchmarks.cost;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;

/**
 * Where the servers are, as told to a JVM that has not started them.
 *
 * @param nodes the addresses of the data nodes, the primary's first
 * @param sentinels the addresses of the Sentinels
 * @param master the name by which the Sentinels know the primary
 */
record Servers(List<String> nodes, List<String> sentinels, String master) {

	private static final String PREFIX = "benchmark.redis.";

	static Servers of(ReplicatedRedis redis) {
		return new Servers(redis.nodes().stream().map(RedisNode::address).toList(),
				redis.sentinels().stream().map(RedisNode::address).toList(), redis.masterName());
	}

	static Servers ofThisJvm() {
		return new Servers(List.of(property("nodes").split(",")), List.of(property("sentinels").split(",")),
				property("master"));
	}

	List<String> toJvmArguments() {
		return List.of("-D" + PREFIX + "nodes=" + String.join(",", this.nodes),
				"-D" + PREFIX + "sentinels=" + String.join(",", this.sentinels),
				"-D" + PREFIX + "master=" + this.master);
	}

	Map<String, Object> throughSentinels() {
		Map<String, Object> properties = new LinkedHashMap<>();
		properties.put("spring.data.redis.sentinel.master", this.master);
		properties.put("spring.data.redis.sentinel.nodes", String.join(",", this.sentinels));
		return properties;
	}

	Map<String, Object> oneReplica() {
		RedisURI replica = uri(replica());
		return Map.of("spring.data.redis.host", replica.getHost(), "spring.data.redis.port", replica.getPort());
	}

	String replica() {
		return this.nodes.get(1);
	}

	RedisURI sentinelUri() {
		RedisURI uri = new RedisURI();
		this.sentinels.forEach((sentinel) -> uri.getSentinels().add(uri(sentinel)));
		uri.setSentinelMasterId(this.master);
		return uri;
	}

	static RedisURI uri(String address) {
		return RedisURI.create("redis://" + address);
	}

	void write() {
		RedisClient client = RedisClient.create(uri(this.nodes.get(0)));
		try (StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
			RedisCommands<byte[], byte[]> commands = connection.sync();
			for (Operation operation : List.of(Operation.GET_16, Operation.GET_1K, Operation.GET_64K)) {
				for (int i = 0; i < operation.count(); i++) {
					commands.set(operation.key(i), operation.value());
				}
			}
			Operation hashes = Operation.HGETALL_100;
			Map<byte[], byte[]> fields = new LinkedHashMap<>();
			Operation.fields().forEach((field) -> fields.put(field, hashes.value()));
			for (int i = 0; i < hashes.count(); i++) {
				commands.hset(hashes.key(i), fields);
			}
		}
		finally {
			client.shutdown();
		}
	}

	private static String property(String name) {
		String value = System.getProperty(PREFIX + name);
		if (value == null) {
			throw new IllegalStateException("This benchmark is run by " + CostTable.class.getName());
		}
		return value;
	}

}
