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

import java.util.Map;
import java.util.Objects;

import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import org.jspecify.annotations.Nullable;

/**
 * Where the keys of a command stand. The table is {@code command-keys.txt} and comes from
 * the answers of servers to {@code COMMAND}.
 */
enum KeyPosition {

	/**
	 * There is no key, and nothing is written.
	 */
	NONE,

	/**
	 * The first argument is the only key.
	 */
	FIRST,

	/**
	 * Any argument may be a key.
	 */
	EVERY,

	/**
	 * There is no key, or it is not known, and any key may be written.
	 */
	ANYTHING;

	private static final Map<String, KeyPosition> POSITIONS = CommandTable.load("command-keys.txt", KeyPosition.class);

	private static final @Nullable KeyPosition[] POSITIONS_BY_TYPE = CommandTable.byType(POSITIONS, KeyPosition.class);

	static KeyPosition of(ProtocolKeyword type) {
		KeyPosition position = (type instanceof CommandType known) ? POSITIONS_BY_TYPE[known.ordinal()]
				: POSITIONS.get(type.toString());
		return Objects.requireNonNullElse(position, ANYTHING);
	}

	/**
	 * Return whether the table says where the keys of a command stand.
	 */
	static boolean isListed(ProtocolKeyword type) {
		return POSITIONS.containsKey(type.toString());
	}

	static Map<String, KeyPosition> table() {
		return POSITIONS;
	}

}
