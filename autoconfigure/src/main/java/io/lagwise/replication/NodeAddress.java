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

package io.lagwise.replication;

import java.util.Comparator;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The address at which clients reach a node.
 *
 * @param host the host name or IP address, IPv6 without brackets
 * @param port the TCP port
 */
public record NodeAddress(String host, int port) {

	/**
	 * Orders addresses by host and port.
	 */
	public static final Comparator<NodeAddress> ORDER = Comparator.comparing(NodeAddress::host)
		.thenComparingInt(NodeAddress::port);

	public NodeAddress {
		Assert.hasText(host, "'host' must not be empty");
		Assert.isTrue(port > 0 && port <= 65535, () -> "'port' must be between 1 and 65535 but is " + port);
	}

	/**
	 * Parse {@code host:port}, IPv6 addresses with or without brackets.
	 * @param address the text
	 * @return the address
	 * @throws IllegalArgumentException if the text is not an address of that form
	 */
	public static NodeAddress parse(String address) {
		int separator = address.lastIndexOf(':');
		Assert.isTrue(separator > 0, () -> "'" + address + "' is not of the form host:port");
		String host = address.substring(0, separator);
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		return new NodeAddress(host, parsePort(address, address.substring(separator + 1)));
	}

	/**
	 * Return the address that a server announces for a node, or {@code null} if it is
	 * none to which anybody could connect. Servers list nodes without a port, with an
	 * empty name or with fields left out: such an entry is to be skipped, and no other.
	 * @param host the host name or IP address as announced, IPv6 with or without brackets
	 * @param port the port as announced
	 * @return the address, or {@code null}
	 */
	public static @Nullable NodeAddress announced(@Nullable String host, @Nullable String port) {
		if (host == null || port == null) {
			return null;
		}
		try {
			return parse(host.trim() + ":" + port.trim());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static int parsePort(String address, String port) {
		try {
			return Integer.parseInt(port);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("'" + address + "' is not of the form host:port", ex);
		}
	}

	@Override
	public String toString() {
		return (this.host.indexOf(':') >= 0) ? "[" + this.host + "]:" + this.port : this.host + ":" + this.port;
	}

}
