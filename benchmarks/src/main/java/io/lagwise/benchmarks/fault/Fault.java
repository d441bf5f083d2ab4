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

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;

/**
 * What is done to the servers. Where one replica is meant, it is the one that serves most
 * of the client's reads.
 */
enum Fault {

	NONE("nothing", (redis, replica) -> {
	}),

	REPLICA_FROZEN("one replica frozen", ReplicatedRedis::freeze),

	REPLICA_KILLED("one replica killed", ReplicatedRedis::kill),

	REPLICA_RESTARTED("one replica restarted, down for 2 s", (redis, replica) -> {
		redis.stop(replica);
		LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
		redis.start(replica);
	}),

	REPLICA_RESTARTED_EMPTY("one replica restarted without its data", ReplicatedRedis::restartEmpty),

	REPLICAS_KILLED("all replicas killed", (redis, replica) -> redis.replicas().forEach(redis::kill)),

	REPLICAS_FROZEN("all replicas frozen", (redis, replica) -> redis.replicas().forEach(redis::freeze)),

	PRIMARY_KILLED("primary killed", (redis, replica) -> redis.kill(redis.primary())),

	PRIMARY_FROZEN("primary frozen", (redis, replica) -> redis.freeze(redis.primary())),

	FAILOVER("`SENTINEL FAILOVER`", (redis, replica) -> redis.failover()),

	LINK_CUT("one replica's link broken, unnoticed for 5 s", ReplicatedRedis::cutReplication),

	LINK_DISCONNECTED("one replica's link broken, noticed at once", ReplicatedRedis::disconnectReplication),

	REPLICA_SLOW("one replica 50 × slower (20 ms)",
			(redis, replica) -> redis.delayClients(replica, Duration.ofMillis(20))),

	REPLICA_REFUSES("one replica refuses connections", ReplicatedRedis::refuseConnections),

	REPLICA_RESETS("one replica resets every connection", ReplicatedRedis::resetClients),

	REPLICA_CLOSES("one replica closes every connection", ReplicatedRedis::cutClients),

	REPLICA_SILENT("one replica accepts connections and never answers", ReplicatedRedis::blackholeClients),

	PRIMARY_DEMOTED("primary demoted by hand (static nodes, no Sentinel)", (redis, replica) -> {
		RedisNode primary = redis.primary();
		redis.promote(replica);
		redis.nodes()
			.stream()
			.filter((node) -> node != replica && node != primary)
			.forEach((node) -> redis.demote(node, replica));
		redis.demote(primary, replica);
	}) {

		@Override
		boolean withSentinels() {
			return false;
		}

	};

	private final String label;

	private final BiConsumer<ReplicatedRedis, RedisNode> verb;

	Fault(String label, BiConsumer<ReplicatedRedis, RedisNode> verb) {
		this.label = label;
		this.verb = verb;
	}

	boolean withSentinels() {
		return true;
	}

	String label() {
		return this.label;
	}

	void strike(ReplicatedRedis redis, RedisNode replica) {
		this.verb.accept(redis, replica);
	}

}
