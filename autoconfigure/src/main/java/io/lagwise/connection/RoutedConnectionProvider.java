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

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;

/**
 * Hands out the dedicated connection of one Spring Data connection as a view through
 * which reads go to replicas, and gives back what the view is a view of.
 */
final class RoutedConnectionProvider implements LettuceConnectionProvider {

	private final LettuceConnectionProvider delegate;

	private final ReadDispatcher dispatcher;

	private final ConnectionUse use;

	private @Nullable RoutedConnection<byte[], byte[]> dedicated;

	RoutedConnectionProvider(LettuceConnectionProvider delegate, ReadDispatcher dispatcher, ConnectionUse use) {
		this.delegate = delegate;
		this.dispatcher = dispatcher;
		this.use = use;
	}

	@Override
	public <T extends StatefulConnection<?, ?>> T getConnection(Class<T> connectionType) {
		T connection = this.delegate.getConnection(connectionType);
		if (connectionType.equals(StatefulConnection.class)
				&& connection instanceof StatefulRedisConnection<?, ?> primary) {
			this.dedicated = new RoutedConnection<>(bytes(primary), this.dispatcher, this.use);
			return connectionType.cast(this.dedicated);
		}
		return connection;
	}

	@Override
	public <T extends StatefulConnection<?, ?>> CompletionStage<T> getConnectionAsync(Class<T> connectionType) {
		return this.delegate.getConnectionAsync(connectionType);
	}

	@Nullable RoutedConnection<byte[], byte[]> dedicated() {
		return this.dedicated;
	}

	/**
	 * Send the reads of a pipeline that turned out to contain nothing else.
	 */
	void sendPipelinedReads() {
		if (this.dedicated != null) {
			this.dedicated.sendPipelinedReads();
		}
	}

	@Override
	public void release(StatefulConnection<?, ?> connection) {
		this.delegate.release(original(connection));
	}

	@Override
	public CompletableFuture<Void> releaseAsync(StatefulConnection<?, ?> connection) {
		return this.delegate.releaseAsync(original(connection));
	}

	// Spring Data's blocking connections speak bytes only
	@SuppressWarnings("unchecked")
	private static StatefulRedisConnection<byte[], byte[]> bytes(StatefulRedisConnection<?, ?> connection) {
		return (StatefulRedisConnection<byte[], byte[]>) connection;
	}

	private static StatefulConnection<?, ?> original(StatefulConnection<?, ?> connection) {
		return (connection instanceof RoutedConnection<?, ?> routed) ? routed.primary() : connection;
	}

}
