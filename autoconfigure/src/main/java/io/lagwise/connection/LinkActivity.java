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
import java.util.Set;

import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;

/**
 * Judges whether a connection owes an answer for longer than a server that answers others
 * would take. Used by the thread of the connection only.
 */
final class LinkActivity extends ChannelDuplexHandler {

	/**
	 * How long a connection that owes an answer may be silent.
	 */
	static final Duration LIMIT = Duration.ofSeconds(2);

	/**
	 * The slowest network that is not taken for a broken one, in bytes per second: what
	 * was sent may still be on its way.
	 */
	private static final long SLOWEST = 128 * 1024;

	/**
	 * What a server may answer late, though it answers others.
	 */
	private static final Set<String> MAY_BLOCK = Set.of("BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN",
			"BZPOPMAX", "BZMPOP", "XREAD", "XREADGROUP", "MIGRATE", "VADD", "VSIM");

	private static final Set<String> WITHOUT_KEYS = Set.of("PING", "PUBLISH", "MULTI", "EXEC", "DISCARD", "UNWATCH");

	private long heardAt = System.nanoTime();

	/**
	 * How many bytes were sent since something was heard.
	 */
	private long sent;

	private @Nullable RedisCommand<?, ?, ?> oldest;

	private long oldestSince = this.heardAt;

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		this.heardAt = System.nanoTime();
		this.sent = 0;
		context.fireChannelRead(message);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof ByteBuf bytes) {
			this.sent += bytes.readableBytes();
		}
		context.write(message, promise);
	}

	/**
	 * Return when something was heard last.
	 */
	long heardAt() {
		return this.heardAt;
	}

	/**
	 * Return whether the connection should have been heard of. To be called now and then:
	 * what it owes counts from the first time at which it was seen.
	 * @param channel the connection
	 * @param now the time in nanoseconds of the monotonic clock
	 */
	boolean isOverdue(Channel channel, long now) {
		if (!channel.config().isAutoRead()) {
			// a reactive subscriber does not want more yet
			this.heardAt = now;
		}
		CommandHandler handler = channel.pipeline().get(CommandHandler.class);
		return isOverdue((handler != null) ? handler.getStack().peek() : null, now);
	}

	/**
	 * Return whether the connection should have been heard of.
	 * @param oldest what has waited longest for its answer, or {@code null}
	 * @param now the time in nanoseconds of the monotonic clock
	 */
	boolean isOverdue(@Nullable RedisCommand<?, ?, ?> oldest, long now) {
		if (oldest != this.oldest) {
			this.oldest = oldest;
			this.oldestSince = now;
		}
		if (oldest == null || !isAnsweredAtOnce(oldest.getType())) {
			return false;
		}
		return overdueFor(now).toNanos() > LIMIT.toNanos() + Duration.ofSeconds(1).toNanos() / SLOWEST * this.sent;
	}

	/**
	 * Return for how long the connection has owed an answer without being heard of.
	 */
	Duration overdueFor(long now) {
		long since = (this.oldestSince - this.heardAt > 0) ? this.oldestSince : this.heardAt;
		return Duration.ofNanos(now - since);
	}

	/**
	 * Whoever is not known to be answered as soon as the server gets to it may wait for
	 * others, in a module for instance.
	 */
	private static boolean isAnsweredAtOnce(ProtocolKeyword type) {
		if (!(type instanceof CommandType)) {
			return false;
		}
		String name = type.toString();
		KeyPosition keys = KeyPosition.of(type);
		boolean keyed = keys == KeyPosition.FIRST || keys == KeyPosition.EVERY;
		return WITHOUT_KEYS.contains(name) || (keyed && !MAY_BLOCK.contains(name) && name.indexOf('.') < 0);
	}

}
