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

package io.lagwise.benchmarks.rest;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * What the servers of one kind have counted since they were started, one with another.
 *
 * @param calls how often each command was run, nothing where the server does not tell
 * @param values commands altogether, bytes and processor time
 * @param connections how many connections there are now
 */
record ServerCount(Map<String, Double> calls, Map<String, Double> values, double connections) {

	private static final String CALLS = "cmdstat_";

	static ServerCount of(ReplicatedRedis redis, NodeKind kind) {
		List<RedisNode> nodes = kind.nodes(redis);
		Map<String, Double> calls = new HashMap<>();
		Map<String, Double> values = new HashMap<>();
		double connections = 0;
		for (RedisNode node : nodes) {
			for (String section : List.of("commandstats", "stats", "cpu")) {
				ask(redis, node, "INFO", section).lines().forEach((line) -> read(line, nodes.size(), calls, values));
			}
			connections += (double) ask(redis, node, "CLIENT", "LIST").lines().count() / nodes.size();
		}
		return new ServerCount(calls, values, connections);
	}

	private static void read(String line, int nodes, Map<String, Double> calls, Map<String, Double> values) {
		int colon = line.indexOf(':');
		if (line.startsWith(CALLS)) {
			String command = line.substring(CALLS.length(), colon).replaceFirst("\\|.*", "").toUpperCase(Locale.ROOT);
			String count = line.substring(line.indexOf('=') + 1, line.indexOf(','));
			calls.merge(command, Double.parseDouble(count) / nodes, Double::sum);
		}
		else if (line.matches("(total_net_(in|out)put_bytes|total_commands_processed|used_cpu_(sys|user)):.*")) {
			values.merge(line.substring(0, colon), Double.parseDouble(line.substring(colon + 1)) / nodes, Double::sum);
		}
	}

	private static String ask(ReplicatedRedis redis, RedisNode node, String command, String argument) {
		return Objects.requireNonNull(redis.execute(node, command, argument));
	}

}
