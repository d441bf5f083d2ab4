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
import java.util.regex.Pattern;

import io.lagwise.replication.NodeAddress;

import org.springframework.util.Assert;

/**
 * Reads lists of addresses from properties.
 */
final class NodeLists {

	private static final Pattern NOT_IN_A_HOST = Pattern.compile("[\\s/@]");

	private NodeLists() {
	}

	static List<NodeAddress> parse(String property, List<String> nodes) {
		return nodes.stream().map((node) -> parse(property, node)).toList();
	}

	static NodeAddress parse(String property, String node) {
		try {
			Assert.isTrue(!NOT_IN_A_HOST.matcher(node.trim()).find(), "not a host");
			return NodeAddress.parse(node.trim());
		}
		catch (IllegalArgumentException ex) {
			boolean badPort = node.matches("[^/@]*:\\d+");
			throw new InvalidPropertyException(property, withoutCredentials(node),
					badPort ? "has a port that is not between 1 and 65535" : "is not of the form host:port",
					"Write each node as host:port, such as 10.0.0.1:6379 or [2001:db8::1]:6379, separated by commas.");
		}
	}

	// somebody may have pasted a URI
	private static String withoutCredentials(String node) {
		return node.substring(node.lastIndexOf('@') + 1);
	}

}
