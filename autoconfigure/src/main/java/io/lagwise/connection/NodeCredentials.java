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

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCredentials;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The user and password of nodes that have others than the rest.
 * <p>
 * They apply to every connection to such a node, whatever its role: for reads, for the
 * monitor, and, while it is the primary, for everything else. A node is known by the
 * address that Sentinels, or its primary, give for it.
 */
@FunctionalInterface
public interface NodeCredentials {

	/**
	 * No node has credentials of its own.
	 */
	NodeCredentials NONE = (node) -> null;

	/**
	 * Return the credentials of a node. Asked each time a connection to the node is
	 * opened, on any thread; must not block.
	 * @param node the address of the node
	 * @return the credentials, or {@code null} for those of the connection factory
	 */
	@Nullable RedisCredentials get(NodeAddress node);

	/**
	 * Return the nodes that are known to have credentials of their own, for messages.
	 * @return the addresses of the nodes, none unless overridden
	 */
	default Collection<NodeAddress> nodes() {
		return List.of();
	}

	/**
	 * Return credentials that differ for one node.
	 * @param node the address of the node
	 * @param username the user, or {@code null} for the default user
	 * @param password the password
	 * @return the credentials
	 */
	default NodeCredentials with(NodeAddress node, @Nullable String username, CharSequence password) {
		Assert.notNull(node, "'node' must not be null");
		Assert.isTrue(!password.isEmpty(), "'password' must not be empty");
		RedisCredentials credentials = RedisCredentials.just(username, password);
		return new NodeCredentialsEntry(this, node, credentials);
	}

}
