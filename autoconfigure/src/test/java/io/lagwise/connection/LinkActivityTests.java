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

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LinkActivity}.
 */
class LinkActivityTests {

	private final LinkActivity activity = new LinkActivity();

	private final EmbeddedChannel channel = new EmbeddedChannel(this.activity);

	private final long start = System.nanoTime();

	@ParameterizedTest
	@EnumSource(names = { "SET", "INCR", "GET", "MSET", "EVAL", "EXEC", "MULTI", "PING", "PUBLISH" })
	void aConnectionThatOwesAnAnswerIsOverdueWhenItHasBeenSilent(CommandType type) {
		RedisCommand<?, ?, ?> command = command(type);
		assertThat(isOverdue(command, 0)).isFalse();
		assertThat(isOverdue(command, 1900)).isFalse();
		assertThat(isOverdue(command, 2100)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "XREAD",
			"XREADGROUP", "VADD", "VSIM", "WAIT", "CLIENT", "DEBUG", "FLUSHALL", "FLUSHDB", "SUBSCRIBE" })
	void whatMayWaitForOthersIsNeverOverdue(CommandType type) {
		RedisCommand<?, ?, ?> command = command(type);
		isOverdue(command, 0);
		assertThat(isOverdue(command, 3_600_000)).isFalse();
	}

	@Test
	void whatNobodyKnowsIsNeverOverdue() {
		RedisCommand<?, ?, ?> command = command(new ProtocolKeyword() {

			@Override
			public byte[] getBytes() {
				return new byte[0];
			}

			@Override
			public String toString() {
				return "MY.COMMAND";
			}

		});
		isOverdue(command, 0);
		assertThat(isOverdue(command, 3_600_000)).isFalse();
	}

	@Test
	void aConnectionThatOwesNothingIsNeverOverdue() {
		assertThat(isOverdue(null, 0)).isFalse();
		assertThat(isOverdue(null, 3_600_000)).isFalse();
	}

	@Test
	void theTimeCountsFromTheCommandThatIsTheOldest() {
		isOverdue(command(CommandType.SET), 0);
		RedisCommand<?, ?, ?> next = command(CommandType.SET);
		assertThat(isOverdue(next, 3000)).as("the one before was answered").isFalse();
		assertThat(isOverdue(next, 4900)).isFalse();
		assertThat(isOverdue(next, 5100)).isTrue();
	}

	@Test
	void aLongReplyThatIsUnderWayIsNotSilence() {
		RedisCommand<?, ?, ?> command = command(CommandType.EVAL);
		isOverdue(command, 0);
		assertThat(isOverdue(command, 2100)).isTrue();
		this.channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { '*' }));
		long heardAt = this.activity.heardAt();
		assertThat(this.activity.isOverdue(command, heardAt + Duration.ofMillis(1900).toNanos())).isFalse();
		assertThat(this.activity.isOverdue(command, heardAt + Duration.ofMillis(2100).toNanos())).isTrue();
	}

	@Test
	void aConnectionThatIsNotReadIsNotSilent() {
		long now = this.start + Duration.ofMinutes(1).toNanos();
		this.channel.config().setAutoRead(false);
		assertThat(this.activity.isOverdue(this.channel, now)).isFalse();
		assertThat(this.activity.heardAt()).isEqualTo(now);
	}

	@Test
	void whatIsLargeHasTimeToArrive() {
		RedisCommand<?, ?, ?> command = command(CommandType.SET);
		isOverdue(command, 0);
		this.channel.writeOutbound(Unpooled.wrappedBuffer(new byte[1024 * 1024]));
		assertThat(isOverdue(command, 9900)).isFalse();
		assertThat(isOverdue(command, 10_100)).isTrue();
	}

	private boolean isOverdue(RedisCommand<?, ?, ?> oldest, long millis) {
		return this.activity.isOverdue(oldest, this.start + Duration.ofMillis(millis).toNanos());
	}

	private static RedisCommand<?, ?, ?> command(ProtocolKeyword type) {
		return new Command<>(type, new IntegerOutput<>(StringCodec.UTF8));
	}

}
