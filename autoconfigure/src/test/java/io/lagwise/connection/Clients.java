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

import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * The connections of a test's factories to a server, by the server's own list.
 */
final class Clients {

	/**
	 * The name of the connections that count.
	 */
	static final String NAME = "lagwise-test";

	private static final Pattern ID = Pattern.compile("^id=(\\d+) .* name=" + NAME + " ");

	private Clients() {
	}

	/**
	 * Return the IDs that a server has given to the connections; a new one has a new ID.
	 */
	static Set<String> ids(ReplicatedRedis redis, RedisNode node) {
		return Objects.requireNonNull(redis.execute(node, "CLIENT", "LIST"))
			.lines()
			.map(ID::matcher)
			.filter(Matcher::find)
			.map((matcher) -> matcher.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
