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

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.protocol.ConnectionFacade;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;

/**
 * Gives a connection Lettuce's blocking interface, which only Lettuce's own connection
 * class can make.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class SynchronousFacade<K, V> extends StatefulRedisConnectionImpl<K, V> {

	private final StatefulRedisConnection<K, V> connection;

	SynchronousFacade(StatefulRedisConnection<K, V> connection) {
		super(new DetachedChannelWriter(connection.getResources()), new NoPushHandler(), connection.getCodec(),
				connection.getTimeout());
		this.connection = connection;
		setOptions(connection.getOptions());
	}

	@Override
	public <T> RedisCommand<K, V, T> dispatch(RedisCommand<K, V, T> command) {
		return this.connection.dispatch(command);
	}

	@Override
	public Collection<RedisCommand<K, V, ?>> dispatch(Collection<? extends RedisCommand<K, V, ?>> commands) {
		return this.connection.dispatch(commands);
	}

	@Override
	public boolean isMulti() {
		return this.connection.isMulti();
	}

	private static final class NoPushHandler implements PushHandler {

		@Override
		public void addListener(PushListener listener) {
		}

		@Override
		public void removeListener(PushListener listener) {
		}

		@Override
		public Collection<PushListener> getPushListeners() {
			return List.of();
		}

	}

	/**
	 * Stands where Lettuce expects a channel; no command gets here.
	 */
	private record DetachedChannelWriter(ClientResources getClientResources) implements RedisChannelWriter {

		@Override
		public <K, V, T> RedisCommand<K, V, T> write(RedisCommand<K, V, T> command) {
			throw new UnsupportedOperationException();
		}

		@Override
		public <K, V> Collection<RedisCommand<K, V, ?>> write(Collection<? extends RedisCommand<K, V, ?>> commands) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void setConnectionFacade(ConnectionFacade connection) {
		}

		@Override
		public void setAutoFlushCommands(boolean autoFlush) {
		}

		@Override
		public void flushCommands() {
		}

		@Override
		public void close() {
		}

		@Override
		public CompletableFuture<Void> closeAsync() {
			return CompletableFuture.completedFuture(null);
		}

	}

}
