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

package io.lagwise.benchmarks.fault;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * How many reads each node has served, by its own count.
 *
 * @param reads the reads by node; a node that does not answer is missing
 */
record NodeShares(Map<RedisNode, Long> reads) {

	static NodeShares of(ReplicatedRedis redis) {
		Map<RedisNode, Long> reads = new LinkedHashMap<>();
		for (RedisNode node : redis.nodes()) {
			try {
				reads.put(node, redis.commandsServed(node, "GET"));
			}
			catch (IllegalStateException ex) {
				// it is frozen or gone
			}
		}
		return new NodeShares(reads);
	}

	NodeShares since(NodeShares earlier) {
		Map<RedisNode, Long> difference = new LinkedHashMap<>();
		this.reads
			.forEach((node, count) -> difference.put(node, Math.max(0, count - earlier.reads.getOrDefault(node, 0L))));
		return new NodeShares(difference);
	}

	RedisNode busiestOf(Iterable<RedisNode> nodes) {
		RedisNode busiest = nodes.iterator().next();
		for (RedisNode node : nodes) {
			if (this.reads.getOrDefault(node, 0L) > this.reads.getOrDefault(busiest, 0L)) {
				busiest = node;
			}
		}
		return busiest;
	}

	/**
	 * Print the shares in percent.
	 */
	String print(Iterable<RedisNode> nodes) {
		long sum = Math.max(1, this.reads.values().stream().mapToLong(Long::longValue).sum());
		Map<String, String> shares = new LinkedHashMap<>();
		for (RedisNode node : nodes) {
			Long count = this.reads.get(node);
			shares.put(node.name(), (count != null) ? Long.toString(Math.round(100.0 * count / sum)) : "–");
		}
		return shares.values().stream().collect(Collectors.joining(" / "));
	}

}
