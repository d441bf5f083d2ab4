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

import java.util.List;

import io.lagwise.replication.NodeAddress;

/**
 * Reads lists of addresses from properties.
 */
final class NodeLists {

	private NodeLists() {
	}

	static List<NodeAddress> parse(String property, List<String> nodes) {
		return nodes.stream().map((node) -> parse(property, node)).toList();
	}

	private static NodeAddress parse(String property, String node) {
		try {
			return NodeAddress.parse(node.trim());
		}
		catch (IllegalArgumentException ex) {
			boolean badPort = node.matches(".*:\\d+");
			throw new InvalidPropertyException(property, node,
					badPort ? "has a port that is not between 1 and 65535" : "is not of the form host:port",
					"Write each node as host:port, such as 10.0.0.1:6379 or [2001:db8::1]:6379, separated by commas.");
		}
	}

}
