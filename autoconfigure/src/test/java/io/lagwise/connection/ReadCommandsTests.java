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
import java.util.stream.Stream;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadCommands}.
 */
class ReadCommandsTests {

	private final ReadCommands commands = ReadCommands.of(ClientOptions.create());

	static Stream<Arguments> placements() {
		return Stream.of(Arguments.of(CommandType.GET, args((it) -> it.addKey("k")), CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.MGET, args((it) -> it.addKeys("k", "l")), CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.ZMSCORE, args((it) -> it.addKey("k").add("m")), CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.HGETALL, args((it) -> it.addKey("people:1")), CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.HGETALL, args((it) -> it.addKey("phantom")), CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.HGETALL, args((it) -> it.addKey("people:1:phantom")),
						CommandPlacement.PRIMARY),
				Arguments.of(CommandType.HGETALL, null, CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.DBSIZE, null, CommandPlacement.PRIMARY),
				Arguments.of(CommandType.KEYS, args((it) -> it.add("*")), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.SCAN, args((it) -> it.add("0")), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.HSCAN, args((it) -> it.addKey("k").add("0")), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.SET, args((it) -> it.addKey("k").add("v")),
						CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.GETEX, args((it) -> it.addKey("k")), CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.SORT, args((it) -> it.addKey("k")), CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.GEORADIUS, args((it) -> it.addKey("k")), CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.EVAL, args((it) -> it.add("s").add(1).addKey("k")),
						CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.EVAL_RO, args((it) -> it.add("s").add(1).addKey("k")),
						CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.EVAL_RO, args((it) -> it.add("s").add(0)), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.EVAL_RO, null, CommandPlacement.PRIMARY),
				Arguments.of(CommandType.EVALSHA_RO, args((it) -> it.add("s").add(1).addKey("k")),
						CommandPlacement.PRIMARY),
				Arguments.of(CommandType.FCALL_RO, args((it) -> it.add("f").add(1).addKey("k")),
						CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.FCALL_RO, args((it) -> it.add("f").add(0)), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.XREAD, xread(XReadArgs.Builder.count(2)), CommandPlacement.ANY_NODE),
				Arguments.of(CommandType.XREAD, xread(XReadArgs.Builder.block(10)), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.XREAD, xread(XReadArgs.Builder.block(10).count(2)), CommandPlacement.PRIMARY),
				Arguments.of(CommandType.XREAD, null, CommandPlacement.PRIMARY),
				Arguments.of(CommandType.XREAD,
						args((it) -> it.add("BLOCK".getBytes())
							.add("0".getBytes())
							.add("STREAMS".getBytes())
							.add("k".getBytes())
							.add("$".getBytes())),
						CommandPlacement.PRIMARY),
				Arguments.of(CommandType.XREADGROUP, xread(XReadArgs.Builder.count(2)),
						CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.MULTI, null, CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.WATCH, args((it) -> it.addKey("k")), CommandPlacement.PRIMARY_MAY_WRITE),
				Arguments.of(CommandType.SELECT, args((it) -> it.add(1)), CommandPlacement.PRIMARY_MAY_WRITE));
	}

	@ParameterizedTest
	@MethodSource("placements")
	void aCommandIsPlacedByItsNameAndArguments(CommandType type, @Nullable CommandArgs<String, String> args,
			CommandPlacement expected) {
		assertThat(this.commands.placement(command(type, args))).isEqualTo(expected);
	}

	@Test
	void aReadOfAStreamWhoseNameIsAKeywordDoesNotBlock() {
		CommandArgs<String, String> args = args(
				(it) -> it.add("STREAMS").addKey("BLOCK").addKey("STREAMS").add("0").add("0"));
		assertThat(this.commands.placement(command(CommandType.XREAD, args))).isEqualTo(CommandPlacement.ANY_NODE);
	}

	@Test
	void aNameThatLettuceDoesNotKnowIsFoundInTheTable() {
		CommandArgs<String, String> args = args((it) -> it.addKey("k"));
		assertThat(this.commands.placement(command(keyword("VGETATTR"), args))).isEqualTo(CommandPlacement.ANY_NODE);
		assertThat(this.commands.placement(command(keyword("DBSIZE"), args))).isEqualTo(CommandPlacement.PRIMARY);
	}

	@Test
	void aNameThatTheTableDoesNotKnowMayWrite() {
		CommandArgs<String, String> args = args((it) -> it.addKey("k"));
		assertThat(this.commands.placement(command(keyword("JSON.GET"), args)))
			.isEqualTo(CommandPlacement.PRIMARY_MAY_WRITE);
		assertThat(this.commands.placement(command(keyword("MY.READ"), args)))
			.isEqualTo(CommandPlacement.PRIMARY_MAY_WRITE);
	}

	@Test
	void thePredicateOfTheUserIsAnUpperBound() {
		ReadCommands limited = ReadCommands
			.of(ClientOptions.builder().readOnlyCommands((command) -> command.getType() != CommandType.GET).build());
		CommandArgs<String, String> args = args((it) -> it.addKey("k").add("v"));
		assertThat(limited.placement(command(CommandType.GET, args))).isEqualTo(CommandPlacement.PRIMARY);
		assertThat(limited.placement(command(CommandType.STRLEN, args))).isEqualTo(CommandPlacement.ANY_NODE);
		assertThat(limited.placement(command(CommandType.SET, args))).isEqualTo(CommandPlacement.PRIMARY_MAY_WRITE);
		assertThat(limited.placement(command(CommandType.SCAN, args))).isEqualTo(CommandPlacement.PRIMARY);
	}

	@ParameterizedTest
	@EnumSource(value = CommandType.class,
			names = { "BLPOP", "BLMOVE", "BLMPOP", "BRPOP", "BZPOPMIN", "BZMPOP", "WAIT", "SUBSCRIBE", "INFO", "CLIENT",
					"CONFIG", "SCRIPT", "FUNCTION", "AUTH", "PING", "EXEC", "DISCARD", "UNWATCH", "PUBLISH", "SPUBLISH",
					"PFADD", "PFMERGE", "GETDEL", "GETSET", "OBJECT", "MIGRATE", "COPY" })
	void commandsThatAreNoReadsAreNotInTheTable(CommandType type) {
		assertThat(this.commands.placement(command(type, args((it) -> it.addKey("k")))))
			.isEqualTo(CommandPlacement.PRIMARY_MAY_WRITE);
	}

	private static CommandArgs<String, String> xread(XReadArgs options) {
		return args((args) -> {
			options.build(args);
			args.add("STREAMS").addKey("k").add("0");
		});
	}

	private static CommandArgs<String, String> args(Consumer<CommandArgs<String, String>> content) {
		CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
		content.accept(args);
		return args;
	}

	private static Command<String, String, String> command(ProtocolKeyword type,
			@Nullable CommandArgs<String, String> args) {
		return new Command<>(type, new StatusOutput<>(StringCodec.UTF8), args);
	}

	private static ProtocolKeyword keyword(String name) {
		return new ProtocolKeyword() {

			@Override
			public byte[] getBytes() {
				return name.getBytes();
			}

			@Override
			public String toString() {
				return name;
			}

		};
	}

}
