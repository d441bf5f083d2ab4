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

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.ConnectionEvents;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.DefaultEndpoint;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Lettuce's client, whose connections follow the primary: each connects, and reconnects,
 * to the node that is in charge at that moment. Before that is known it connects as
 * Lettuce does.
 */
final class PrimaryClient extends RedisClient {

	private final Set<SocketAddress> sentinels;

	private final @Nullable Function<RedisURI, Mono<NodeAddress>> discovery;

	private final ReadCommands reads;

	private final BooleanSupplier alone;

	private final Runnable onLoss;

	private final Executor dialling;

	private final Map<Channel, Destination> connecting = new ConcurrentHashMap<>();

	private volatile @Nullable Destination destination;

	/**
	 * Create a client.
	 * @param resources the resources, or {@code null} to create its own
	 * @param uri where Lettuce connects before the primary is known
	 * @param discovery finds the primary where the URI does not tell, or {@code null}
	 * @param reads knows which commands may be sent twice
	 * @param alone whether the primary has no replicas
	 * @param onLoss called when a connection to the primary is lost
	 * @param dialling looks up names: that may take long
	 */
	PrimaryClient(@Nullable ClientResources resources, RedisURI uri,
			@Nullable Function<RedisURI, Mono<NodeAddress>> discovery, ReadCommands reads, BooleanSupplier alone,
			Runnable onLoss, Executor dialling) {
		super(resources, uri);
		this.dialling = dialling;
		this.discovery = discovery;
		this.reads = reads;
		this.alone = alone;
		this.onLoss = onLoss;
		this.sentinels = uri.getSentinels()
			.stream()
			.map((sentinel) -> resolve(new NodeAddress(sentinel.getHost(), sentinel.getPort())))
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
		return Mono.defer(() -> {
			Destination destination = this.destination;
			if (leadsToSentinel(uri)) {
				return super.getSocketAddress(uri);
			}
			if (destination != null) {
				leadTo(uri, destination.primary());
				SocketAddress resolved = resolve(destination.primary());
				destination.resolved().add(resolved);
				return Mono.just(resolved);
			}
			return (this.discovery != null)
					? this.discovery.apply(uri).doOnNext((primary) -> leadTo(uri, primary)).map(this::resolve)
					: super.getSocketAddress(uri).doOnNext((address) -> leadTo(uri, address));
		});
	}

	@Override
	protected void connectionBuilder(Mono<SocketAddress> socketAddressSupplier, ConnectionBuilder connectionBuilder,
			ConnectionEvents connectionEvents, RedisURI uri) {
		super.connectionBuilder(socketAddressSupplier, connectionBuilder, connectionEvents, uri);
		if (!leadsToSentinel(uri)) {
			connectionBuilder.clientResources(new FollowingResources(getResources(), this::connects));
		}
	}

	@Override
	protected DefaultEndpoint createEndpoint() {
		return new PrimaryEndpoint(getOptions(), getResources(), this.reads, this.alone, this.onLoss);
	}

	/**
	 * Return the primary that is followed, or {@code null} while none is known.
	 */
	@Nullable NodeAddress primary() {
		Destination destination = this.destination;
		return (destination != null) ? destination.primary() : null;
	}

	/**
	 * Return the node to which the connections lead, or {@code null} if there are none.
	 */
	@Nullable NodeAddress connectedTo() {
		for (Channel channel : this.channels) {
			if (channel.isActive() && channel.remoteAddress() instanceof InetSocketAddress remote
					&& !this.sentinels.contains(remote)) {
				return new NodeAddress(remote.getHostString(), remote.getPort());
			}
		}
		return null;
	}

	/**
	 * Follow a new primary: connections to any other node are closed, and Lettuce opens
	 * them again where the new primary is.
	 */
	void follow(NodeAddress primary) {
		Set<SocketAddress> resolved = ConcurrentHashMap.newKeySet();
		this.destination = new Destination(primary, resolved);
		closeStrays();
		this.dialling.execute(() -> resolved.add(resolve(primary)));
	}

	/**
	 * Close connections to any other node than the primary: those that were on their way
	 * when it changed arrive there later.
	 * @return whether there were any
	 */
	boolean closeStrays() {
		Destination destination = this.destination;
		if (destination == null) {
			return false;
		}
		boolean found = false;
		for (Channel channel : this.channels) {
			SocketAddress remote = channel.remoteAddress();
			if (remote != null && !destination.includes(remote) && !this.sentinels.contains(remote)) {
				channel.close();
				found = true;
			}
		}
		this.connecting.forEach((channel, former) -> {
			if (channel.isActive()) {
				this.connecting.remove(channel);
			}
			else if (former != destination) {
				channel.close();
			}
		});
		return found;
	}

	/**
	 * Return whether a connection to the primary is on its way.
	 */
	boolean isConnecting() {
		return this.connecting.keySet().stream().anyMatch((channel) -> !channel.isActive());
	}

	/**
	 * Remember where a channel is about to connect: a host that is gone can keep it for
	 * as long as the connect timeout.
	 */
	private void connects(Channel channel) {
		Destination destination = this.destination;
		if (destination != null) {
			this.connecting.put(channel, destination);
			channel.closeFuture().addListener((closed) -> this.connecting.remove(channel));
		}
	}

	private static void leadTo(RedisURI uri, SocketAddress address) {
		if (address instanceof InetSocketAddress inet) {
			leadTo(uri, new NodeAddress(inet.getHostString(), inet.getPort()));
		}
	}

	private static void leadTo(RedisURI uri, NodeAddress node) {
		if (uri.getCredentialsProvider() instanceof FollowingCredentials credentials) {
			credentials.leadTo(node);
		}
	}

	private boolean leadsToSentinel(RedisURI uri) {
		return uri.getHost() != null && this.sentinels.contains(resolve(new NodeAddress(uri.getHost(), uri.getPort())));
	}

	private SocketAddress resolve(NodeAddress address) {
		SocketAddress resolved = getResources().socketAddressResolver()
			.resolve(RedisURI.create(address.host(), address.port()));
		// channels report resolved addresses, which never equal unresolved ones
		return (resolved instanceof InetSocketAddress inet && inet.isUnresolved())
				? new InetSocketAddress(inet.getHostString(), inet.getPort()) : resolved;
	}

	/**
	 * The primary with every address to which its name has led.
	 */
	private record Destination(NodeAddress primary, Set<SocketAddress> resolved) {

		/**
		 * Return whether a connection leads to the primary. What its name stands for may
		 * not have been found out yet.
		 */
		boolean includes(SocketAddress remote) {
			return this.resolved.contains(remote) || (remote instanceof InetSocketAddress inet
					&& inet.getPort() == this.primary.port() && inet.getHostString().equals(this.primary.host()));
		}

	}

}
