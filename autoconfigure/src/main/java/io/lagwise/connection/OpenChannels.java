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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;

/**
 * The channels of a client, those included that are not connected yet: whoever stops the
 * threads of Netty before they are closed is told so, with a stack for each.
 */
final class OpenChannels {

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	void add(Channel channel) {
		this.channels.add(channel);
		channel.closeFuture().addListener((closed) -> this.channels.remove(channel));
		if (this.closed) {
			channel.close();
		}
	}

	/**
	 * Close what is open, and what will be, and wait a moment for that.
	 */
	void close() {
		this.closed = true;
		this.channels.forEach(Channel::close);
		long deadline = System.nanoTime() + PATIENCE;
		for (Channel channel : this.channels) {
			if (!channel.eventLoop().inEventLoop()) {
				channel.closeFuture()
					.awaitUninterruptibly(Math.max(deadline - System.nanoTime(), 0), TimeUnit.NANOSECONDS);
			}
		}
	}

}
