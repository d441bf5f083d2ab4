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

import java.io.IOException;
import java.util.function.BooleanSupplier;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * One channel of a connection to the primary, right below Lettuce.
 * <p>
 * Lettuce hands the error with which a channel breaks to the oldest command, and only
 * then learns that the channel is gone. Here each way in which it breaks is the same one:
 * it is closed, and nobody is told more than that.
 */
final class PrimaryLink extends ChannelInboundHandlerAdapter {

	private static final Log logger = LogFactory.getLog(PrimaryLink.class);

	private final BooleanSupplier alone;

	/**
	 * Create a link.
	 * @param alone whether the primary has no replicas: then Lettuce has its way
	 */
	PrimaryLink(BooleanSupplier alone) {
		this.alone = alone;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		boolean broken = cause instanceof IOException || cause instanceof DecoderException
				|| cause instanceof ChannelException;
		if (!broken || this.alone.getAsBoolean()) {
			context.fireExceptionCaught(cause);
			return;
		}
		logger.debug("The connection to " + context.channel().remoteAddress() + " is broken", cause);
		context.close();
	}

}
