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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.ReadOnlyCommands.ReadOnlyPredicate;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Decides by name and arguments where a command may be answered.
 * <p>
 * The table stands in {@code read-commands.txt} and comes from the flags that servers
 * give in their answers to {@code COMMAND}. A command that it does not list may write.
 */
final class ReadCommands {

	private static final Map<String, Rule> RULES = CommandTable.load("read-commands.txt", Rule.class);

	private static final @Nullable Rule[] RULES_BY_TYPE = CommandTable.byType(RULES, Rule.class);

	private final @Nullable ReadOnlyPredicate upperBound;

	private ReadCommands(@Nullable ReadOnlyPredicate upperBound) {
		this.upperBound = upperBound;
	}

	/**
	 * Create the decision for a client. A predicate that the user has set there limits
	 * which commands are reads; Lettuce's own default, which misses many, does not.
	 */
	static ReadCommands of(ClientOptions options) {
		ReadOnlyPredicate predicate = options.getReadOnlyCommands();
		return new ReadCommands((predicate != ClientOptions.DEFAULT_READ_ONLY_COMMANDS) ? predicate : null);
	}

	static Map<String, Rule> rules() {
		return RULES;
	}

	CommandPlacement placement(RedisCommand<?, ?, ?> command) {
		Rule rule = rule(command.getType());
		if (rule == null) {
			return CommandPlacement.PRIMARY_MAY_WRITE;
		}
		if (rule.allows(command) && (this.upperBound == null || this.upperBound.isReadOnly(command))) {
			return CommandPlacement.ANY_NODE;
		}
		return CommandPlacement.PRIMARY;
	}

	private static @Nullable Rule rule(ProtocolKeyword type) {
		return (type instanceof CommandType known) ? RULES_BY_TYPE[known.ordinal()] : RULES.get(type.toString());
	}

	/**
	 * When a read may be answered by any node.
	 */
	enum Rule {

		REPLICA {
			@Override
			boolean allows(RedisCommand<?, ?, ?> command) {
				return true;
			}
		},

		UNLESS_BLOCKING {
			@Override
			boolean allows(RedisCommand<?, ?, ?> command) {
				CommandArgs<?, ?> args = command.getArgs();
				String text = (args != null) ? args.toCommandString() : "";
				List<String> words = List.of(text.split(" "));
				int streams = words.indexOf("STREAMS");
				// arguments that were passed as opaque bytes do not show the keyword
				return streams >= 0 && !words.subList(0, streams).contains("BLOCK");
			}
		},

		IF_KEYED {
			@Override
			boolean allows(RedisCommand<?, ?, ?> command) {
				CommandArgs<?, ?> args = command.getArgs();
				return args != null && args.getFirstEncodedKey() != null;
			}
		},

		UNLESS_SHADOW_COPY {
			@Override
			boolean allows(RedisCommand<?, ?, ?> command) {
				CommandArgs<?, ?> args = command.getArgs();
				ByteBuffer key = (args != null) ? args.getFirstEncodedKey() : null;
				return key == null || !endsWith(key, SHADOW_COPY);
			}
		},

		UNLESS_PATTERNS {
			@Override
			boolean allows(RedisCommand<?, ?, ?> command) {
				return !SortPatterns.isIn(command);
			}
		},

		PRIMARY {
			@Override
			boolean allows(RedisCommand<?, ?, ?> command) {
				return false;
			}
		};

		// where repositories look for an entity when they are told that it has expired
		private static final byte[] SHADOW_COPY = ":phantom".getBytes(StandardCharsets.US_ASCII);

		abstract boolean allows(RedisCommand<?, ?, ?> command);

		private static boolean endsWith(ByteBuffer key, byte[] suffix) {
			int start = key.limit() - suffix.length;
			for (int i = suffix.length - 1; i >= 0; i--) {
				if (start + i < key.position() || key.get(start + i) != suffix[i]) {
					return false;
				}
			}
			return true;
		}

	}

}
