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

import java.util.function.Consumer;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.tracing.Tracing;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;

/**
 * Resources for connections to single servers, whose channels are known before they are
 * connected. Where the commands are questions that nobody's work has caused they are not
 * traced: they would be traces of their own, dozens per second.
 */
final class NodeResources extends DelegatingResources {

	private final boolean traced;

	private final Consumer<Channel> onChannel;

	/**
	 * Create resources.
	 * @param resources the application's
	 * @param traced whether commands are traced if the application wants that
	 * @param onChannel is given each channel before it connects
	 */
	NodeResources(ClientResources resources, boolean traced, Consumer<Channel> onChannel) {
		super(resources);
		this.traced = traced;
		this.onChannel = onChannel;
	}

	@Override
	public Tracing tracing() {
		return this.traced ? super.tracing() : Tracing.disabled();
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
				NodeResources.this.onChannel.accept(channel);
			}

		};
	}

}
