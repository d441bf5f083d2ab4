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

import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.TimeoutOptions.TimeoutSource;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.DefaultEndpoint;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.Channel;
import reactor.core.publisher.Mono;

/**
 * Opens connections that speak for exactly one server: they do not reconnect by
 * themselves and refuse commands while they are not connected.
 */
final class NodeClient implements AutoCloseable {

	/**
	 * How long a server may take to let in: one that accepts connections and never
	 * answers is tried again instead of waited for.
	 */
	private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(3);

	private final RedisClient client;

	private final RedisClient askingClient;

	private final WritingClient writingClient;

	private final Executor dialling;

	private final OpenChannels channels = new OpenChannels();

	private volatile boolean closed;

	private final NodeUris uris;

	/**
	 * Create a client.
	 * @param resources the resources of the application
	 * @param options the options of the application
	 * @param uris makes a URI for each connection
	 * @param dialling looks up the names of servers: that may take long
	 */
	NodeClient(ClientResources resources, ClientOptions options, NodeUris uris, Executor dialling) {
		ClientOptions common = options.mutate()
			.autoReconnect(false)
			.disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
			// attempts and questions have deadlines of their own
			.timeoutOptions(TimeoutOptions.create())
			.socketOptions(options.getSocketOptions()
				.mutate()
				.connectTimeout(limited(options.getSocketOptions().getConnectTimeout()))
				.build())
			.build();
		this.client = new AttentiveClient(new NodeResources(resources, true, this.channels::add));
		this.client.setOptions(common);
		this.askingClient = new DiallingClient(new NodeResources(resources, false, this.channels::add));
		this.askingClient.setOptions(common);
		this.writingClient = new WritingClient(new NodeResources(resources, true, this.channels::add),
				ReadCommands.of(options));
		this.writingClient.setOptions(common.mutate()
			.timeoutOptions(withoutWaits(options.getTimeoutOptions(), uris.commandTimeout()))
			.build());
		this.uris = uris;
		this.dialling = dialling;
	}

	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectForReads(NodeAddress node) {
		return dial(() -> this.client.connectAsync(ByteArrayCodec.INSTANCE, impatient(this.uris.node(node))));
	}

	/**
	 * Connect for commands of the application, which may be followed by questions of our
	 * own.
	 */
	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectForWrites(NodeAddress primary) {
		return dial(() -> this.writingClient.connectAsync(ByteArrayCodec.INSTANCE, impatient(this.uris.node(primary))));
	}

	CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectForBarriers(NodeAddress primary) {
		return dial(() -> this.askingClient.connectAsync(ByteArrayCodec.INSTANCE, impatient(this.uris.node(primary))));
	}

	/**
	 * Return the connections for commands of the application.
	 */
	Collection<Channel> writingChannels() {
		return this.writingClient.channels();
	}

	/**
	 * Find out whether a node takes writes over a new connection.
	 * @param executor looks up the node and begins to connect
	 * @return completes exceptionally if that is not certain
	 */
	CompletableFuture<Long> proveWriting(NodeAddress node, Executor executor) {
		CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting = CompletableFuture
			.supplyAsync(() -> connectForWrites(node), executor)
			.thenCompose(Function.identity());
		// counts as a write, and changes nothing
		CompletableFuture<Long> proof = connecting.thenCompose((connection) -> connection.async()
			.publish(ReplicationBarrier.CHANNEL.getBytes(StandardCharsets.UTF_8), new byte[0]));
		return proof.orTimeout(HANDSHAKE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((receivers, failure) -> connecting.thenAccept(StatefulRedisConnection::closeAsync));
	}

	CompletionStage<StatefulRedisConnection<String, String>> connectForProbes(NodeAddress node) {
		return dial(() -> this.askingClient.connectAsync(StringCodec.UTF8, impatient(this.uris.node(node))));
	}

	// Lettuce's own Sentinel connections log a warning for each attempt that fails
	CompletionStage<StatefulRedisConnection<String, String>> connectToSentinel(RedisURI sentinel) {
		return dial(() -> this.askingClient.connectAsync(StringCodec.UTF8, impatient(sentinel)));
	}

	CompletionStage<StatefulRedisPubSubConnection<String, String>> connectToSentinelEvents(RedisURI sentinel) {
		return dial(() -> this.askingClient.connectPubSubAsync(StringCodec.UTF8, impatient(sentinel)));
	}

	/**
	 * Begin to connect on a thread that may wait for the look-up of a name.
	 */
	private <C extends StatefulConnection<?, ?>> CompletionStage<C> dial(Supplier<CompletionStage<C>> connector) {
		CompletableFuture<C> result = new CompletableFuture<>();
		this.dialling.execute(() -> {
			try {
				connect(connector, result);
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		return result;
	}

	private <C extends StatefulConnection<?, ?>> void connect(Supplier<CompletionStage<C>> connector,
			CompletableFuture<C> result) {
		if (this.closed) {
			throw new RedisException("The client is closed");
		}
		connector.get().whenComplete((connection, failure) -> {
			if (failure != null) {
				result.completeExceptionally(failure);
			}
			else if (this.closed) {
				// nobody else closes what has come too late
				Closing.of(connection);
				result.completeExceptionally(new RedisException("The client is closed"));
			}
			else {
				result.complete(connection);
			}
		});
	}

	// Lettuce takes the timeout of the URI for the handshake
	private static RedisURI impatient(RedisURI uri) {
		uri.setTimeout(limited(uri.getTimeout()));
		return uri;
	}

	/**
	 * The handshake has another timeout than commands, and {@code WAIT} has its own.
	 */
	private static TimeoutOptions withoutWaits(TimeoutOptions options, Duration commandTimeout) {
		if (!options.isTimeoutCommands()) {
			return options;
		}
		TimeoutSource source = options.getSource();
		return TimeoutOptions.builder().timeoutSource(new TimeoutSource() {

			@Override
			public long getTimeout(RedisCommand<?, ?, ?> command) {
				if (command.getType() == CommandType.WAIT || command.getType() == CommandType.ROLE) {
					return -1;
				}
				return options.isApplyConnectionTimeout() ? commandTimeout.toNanos()
						: source.getTimeUnit().toNanos(source.getTimeout(command));
			}

			@Override
			public TimeUnit getTimeUnit() {
				return TimeUnit.NANOSECONDS;
			}

		}).build();
	}

	private static Duration limited(Duration timeout) {
		return (timeout.isZero() || timeout.compareTo(HANDSHAKE_LIMIT) > 0) ? HANDSHAKE_LIMIT : timeout;
	}

	@Override
	public void close() {
		this.closed = true;
		this.client.shutdown();
		this.askingClient.shutdown();
		this.writingClient.shutdown();
		this.channels.close();
	}

	/**
	 * Looks up names where it is asked to connect. Where that is left to Netty its event
	 * loops, which all connections share, may have to wait.
	 */
	private static class DiallingClient extends RedisClient {

		DiallingClient(ClientResources resources) {
			super(resources, new RedisURI());
		}

		@Override
		protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
			return super.getSocketAddress(uri)
				.map((address) -> NameLookUps.resolved(address, getResources().addressResolverGroup()));
		}

	}

	private static final class AttentiveClient extends DiallingClient {

		AttentiveClient(ClientResources resources) {
			super(resources);
		}

		@Override
		protected DefaultEndpoint createEndpoint() {
			return new AttentiveEndpoint(getOptions(), getResources());
		}

	}

	/**
	 * Lettuce's client, whose connections tell what is not known when they are lost.
	 */
	private static final class WritingClient extends DiallingClient {

		private final ReadCommands reads;

		WritingClient(ClientResources resources, ReadCommands reads) {
			super(resources);
			this.reads = reads;
		}

		Collection<Channel> channels() {
			return this.channels;
		}

		@Override
		protected DefaultEndpoint createEndpoint() {
			return new PrimaryEndpoint(getOptions(), getResources(), this.reads, () -> false, () -> {
			}, null);
		}

	}

}
