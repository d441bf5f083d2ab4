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

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RBucket;
import org.redisson.api.RBuckets;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.ByteArrayCodec;
import org.redisson.config.Config;
import org.redisson.config.ReadMode;

/**
 * Reads through Redisson's objects, which are made once and kept.
 */
final class RedissonReads implements ReadClient {

	private final RedissonClient client;

	private final Map<Operation, List<RBucket<byte[]>>> values = new EnumMap<>(Operation.class);

	private final RBuckets groups;

	private final List<RMap<byte[], byte[]>> hashes = new ArrayList<>();

	RedissonReads(Servers servers) {
		Config config = new Config();
		config.setCodec(ByteArrayCodec.INSTANCE);
		config.useSentinelServers()
			.setMasterName(servers.master())
			.addSentinelAddress(
					servers.sentinels().stream().map((sentinel) -> "redis://" + sentinel).toArray(String[]::new))
			.setReadMode(ReadMode.SLAVE);
		this.client = Redisson.create(config);
		this.groups = this.client.getBuckets();
		for (Operation operation : Operation.values()) {
			List<RBucket<byte[]>> buckets = new ArrayList<>();
			for (int i = 0; i < operation.count(); i++) {
				buckets.add(this.client.getBucket(operation.name(i)));
			}
			this.values.put(operation, buckets);
		}
		for (int i = 0; i < Operation.HGETALL_100.count(); i++) {
			this.hashes.add(this.client.getMap(Operation.HGETALL_100.name(i)));
		}
	}

	@Override
	public @Nullable Object read(Operation operation, int number) {
		return switch (operation) {
			case GET_16, GET_1K, GET_64K -> bucket(operation, number).get();
			case MGET_50 -> this.groups.get(operation.groupNames(number));
			case HGETALL_100 -> this.hashes.get(number).readAllMap();
		};
	}

	@Override
	public Future<?> send(Operation operation, int number) {
		return switch (operation) {
			case GET_16, GET_1K, GET_64K -> bucket(operation, number).getAsync();
			case MGET_50 -> this.groups.getAsync(operation.groupNames(number));
			case HGETALL_100 -> this.hashes.get(number).readAllMapAsync();
		};
	}

	@Override
	public void close() {
		this.client.shutdown(0, 2, TimeUnit.SECONDS);
	}

	private RBucket<byte[]> bucket(Operation operation, int number) {
		List<RBucket<byte[]>> buckets = this.values.get(operation);
		if (buckets == null) {
			throw new IllegalArgumentException(operation.name());
		}
		return buckets.get(number);
	}

}
