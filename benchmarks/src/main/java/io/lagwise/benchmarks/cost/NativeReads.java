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

import java.util.concurrent.Future;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.masterreplica.MasterReplica;
import io.lettuce.core.masterreplica.StatefulRedisMasterReplicaConnection;

/**
 * Reads through Lettuce's own interface, on one connection that all threads share.
 */
final class NativeReads implements ReadClient {

	private final RedisCommands<byte[], byte[]> commands;

	private final RedisAsyncCommands<byte[], byte[]> async;

	private final AutoCloseable owner;

	NativeReads(StatefulRedisConnection<byte[], byte[]> connection, AutoCloseable owner) {
		this.commands = connection.sync();
		this.async = connection.async();
		this.owner = owner;
	}

	static NativeReads toOneReplica(Servers servers) {
		RedisClient client = client();
		return new NativeReads(client.connect(ByteArrayCodec.INSTANCE, Servers.uri(servers.replica())),
				client::shutdown);
	}

	static NativeReads through(Servers servers, ReadFrom readFrom) {
		RedisClient client = client();
		StatefulRedisMasterReplicaConnection<byte[], byte[]> connection = MasterReplica.connect(client,
				ByteArrayCodec.INSTANCE, servers.sentinelUri());
		connection.setReadFrom(readFrom);
		return new NativeReads(connection, client::shutdown);
	}

	// as Spring Boot has it
	private static RedisClient client() {
		RedisClient client = RedisClient.create();
		client.setOptions(ClientOptions.builder().timeoutOptions(TimeoutOptions.enabled()).build());
		return client;
	}

	@Override
	public Object read(Operation operation, int number) {
		return switch (operation) {
			case GET_16, GET_1K, GET_64K -> this.commands.get(operation.key(number));
			case MGET_50 -> this.commands.mget(operation.keys(number));
			case HGETALL_100 -> this.commands.hgetall(operation.key(number));
		};
	}

	@Override
	public Future<?> send(Operation operation, int number) {
		return switch (operation) {
			case GET_16, GET_1K, GET_64K -> this.async.get(operation.key(number));
			case MGET_50 -> this.async.mget(operation.keys(number));
			case HGETALL_100 -> this.async.hgetall(operation.key(number));
		};
	}

	@Override
	public void close() throws Exception {
		this.owner.close();
	}

}
