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

package io.lagwise.autoconfigure;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.lagwise.connection.NodeCredentials;
import io.lagwise.replication.NodeAddress;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.StringUtils;

/**
 * A node with a user or password of its own.
 *
 * @param address Address (host:port) as Sentinels, or the primary, give it.
 * @param username User of the application on the node. The default user unless set.
 * @param password Password of the user.
 */
record NodeProperties(@DefaultValue("") String address, @Nullable String username, @DefaultValue("") String password) {

	static void validate(List<NodeProperties> nodes) {
		Set<NodeAddress> known = new HashSet<>();
		for (int i = 0; i < nodes.size(); i++) {
			NodeProperties node = nodes.get(i);
			String property = "lagwise.nodes[" + i + "]";
			if (!StringUtils.hasLength(node.password())) {
				throw new InvalidPropertyException(property + ".password", "", "is empty",
						"Set the password of that node, or remove the entry: nodes without one use "
								+ "spring.data.redis.username and spring.data.redis.password.");
			}
			NodeAddress address = NodeLists.parse(property + ".address", node.address());
			if (!known.add(address)) {
				throw new InvalidPropertyException(property + ".address", address.toString(), "is listed twice",
						"Keep one entry for each address.");
			}
		}
	}

	static NodeCredentials credentials(List<NodeProperties> nodes) {
		NodeCredentials credentials = NodeCredentials.NONE;
		for (NodeProperties node : nodes) {
			credentials = credentials.with(NodeAddress.parse(node.address().trim()),
					StringUtils.hasText(node.username()) ? node.username() : null, node.password());
		}
		return credentials;
	}

	@Override
	public String toString() {
		return "NodeProperties[address=" + this.address + ", username=" + this.username + ", password=******]";
	}

}
