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

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;

import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;

/**
 * Looks up names of servers on the current thread, which may have to wait for long.
 */
final class NameLookUps {

	private NameLookUps() {
	}

	/**
	 * Return where an address leads, unless Netty finds that out without blocking.
	 * @param address the address
	 * @param resolvers how Netty looks up names
	 */
	static SocketAddress resolved(SocketAddress address, AddressResolverGroup<?> resolvers) {
		if (resolvers instanceof DefaultAddressResolverGroup && address instanceof InetSocketAddress inet
				&& inet.isUnresolved()) {
			try {
				return new InetSocketAddress(InetAddress.getByName(inet.getHostString()), inet.getPort());
			}
			catch (UnknownHostException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return address;
	}

}
