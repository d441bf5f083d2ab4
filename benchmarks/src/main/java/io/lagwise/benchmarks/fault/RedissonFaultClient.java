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

package io.lagwise.benchmarks.fault;

import java.util.concurrent.TimeUnit;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;

/**
 * Redisson with nothing set but {@code ReadMode.SLAVE}.
 */
final class RedissonFaultClient implements FaultClient {

	private final RedissonClient client;

	RedissonFaultClient(ReplicatedRedis redis) {
		Config config = new Config();
		config.setCodec(StringCodec.INSTANCE);
		if (redis.sentinels().isEmpty()) {
			config.useReplicatedServers()
				.addNodeAddress(redis.nodes().stream().map(RedissonFaultClient::uri).toArray(String[]::new))
				.setReadMode(ReadMode.SLAVE);
		}
		else {
			config.useSentinelServers()
				.setMasterName(redis.masterName())
				.addSentinelAddress(redis.sentinels().stream().map(RedissonFaultClient::uri).toArray(String[]::new))
				.setReadMode(ReadMode.SLAVE);
		}
		this.client = Redisson.create(config);
	}

	@Override
	public @Nullable String get(String key) {
		return this.client.<String>getBucket(key).get();
	}

	@Override
	public void set(String key, String value) {
		this.client.<String>getBucket(key).set(value);
	}

	@Override
	public void close() {
		this.client.shutdown(0, 2, TimeUnit.SECONDS);
	}

	private static String uri(RedisNode node) {
		return "redis://" + node.address();
	}

}
