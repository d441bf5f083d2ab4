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

import java.util.concurrent.TimeUnit;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.DefaultEndpoint;
import io.lettuce.core.resource.ClientResources;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection to a node that tells of every byte that arrives: a large reply
 * takes long to be there, and Lettuce shows a value only when it is whole.
 */
final class AttentiveEndpoint extends DefaultEndpoint {

	private volatile @Nullable SignsOfLife signs;

	AttentiveEndpoint(ClientOptions options, ClientResources resources) {
		super(options, resources);
	}

	/**
	 * Let the bytes that arrive on a connection count as signs of life.
	 */
	static void listen(StatefulRedisConnection<?, ?> connection, SignsOfLife signs) {
		if (connection instanceof RedisChannelHandler<?, ?> handler
				&& handler.getChannelWriter() instanceof AttentiveEndpoint endpoint) {
			endpoint.signs = signs;
			signs.connected(endpoint::afterReading);
		}
	}

	/**
	 * Run an action once what has arrived by now has been read: a thread that is busy
	 * with other connections, or with writing, leaves answers in its sockets.
	 */
	private void afterReading(Runnable action) {
		Channel channel = this.channel;
		if (channel == null) {
			action.run();
			return;
		}
		// what is due later is run after the sockets have been looked at once more
		channel.eventLoop().schedule(action, 1, TimeUnit.MILLISECONDS);
	}

	@Override
	public void notifyChannelActive(Channel channel) {
		// before decryption: a record that is not whole yet is on its way, too
		channel.pipeline().addFirst(new ChannelInboundHandlerAdapter() {

			@Override
			public void channelRead(ChannelHandlerContext context, Object message) {
				SignsOfLife signs = AttentiveEndpoint.this.signs;
				if (signs != null) {
					int bytes = (message instanceof ByteBuf buffer) ? buffer.readableBytes() : 0;
					signs.received(bytes, System.nanoTime());
				}
				context.fireChannelRead(message);
			}

		});
		super.notifyChannelActive(channel);
	}

}
