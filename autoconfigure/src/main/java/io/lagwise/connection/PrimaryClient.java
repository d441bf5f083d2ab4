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
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
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

	private volatile @Nullable NodeAddress primary;

	/**
	 * Create a client.
	 * @param resources the resources, or {@code null} to create its own
	 * @param uri where Lettuce connects before the primary is known
	 * @param discovery finds the primary where the URI does not tell, or {@code null}
	 */
	PrimaryClient(@Nullable ClientResources resources, RedisURI uri,
			@Nullable Function<RedisURI, Mono<NodeAddress>> discovery) {
		super(resources, uri);
		this.discovery = discovery;
		this.sentinels = uri.getSentinels()
			.stream()
			.map(getResources().socketAddressResolver()::resolve)
			.collect(Collectors.toUnmodifiableSet());
	}

	@Override
	protected Mono<SocketAddress> getSocketAddress(RedisURI uri) {
		return Mono.defer(() -> {
			NodeAddress primary = this.primary;
			if (primary != null) {
				return Mono.just(resolve(primary));
			}
			return (this.discovery != null) ? this.discovery.apply(uri).map(this::resolve)
					: super.getSocketAddress(uri);
		});
	}

	/**
	 * Follow a new primary: connections to any other node are closed, and Lettuce opens
	 * them again where the new primary is.
	 */
	void follow(NodeAddress primary) {
		this.primary = primary;
		SocketAddress target = resolve(primary);
		for (Channel channel : this.channels) {
			SocketAddress remote = channel.remoteAddress();
			if (remote != null && !remote.equals(target) && !this.sentinels.contains(remote)) {
				channel.close();
			}
		}
	}

	private SocketAddress resolve(NodeAddress address) {
		SocketAddress resolved = getResources().socketAddressResolver()
			.resolve(RedisURI.create(address.host(), address.port()));
		// channels report resolved addresses, which never equal unresolved ones
		return (resolved instanceof InetSocketAddress inet && inet.isUnresolved())
				? new InetSocketAddress(inet.getHostString(), inet.getPort()) : resolved;
	}

}
