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

package io.lagwise.testkit;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts the commands a server has run, by its own statistics.
 */
final class CommandStatistics {

	private static final String PREFIX = "cmdstat_";

	private static final Set<String> HOUSEKEEPING = Set.of("acl", "auth", "client", "command", "config", "echo",
			"hello", "info", "multi", "ping", "psubscribe", "psync", "publish", "quit", "replconf", "replicaof", "role",
			"sentinel", "slaveof", "subscribe", "sync");

	private final Map<String, Long> calls = new TreeMap<>();

	CommandStatistics(String info) {
		info.lines().filter((line) -> line.startsWith(PREFIX)).forEach((line) -> {
			int start = line.indexOf(":calls=");
			int end = line.indexOf(',', start);
			this.calls.put(line.substring(PREFIX.length(), start), Long.valueOf(line.substring(start + 7, end)));
		});
	}

	// Count all commands except those by which connections are set up, servers watched
	// and data replicated.
	long served() {
		return this.calls.entrySet()
			.stream()
			.filter((entry) -> !HOUSEKEEPING.contains(container(entry.getKey())))
			.mapToLong(Map.Entry::getValue)
			.sum();
	}

	// Count the commands with one name. {@code CONFIG GET} names one subcommand, {@code
	// CONFIG} all of them.
	long served(String command) {
		String name = command.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", "|");
		return this.calls.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().equals(name) || container(entry.getKey()).equals(name))
			.mapToLong(Map.Entry::getValue)
			.sum();
	}

	private static String container(String name) {
		int separator = name.indexOf('|');
		return (separator < 0) ? name : name.substring(0, separator);
	}

}
