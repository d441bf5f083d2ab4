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

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;

/**
 * The client's resources for connections that follow the primary: they are opened again
 * soon, and known before they are connected.
 * <p>
 * Lettuce waits ever longer between attempts, up to half a minute, as if the server to
 * come back were the same. Here it is another one, and it is there as soon as it is
 * known. A delay that the user has chosen is kept.
 */
final class FollowingResources extends DelegatingResources {

	private static final Duration LONGEST_DELAY = Duration.ofMillis(100);

	private static final int LAST_GROWING_ATTEMPT = 20;

	private final Consumer<Channel> onChannel;

	/**
	 * Create resources.
	 * @param resources the user's
	 * @param onChannel is given each channel before it connects
	 */
	FollowingResources(ClientResources resources, Consumer<Channel> onChannel) {
		super(resources);
		this.onChannel = onChannel;
	}

	@Override
	public Delay reconnectDelay() {
		Delay delay = super.reconnectDelay();
		return isDefault(delay) ? Delay.exponential(Duration.ZERO, LONGEST_DELAY, 2, TimeUnit.MILLISECONDS) : delay;
	}

	private static boolean isDefault(Delay delay) {
		if (delay instanceof Delay.StatefulDelay) {
			return false;
		}
		Delay exponential = Delay.exponential();
		for (int attempt = 1; attempt <= LAST_GROWING_ATTEMPT; attempt++) {
			if (!delay.createDelay(attempt).equals(exponential.createDelay(attempt))) {
				return false;
			}
		}
		return true;
	}

	@Override
	public NettyCustomizer nettyCustomizer() {
		NettyCustomizer customizer = super.nettyCustomizer();
		return new NettyCustomizer() {

			@Override
			public void afterBootstrapInitialized(Bootstrap bootstrap) {
				customizer.afterBootstrapInitialized(bootstrap);
			}

			@Override
			public void afterChannelInitialized(Channel channel) {
				customizer.afterChannelInitialized(channel);
				FollowingResources.this.onChannel.accept(channel);
			}

		};
	}

}
