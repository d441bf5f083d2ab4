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
import java.util.Map;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SlowCommands}.
 */
class SlowCommandsTests {

	private final SlowCommands commands = new SlowCommands(Map.of("SINTER", Duration.ofNanos(7)));

	@Test
	void aCommandThatIsNamedMayTakeItsTimeWhateverItsKey() {
		assertThat(this.commands.time(command(CommandType.SINTER, "a"), 0)).isEqualTo(7);
		assertThat(this.commands.time(command(CommandType.GET, "a"), 0)).isZero();
		this.commands.learn(command(CommandType.SINTER, "a"), 100, 0);
		assertThat(this.commands.time(command(CommandType.SINTER, "a"), 0)).isEqualTo(7);
	}

	@Test
	void aCommandThatWasSlowMayTakeTwiceAsLongWithThatKey() {
		this.commands.learn(command(CommandType.LRANGE, "a"), 100, 0);
		assertThat(this.commands.time(command(CommandType.LRANGE, "a"), 1)).isEqualTo(200);
		assertThat(this.commands.time(command(CommandType.LRANGE, "b"), 1)).isZero();
		assertThat(this.commands.time(command(CommandType.GET, "a"), 1)).isZero();
	}

	@Test
	void aCommandThatIsNotSlowAgainIsForgotten() {
		long memory = Duration.ofMinutes(10).toNanos();
		this.commands.learn(command(CommandType.LRANGE, "a"), 100, 5);
		assertThat(this.commands.time(command(CommandType.LRANGE, "a"), 4 + memory)).isEqualTo(200);
		assertThat(this.commands.time(command(CommandType.LRANGE, "a"), 5 + memory)).isZero();
	}

	@Test
	void onlySoManyAreRememberedAndTheLatestOfThem() {
		for (int i = 0; i < 300; i++) {
			this.commands.learn(command(CommandType.LRANGE, "key-" + i), 100, i);
		}
		this.commands.learn(command(CommandType.LRANGE, "key-50"), 100, 300);
		for (int i = 300; i < 500; i++) {
			this.commands.learn(command(CommandType.LRANGE, "key-" + i), 100, i);
		}
		assertThat(this.commands.time(command(CommandType.LRANGE, "key-0"), 500)).isZero();
		assertThat(this.commands.time(command(CommandType.LRANGE, "key-50"), 500)).isPositive();
		assertThat(this.commands.time(command(CommandType.LRANGE, "key-499"), 500)).isPositive();
	}

	private static RedisCommand<String, String, String> command(CommandType type, String key) {
		return new Command<>(type, new StatusOutput<>(StringCodec.UTF8),
				new CommandArgs<>(StringCodec.UTF8).addKey(key));
	}

}
