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

import java.util.List;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;

/**
 * A Spring Data connection whose reads go to replicas where that is safe.
 */
final class RoutedLettuceConnection extends LettuceConnection {

	private final ConnectionUse use;

	private final RoutedConnectionProvider provider;

	private RoutedLettuceConnection(@Nullable StatefulRedisConnection<byte[], byte[]> shared,
			RoutedConnectionProvider provider, ConnectionUse use, long timeout, int database) {
		super(shared, provider, timeout, database);
		this.use = use;
		this.provider = provider;
	}

	static RoutedLettuceConnection create(@Nullable StatefulRedisConnection<byte[], byte[]> shared,
			LettuceConnectionProvider provider, long timeout, int database, ReadDispatcher dispatcher,
			ConnectionUse use) {
		return new RoutedLettuceConnection(
				(shared != null) ? new RoutedConnection<>(PrimaryAccess.sharing(shared), dispatcher, use) : null,
				new RoutedConnectionProvider(provider, shared, dispatcher, use), use, timeout, database);
	}

	@Override
	public RedisClusterAsyncCommands<byte[], byte[]> getNativeConnection() {
		RoutedConnection<byte[], byte[]> dedicated = this.provider.dedicated();
		return (dedicated != null && isPipelined()) ? dedicated.sendingAtOnce().async() : super.getNativeConnection();
	}

	@Override
	public void openPipeline() {
		super.openPipeline();
		this.use.setPipelining(true);
	}

	@Override
	public List<@Nullable Object> closePipeline() {
		this.use.setPipelining(false);
		this.provider.sendPipelinedReads();
		return super.closePipeline();
	}

}
