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

import java.util.List;
import java.util.function.Function;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * The servers that are looked at, each kind together.
 */
enum NodeKind {

	PRIMARY("primary", (redis) -> List.of(redis.primary())),

	REPLICA("each replica", ReplicatedRedis::replicas),

	SENTINEL("each Sentinel", ReplicatedRedis::sentinels);

	private final String label;

	private final Function<ReplicatedRedis, List<RedisNode>> nodes;

	NodeKind(String label, Function<ReplicatedRedis, List<RedisNode>> nodes) {
		this.label = label;
		this.nodes = nodes;
	}

	String label() {
		return this.label;
	}

	List<RedisNode> nodes(ReplicatedRedis redis) {
		return this.nodes.apply(redis);
	}

}
