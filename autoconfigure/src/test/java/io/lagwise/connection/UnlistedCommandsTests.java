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

import java.nio.charset.StandardCharsets;

import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnlistedCommands}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnlistedCommandsTests {

	private static final String SAID = "it counts as a write to every key";

	private final UnlistedCommands commands = new UnlistedCommands();

	@Test
	void eachCommandOfAModuleIsSaidOnce(CapturedOutput output) {
		for (int i = 0; i < 3; i++) {
			this.commands.sent(command("JSON.SET"));
			this.commands.sent(command("TS.ADD"));
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains(SAID))).hasSize(2)
			.anyMatch((line) -> line.contains("JSON.SET is not in Lagwise's table of commands"))
			.anyMatch((line) -> line.contains("TS.ADD is not in Lagwise's table of commands"));
	}

	@Test
	void twentyAreSaidAtMost(CapturedOutput output) {
		for (int i = 1; i <= 25; i++) {
			this.commands.sent(command("MODULE.COMMAND-" + i));
		}
		assertThat(output.getAll().lines().filter((line) -> line.contains(SAID))).hasSize(20);
		assertThat(output).contains("MODULE.COMMAND-20 is not").doesNotContain("MODULE.COMMAND-21 is not");
	}

	@Test
	void commandsOfTheTableAreNotSaid(CapturedOutput output) {
		this.commands.sent(CommandType.SET);
		this.commands.sent(CommandType.FLUSHALL);
		assertThat(output).doesNotContain(SAID);
	}

	@Test
	void whatMayBeAValueByMistakeIsNotSaid(CapturedOutput output) {
		this.commands.sent(command("4711"));
		this.commands.sent(command("the secret"));
		this.commands.sent(command("S".repeat(41)));
		assertThat(output).doesNotContain(SAID).doesNotContain("4711").doesNotContain("secret");
	}

	private static ProtocolKeyword command(String name) {
		return new ProtocolKeyword() {

			@Override
			public byte[] getBytes() {
				return name.getBytes(StandardCharsets.US_ASCII);
			}

			@Override
			public String toString() {
				return name;
			}

		};
	}

}
