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

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;

/**
 * Opens Lettuce's own connections to the primary.
 */
final class PrimaryConnectionProvider implements LettuceConnectionProvider, LettuceConnectionProvider.TargetAware {

	private final PrimaryClient client;

	private final RedisCodec<?, ?> codec;

	private final Supplier<RedisURI> uris;

	private final ReadDispatcher dispatcher;

	/**
	 * Create a provider.
	 * @param client the client that connects
	 * @param codec the codec of the connections
	 * @param uris gives each connection a URI of its own
	 * @param dispatcher is told of what is written on reactive connections, which Spring
	 * Data uses without a view
	 */
	PrimaryConnectionProvider(PrimaryClient client, RedisCodec<?, ?> codec, Supplier<RedisURI> uris,
			ReadDispatcher dispatcher) {
		this.dispatcher = dispatcher;
		this.client = client;
		this.codec = codec;
		this.uris = uris;
	}

	@Override
	public <T extends StatefulConnection<?, ?>> T getConnection(Class<T> connectionType) {
		if (connectionType.equals(StatefulRedisSentinelConnection.class)) {
			return connectionType.cast(this.client.connectSentinel(this.uris.get()));
		}
		if (connectionType.equals(StatefulRedisPubSubConnection.class)) {
			return connectionType.cast(this.client.connectPubSub(this.codec, this.uris.get()));
		}
		return connectionType.cast(connect());
	}

	@Override
	public <T extends StatefulConnection<?, ?>> CompletionStage<T> getConnectionAsync(Class<T> connectionType) {
		return getConnectionAsync(connectionType, this.uris.get());
	}

	@Override
	public <T extends StatefulConnection<?, ?>> CompletionStage<T> getConnectionAsync(Class<T> connectionType,
			RedisURI uri) {
		if (connectionType.equals(StatefulRedisSentinelConnection.class)) {
			return this.client.connectSentinelAsync(StringCodec.UTF8, uri).thenApply(connectionType::cast);
		}
		if (connectionType.equals(StatefulRedisPubSubConnection.class)) {
			return this.client.connectPubSubAsync(this.codec, uri).thenApply(connectionType::cast);
		}
		ConfirmedWrites scope = this.dispatcher.writeScopes().current();
		if (scope != null) {
			scope.cannotConfirm(PrimaryAccess.APART);
		}
		return connectAsync(this.codec, uri).thenApply(this::noted).thenApply(connectionType::cast);
	}

	@Override
	public CompletableFuture<Void> releaseAsync(StatefulConnection<?, ?> connection) {
		return Closing.of(connection);
	}

	/**
	 * Return a view by which consistent reads learn of what is written.
	 */
	private <K, V> StatefulRedisConnection<K, V> noted(StatefulRedisConnection<K, V> connection) {
		return new RoutedConnection<>(PrimaryAccess.apart(connection), this.dispatcher, ConnectionUse.beginAtPrimary());
	}

	/**
	 * Connect, once more if the primary changed meanwhile: a connection to the old one is
	 * closed even before it has shaken hands.
	 */
	private StatefulConnection<?, ?> connect() {
		NodeAddress primary = this.client.primary();
		try {
			return this.client.connect(this.codec, this.uris.get());
		}
		catch (RedisException ex) {
			if (Objects.equals(primary, this.client.primary())) {
				throw ex;
			}
			return this.client.connect(this.codec, this.uris.get());
		}
	}

	private <K, V> CompletionStage<StatefulRedisConnection<K, V>> connectAsync(RedisCodec<K, V> codec, RedisURI uri) {
		NodeAddress primary = this.client.primary();
		return this.client.connectAsync(codec, uri)
			.toCompletableFuture()
			.exceptionallyCompose((failure) -> Objects.equals(primary, this.client.primary())
					? CompletableFuture.failedFuture(failure) : this.client.connectAsync(codec, uri));
	}

}
