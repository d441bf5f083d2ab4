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
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CommandKeys}.
 */
class CommandKeysTests {

	static Stream<Arguments> keyedCommands() {
		return Stream.of(keyed(CommandType.SET, args().addKey("a").addValue("b"), "a"),
				keyed(CommandType.DEL, args().addKeys("a", "b"), "a", "b"),
				keyed(CommandType.MSET, args().addKey("a").addValue("1").addKey("b").addValue("2"), "a", "b"),
				keyed(CommandType.RENAME, args().addKeys("a", "b"), "a", "b"),
				keyed(CommandType.EVAL, args().add("return 1").add(2).addKeys("a", "b").addValue("c"), "a", "b"),
				keyed(CommandType.ZUNIONSTORE, args().addKey("a").add(2).addKeys("b", "c"), "a", "b", "c"),
				keyed(CommandType.XGROUP, args().add("CREATE").addKey("a").addKey("group"), "a"),
				keyed(CommandType.SORT, args().addKey("a").add("STORE").addKey("b"), "a", "b"),
				keyed(CommandType.MIGRATE,
						args().add("host").add(1).add("").add(0).add(9).add("KEYS").addKeys("a", "b"), "a", "b"));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("keyedCommands")
	void everyKeyThatACommandMayWriteCounts(ProtocolKeyword type, CommandArgs<String, String> args, List<String> keys) {
		CommandKeys found = CommandKeys.of(new Command<>(type, null, args));
		assertThat(found.isAnything()).isFalse();
		assertThat(hashes(found)).contains(keys.stream().mapToInt(CommandKeysTests::hash).toArray());
	}

	@Test
	void aKeyCountsTheSameWhateverItsCommandAndItsCodec() {
		CommandArgs<byte[], byte[]> bytes = new CommandArgs<>(ByteArrayCodec.INSTANCE)
			.addKey("key".getBytes(StandardCharsets.UTF_8));
		assertThat(hashes(CommandKeys.of(new Command<>(CommandType.GET, null, bytes)))).containsExactly(hash("key"));
	}

	@Test
	void argumentsThatWerePassedAsOpaqueBytesCount() {
		CommandArgs<byte[], byte[]> opaque = new CommandArgs<>(ByteArrayCodec.INSTANCE)
			.add("key".getBytes(StandardCharsets.UTF_8));
		assertThat(hashes(CommandKeys.of(new Command<>(CommandType.SET, null, opaque)))).contains(hash("key"));
	}

	@Test
	void nothingIsWrittenWithoutKeys() {
		assertThat(CommandKeys.of(new Command<>(CommandType.PING, null))).returns(true, CommandKeys::isNone);
		assertThat(CommandKeys.of(new Command<>(CommandType.PUBLISH, null, args().addKey("channel").addValue("text"))))
			.returns(true, CommandKeys::isNone);
	}

	@Test
	void anythingMayBeWrittenByACommandThatEmptiesTheDatabaseOrIsNotKnown() {
		assertThat(CommandKeys.of(new Command<>(CommandType.FLUSHALL, null)).isAnything()).isTrue();
		assertThat(CommandKeys.of(new Command<>(CommandType.SWAPDB, null, args().add(0).add(1))).isAnything()).isTrue();
		ProtocolKeyword unknown = new ProtocolKeyword() {

			@Override
			public byte[] getBytes() {
				return toString().getBytes(StandardCharsets.US_ASCII);
			}

			@Override
			public String toString() {
				return "BF.ADD";
			}

		};
		assertThat(CommandKeys.of(new Command<>(unknown, null, args().addKey("key"))).isAnything()).isTrue();
	}

	private static Arguments keyed(CommandType type, CommandArgs<String, String> args, String... keys) {
		return Arguments.of(type, args, List.of(keys));
	}

	private static CommandArgs<String, String> args() {
		return new CommandArgs<>(StringCodec.UTF8);
	}

	private static int[] hashes(CommandKeys keys) {
		return IntStream.range(0, keys.size()).map(keys::hash).toArray();
	}

	private static int hash(String key) {
		return CommandKeys.of(new Command<>(CommandType.GET, null, args().addKey(key))).hash(0);
	}

}
