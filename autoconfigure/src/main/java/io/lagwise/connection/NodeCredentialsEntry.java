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
import java.util.HashSet;
import java.util.Set;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCredentials;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that differ from others for one node.
 */
final class NodeCredentialsEntry implements NodeCredentials {

	private final NodeCredentials others;

	private final NodeAddress node;

	private final RedisCredentials credentials;

	NodeCredentialsEntry(NodeCredentials others, NodeAddress node, RedisCredentials credentials) {
		this.others = others;
		this.node = node;
		this.credentials = credentials;
	}

	@Override
	public @Nullable RedisCredentials get(NodeAddress node) {
		return node.equals(this.node) ? this.credentials : this.others.get(node);
	}

	@Override
	public Collection<NodeAddress> nodes() {
		Set<NodeAddress> nodes = new HashSet<>(this.others.nodes());
		nodes.add(this.node);
		return nodes;
	}

}
