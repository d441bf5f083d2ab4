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
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
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

	private final @Nullable WriteLedger ledger;

	private final Set<PrimaryEndpoint> endpoints = Collections
		.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

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
	 * @param ledger notes what is written past all views, or {@code null} if nothing is
	 */
	PrimaryClient(@Nullable ClientResources resources, RedisURI uri,
			@Nullable Function<RedisURI, Mono<NodeAddress>> discovery, ReadCommands reads, BooleanSupplier alone,
			Runnable onLoss, @Nullable WriteLedger ledger) {
		super(resources, uri);
		this.discovery = discovery;
		this.reads = reads;
		this.alone = alone;
		this.onLoss = onLoss;
		this.ledger = ledger;
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
		PrimaryEndpoint endpoint = new PrimaryEndpoint(getOptions(), getResources(), this.reads, this.alone,
				this.onLoss, this.ledger);
		this.endpoints.add(endpoint);
		return endpoint;
	}

	/**
	 * Begin to keep track of what may write, also of what is under way: there is a
	 * replica now.
	 */
	void trackWrites() {
		// an endpoint may have to be waited for
		getResources().eventExecutorGroup()
			.execute(() -> List.copyOf(this.endpoints).forEach(PrimaryEndpoint::trackWrites));
	}

	/**
	 * Return the primary that is followed, or {@code null} while none is known.
	 */
	@Nullable NodeAddress primary() {
		Destination destination = this.destination;
		return (destination != null) ? destination.primary() : null;
	}

	/**
	 * Follow a new primary: connections to any other node are closed, and Lettuce opens
	 * them again where the new primary is.
	 */
	void follow(NodeAddress primary) {
		Set<SocketAddress> resolved = ConcurrentHashMap.newKeySet();
		resolved.add(resolve(primary));
		this.destination = new Destination(primary, resolved);
		closeStrays();
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
			if (remote != null && !destination.resolved().contains(remote) && !this.sentinels.contains(remote)) {
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
	 * Return what is connected.
	 */
	Collection<Channel> channels() {
		return this.channels;
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

	}

}
