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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Reads the files that say something of each command: its name, a word, and possibly a
 * remark.
 */
final class CommandTable {

	private CommandTable() {
	}

	static <E extends Enum<E>> Map<String, E> load(String file, Class<E> type) {
		Map<String, E> table = new TreeMap<>();
		try (InputStream resource = CommandTable.class.getResourceAsStream(file)) {
			Assert.state(resource != null, () -> file + " is missing");
			BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.US_ASCII));
			reader.lines().filter((line) -> !line.startsWith("#")).forEach((line) -> {
				String[] words = line.split(" ", 3);
				table.put(words[0], Enum.valueOf(type, words[1].replace('-', '_').toUpperCase(Locale.ROOT)));
			});
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return table;
	}

	/**
	 * Return a table by the ordinals of the commands that Lettuce knows.
	 */
	@SuppressWarnings("unchecked")
	static <E extends Enum<E>> @Nullable E[] byType(Map<String, E> table, Class<E> type) {
		CommandType[] commands = CommandType.values();
		@Nullable E[] values = (E[]) Array.newInstance(type, commands.length);
		for (CommandType command : commands) {
			values[command.ordinal()] = table.get(command.toString());
		}
		return values;
	}

}
