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

import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Finds out whether a {@code SORT} reads keys that it does not name, by a pattern after
 * {@code BY} or {@code GET}.
 */
final class SortPatterns {

	private SortPatterns() {
	}

	/**
	 * Return whether a command sorts by, or returns, keys that it does not name. To be
	 * called before it is sent.
	 */
	static boolean isIn(RedisCommand<?, ?, ?> command) {
		ProtocolKeyword type = command.getType();
		CommandArgs<?, ?> args = command.getArgs();
		if (args == null || (type != CommandType.SORT && type != CommandType.SORT_RO)) {
			return false;
		}
		ByteBuf encoded = PooledByteBufAllocator.DEFAULT.buffer();
		try {
			// as it is sent: arguments that were passed as opaque bytes count, too
			args.encode(encoded);
			String text = encoded.toString(StandardCharsets.ISO_8859_1);
			return containsWord(text, "$2\r\nBY\r\n") || containsWord(text, "$3\r\nGET\r\n");
		}
		finally {
			encoded.release();
		}
	}

	private static boolean containsWord(String text, String word) {
		for (int i = 0; i <= text.length() - word.length(); i++) {
			if (text.regionMatches(true, i, word, 0, word.length())) {
				return true;
			}
		}
		return false;
	}

}
