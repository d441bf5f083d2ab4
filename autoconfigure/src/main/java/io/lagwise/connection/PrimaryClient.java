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
import java.util.concurrent.atomic.AtomicReference;
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
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Lettuce's client, whose connections follow the primary: each connects, and reconnects,
 * to the node that is in charge at that moment. Before that is known it connects as
 * Lettuce does.
 */
final class PrimaryClient extends RedisClient {

	/**
	 * Where a channel was to lead when it was opened. What it reports as its remote
	 * address may be that of a proxy.
	 */
	static final AttributeKey<NodeAddress> DIALLED = AttributeKey.valueOf(PrimaryClient.class, "dialled");

	private final Set<NodeAddress> sentinels;

	private final @Nullable Function<RedisURI, Mono<NodeAddress>> discovery;

	private final ReadCommands reads;

	private final BooleanSupplier alone;

	private final Runnable onLoss;

	private final @Nullable WriteLedger ledger;

	private final Set<PrimaryEndpoint> endpoints = Collections
		.newSetFromMap(Collections.synchronizedMap(new WeakHashMap<>()));

	private final Map<Channel, NodeAddress> dialled = new ConcurrentHashMap<>();

	private volatile @Nullable NodeAddress primary;

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
			.map((sentinel) -> new NodeAddress(sentinel.getHost(), sentinel.getPort()))
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	protected void connectionBuilder(Mono<SocketAddress> socketAddressSupplier, ConnectionBuilder connectionBuilder,
			ConnectionEvents connectionEvents, RedisURI uri) {
		if (leadsToSentinel(uri)) {
			super.connectionBuilder(socketAddressSupplier, connectionBuilder, connectionEvents, uri);
			return;
		}
		AtomicReference<NodeAddress> route = new AtomicReference<>();
		super.connectionBuilder(dial(uri, socketAddressSupplier, route), connectionBuilder, connectionEvents, uri);
		connectionBuilder
			.clientResources(new FollowingResources(getResources(), (channel) -> connects(channel, route.get())));
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
		return this.primary;
	}

	/**
	 * Return the node to which the connections lead, or {@code null} if there are none.
	 */
	@Nullable NodeAddress connectedTo() {
		return this.dialled.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().isActive())
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Follow a new primary: connections to any other node are closed, and Lettuce opens
	 * them again where the new primary is.
	 */
	void follow(NodeAddress primary) {
		this.primary = primary;
		closeStrays();
	}

	/**
	 * Close connections to any other node than the primary: those that were on their way
	 * when it changed arrive there later, and a host that is gone can keep them for as
	 * long as the connect timeout.
	 * @return whether there were any that had arrived
	 */
	boolean closeStrays() {
		NodeAddress primary = this.primary;
		if (primary == null) {
			return false;
		}
		boolean found = false;
		for (Map.Entry<Channel, NodeAddress> entry : this.dialled.entrySet()) {
			Channel channel = entry.getKey();
			if (!entry.getValue().equals(primary)) {
				found = found || channel.isActive();
				channel.close();
			}
		}
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
		return this.dialled.keySet().stream().anyMatch((channel) -> !channel.isActive());
	}

	/**
	 * Find out where a connection is to lead, each time it is opened.
	 * @param uri the connection's own URI
	 * @param byLettuce where Lettuce would connect
	 * @param route takes the node to which the connection is about to lead
	 */
	private Mono<SocketAddress> dial(RedisURI uri, Mono<SocketAddress> byLettuce, AtomicReference<NodeAddress> route) {
		return Mono.defer(() -> {
			NodeAddress primary = this.primary;
			Mono<NodeAddress> found = Mono.justOrEmpty(primary);
			if (primary == null && this.discovery != null) {
				found = this.discovery.apply(uri);
			}
			else if (primary == null) {
				return byLettuce.doOnNext((address) -> leadTo(uri, address, route));
			}
			return found.map((node) -> {
				leadTo(uri, node, route);
				return NameLookUps.resolved(
						getResources().socketAddressResolver().resolve(RedisURI.create(node.host(), node.port())),
						getResources().addressResolverGroup());
			});
		});
	}

	private static void leadTo(RedisURI uri, SocketAddress address, AtomicReference<NodeAddress> route) {
		if (uri.getHost() != null && uri.getSentinels().isEmpty()) {
			leadTo(uri, new NodeAddress(uri.getHost(), uri.getPort()), route);
		}
		else if (address instanceof InetSocketAddress inet) {
			leadTo(uri, new NodeAddress(inet.getHostString(), inet.getPort()), route);
		}
	}

	private static void leadTo(RedisURI uri, NodeAddress node, AtomicReference<NodeAddress> route) {
		route.set(node);
		if (uri.getCredentialsProvider() instanceof FollowingCredentials credentials) {
			credentials.leadTo(node);
		}
	}

	private void connects(Channel channel, @Nullable NodeAddress node) {
		if (node != null) {
			channel.attr(DIALLED).set(node);
			this.dialled.put(channel, node);
			channel.closeFuture().addListener((closed) -> this.dialled.remove(channel));
		}
	}

	private boolean leadsToSentinel(RedisURI uri) {
		return uri.getHost() != null && this.sentinels.contains(new NodeAddress(uri.getHost(), uri.getPort()));
	}

}
