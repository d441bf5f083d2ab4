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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.lagwise.connection.ReadCommands.Rule;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands that read or change more than the keys that they name.
 */
class UnnamedKeysTests {

	private final ReadCommands commands = ReadCommands.of(ClientOptions.create());

	@ParameterizedTest
	@ValueSource(strings = { "key BY weight:*", "key by weight:* LIMIT 0 10", "key GET # GET name:*",
			"key LIMIT 0 1 Get n:*" })
	void sortingByWhatItDoesNotNameBelongsToThePrimaryAndShowsAnyKey(String arguments) {
		Command<byte[], byte[], Object> sort = command(CommandType.SORT_RO, arguments);
		assertThat(this.commands.placement(sort)).isEqualTo(CommandPlacement.PRIMARY);
		assertThat(CommandKeys.shownBy(sort).isAnything()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "key", "key LIMIT 0 10 DESC ALPHA", "BYE ASC", "xBY", "FORGET" })
	void sortingByWhatItNamesMayGoToAnyNode(String arguments) {
		Command<byte[], byte[], Object> sort = command(CommandType.SORT_RO, arguments);
		assertThat(this.commands.placement(sort)).isEqualTo(CommandPlacement.ANY_NODE);
		assertThat(CommandKeys.shownBy(sort).isAnything()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(value = CommandType.class, names = { "SCAN", "KEYS", "RANDOMKEY", "DBSIZE" })
	void whichKeysThereAreIsShownOfAnyKey(CommandType type) {
		assertThat(CommandKeys.shownBy(command(type, "0")).isAnything()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(value = CommandType.class, names = { "HSCAN", "SSCAN", "ZSCAN" })
	void aCursorOfOneKeyShowsThatKey(CommandType type) {
		CommandKeys keys = CommandKeys.shownBy(command(type, "key"));
		assertThat(keys.size()).isOne();
		assertThat(keys.hash(0)).isEqualTo(CommandKeys.of(command(CommandType.GET, "key")).hash(0));
	}

	@ParameterizedTest
	@EnumSource(value = CommandType.class, names = { "FUNCTION", "DEBUG", "FLUSHDB", "SWAPDB" })
	void whatChangesWithoutANamedKeyMayBeAnything(CommandType type) {
		assertThat(CommandKeys.of(command(type, "LOAD code")).isAnything()).isTrue();
	}

	@Test
	void theKeysOfEveryReadThatAReplicaMayServeAreKnown() {
		Map<String, KeyPosition> positions = new TreeMap<>(KeyPosition.table());
		List<String> reads = ReadCommands.rules()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != Rule.PRIMARY)
			.map(Map.Entry::getKey)
			.toList();
		assertThat(reads).hasSizeGreaterThan(80)
			.allSatisfy((read) -> assertThat(positions.get(read)).as(read).isIn(KeyPosition.FIRST, KeyPosition.EVERY));
	}

	private static Command<byte[], byte[], Object> command(CommandType type, String arguments) {
		CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE);
		Stream.of(arguments.split(" ")).forEach((word) -> args.add(word.getBytes(StandardCharsets.US_ASCII)));
		return new Command<>(type, null, args);
	}

}
