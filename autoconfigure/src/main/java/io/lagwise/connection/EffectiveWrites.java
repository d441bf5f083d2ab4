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

import java.util.EnumSet;
import java.util.Set;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;

/**
 * Knows the commands that change data whenever they succeed. Others can be without effect
 * (a {@code DEL} of nothing), and then a failover cannot destroy them.
 */
final class EffectiveWrites {

	private static final Set<CommandType> ALWAYS = EnumSet.of(CommandType.SET, CommandType.SETEX, CommandType.PSETEX,
			CommandType.MSET, CommandType.GETSET, CommandType.APPEND, CommandType.INCR, CommandType.INCRBY,
			CommandType.INCRBYFLOAT, CommandType.DECR, CommandType.DECRBY, CommandType.LPUSH, CommandType.RPUSH,
			CommandType.HSET, CommandType.HMSET, CommandType.HINCRBY, CommandType.HINCRBYFLOAT, CommandType.ZINCRBY);

	private EffectiveWrites() {
	}

	static boolean contains(ProtocolKeyword type) {
		return type instanceof CommandType known && ALWAYS.contains(known);
	}

	/**
	 * Return whether a command that is in the set and has succeeded has changed data:
	 * {@code SET} can have conditions.
	 */
	static boolean hasTakenEffect(RedisCommand<?, ?, ?> command) {
		CommandOutput<?, ?, ?> output = command.getOutput();
		return command.getType() != CommandType.SET || (output != null && "OK".equals(output.get()));
	}

}
