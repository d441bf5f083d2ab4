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

	private final @Nullable StatefulRedisConnection<byte[], byte[]> shared;

	private final ReadDispatcher dispatcher;

	private final ConnectionUse use;

	private @Nullable RoutedConnection<byte[], byte[]> dedicated;

	RoutedConnectionProvider(LettuceConnectionProvider delegate,
			@Nullable StatefulRedisConnection<byte[], byte[]> shared, ReadDispatcher dispatcher, ConnectionUse use) {
		this.delegate = delegate;
		this.shared = shared;
		this.dispatcher = dispatcher;
		this.use = use;
	}

	@Override
	public <T extends StatefulConnection<?, ?>> T getConnection(Class<T> connectionType) {
		if (!connectionType.equals(StatefulConnection.class)) {
			return this.delegate.getConnection(connectionType);
		}
		PrimaryAccess<byte[], byte[]> primary = (this.shared != null) ? PrimaryAccess.opening(this.shared, this::open)
				: PrimaryAccess.of(open());
		this.dedicated = new RoutedConnection<>(primary, this.dispatcher, this.use);
		return connectionType.cast(this.dedicated);
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
		StatefulConnection<?, ?> original = original(connection);
		if (original != null) {
			this.delegate.release(original);
		}
	}

	@Override
	public CompletableFuture<Void> releaseAsync(StatefulConnection<?, ?> connection) {
		StatefulConnection<?, ?> original = original(connection);
		return (original != null) ? this.delegate.releaseAsync(original) : CompletableFuture.completedFuture(null);
	}

	// Spring Data's blocking connections speak bytes only
	@SuppressWarnings("unchecked")
	private StatefulRedisConnection<byte[], byte[]> open() {
		return (StatefulRedisConnection<byte[], byte[]>) this.delegate.getConnection(StatefulConnection.class);
	}

	private static @Nullable StatefulConnection<?, ?> original(StatefulConnection<?, ?> connection) {
		if (connection instanceof RoutedConnection<?, ?> routed) {
			routed.release();
			return routed.primary();
		}
		return connection;
	}

}
