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

package io.lagwise.sample.redis;

import java.util.List;
import java.util.stream.Stream;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Cluster;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.MasterReplica;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Sentinel;
import org.springframework.stereotype.Component;

/**
 * Says which servers the shop uses: its own, or those it was told.
 */
@Component
public class RedisServers {

	private final @Nullable ReplicatedRedis own;

	private final DataRedisConnectionDetails told;

	RedisServers(ObjectProvider<ReplicatedRedis> own, DataRedisConnectionDetails told) {
		this.own = own.getIfAvailable();
		this.told = told;
	}

	/**
	 * Return whether the servers end with the shop.
	 * @return whether the shop has started them
	 */
	public boolean areOwn() {
		return this.own != null;
	}

	/**
	 * Return a line with what is known of each server.
	 * @return role and address of the servers
	 */
	public List<String> describe() {
		return ((this.own != null) ? describe(this.own) : describe(this.told)).toList();
	}

	private static Stream<String> describe(ReplicatedRedis own) {
		return Stream
			.of(describe("primary", List.of(own.primary())), describe("replica", own.replicas()),
					describe("sentinel", own.sentinels()))
			.flatMap((lines) -> lines);
	}

	private static Stream<String> describe(String role, List<RedisNode> nodes) {
		return nodes.stream().map((node) -> line(role, node.host(), node.port()));
	}

	private static Stream<String> describe(DataRedisConnectionDetails told) {
		Sentinel sentinel = told.getSentinel();
		if (sentinel != null) {
			return sentinel.getNodes().stream().map((node) -> line("sentinel", node.host(), node.port()));
		}
		MasterReplica nodes = told.getMasterReplica();
		if (nodes != null) {
			return nodes.getNodes().stream().map((node) -> line("node", node.host(), node.port()));
		}
		Cluster cluster = told.getCluster();
		if (cluster != null) {
			return cluster.getNodes().stream().map((node) -> line("cluster", node.host(), node.port()));
		}
		return Stream.ofNullable(told.getStandalone()).map((node) -> line("redis", node.getHost(), node.getPort()));
	}

	private static String line(String role, String host, int port) {
		return "%-9s %s:%d".formatted(role, host, port);
	}

}
