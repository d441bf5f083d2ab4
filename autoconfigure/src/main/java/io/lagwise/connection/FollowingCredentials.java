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

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The credentials of one connection that may lead to another node each time it is opened:
 * those of the node to which it leads.
 */
final class FollowingCredentials implements RedisCredentialsProvider {

	private final NodeCredentials ofNodes;

	private final RedisCredentialsProvider ofOthers;

	private volatile @Nullable NodeAddress destination;

	FollowingCredentials(NodeCredentials ofNodes, RedisCredentialsProvider ofOthers) {
		this.ofNodes = ofNodes;
		this.ofOthers = ofOthers;
	}

	/**
	 * Note where the connection is about to lead.
	 */
	void leadTo(NodeAddress node) {
		this.destination = node;
	}

	@Override
	public Mono<RedisCredentials> resolveCredentials() {
		return Mono.defer(() -> {
			RedisCredentials own = own();
			return (own != null) ? Mono.just(own) : this.ofOthers.resolveCredentials();
		});
	}

	@Override
	public boolean supportsStreaming() {
		return this.ofOthers.supportsStreaming();
	}

	@Override
	public Flux<RedisCredentials> credentials() {
		return this.ofOthers.credentials().filter((credentials) -> own() == null);
	}

	private @Nullable RedisCredentials own() {
		NodeAddress destination = this.destination;
		return (destination != null) ? this.ofNodes.get(destination) : null;
	}

}
