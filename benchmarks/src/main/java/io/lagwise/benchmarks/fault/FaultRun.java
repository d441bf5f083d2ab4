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
import java.util.List;

import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;

/**
 * Lets one fault happen to one client on servers of their own.
 */
final class FaultRun {

	static final int THREADS = 8;

	private static final Duration WARM_UP = Duration.ofSeconds(2);

	private static final Duration SHARE = Duration.ofSeconds(2);

	private final Duration window;

	FaultRun(Duration window) {
		this.window = window;
	}

	FaultResult of(Fault fault, ClientKind kind) throws InterruptedException {
		ReplicatedRedis.Builder servers = ReplicatedRedis.builder().replicas(2).downAfter(Duration.ofSeconds(1));
		try (ReplicatedRedis redis = fault.withSentinels() ? servers.sentinels(3).start()
				: servers.sentinels(0).topology(Topology.STATIC).start()) {
			FaultClient client = kind.connect(redis);
			try {
				return measure(fault, kind, redis, client);
			}
			finally {
				close(client);
			}
		}
	}

	private FaultResult measure(Fault fault, ClientKind kind, ReplicatedRedis redis, FaultClient client)
			throws InterruptedException {
		ReadLoad.write(client);
		redis.awaitInSync();
		ReadLoad load = new ReadLoad(client, THREADS);
		FreshnessCheck check = new FreshnessCheck(client);
		load.start();
		check.start();
		Thread.sleep(WARM_UP.toMillis());
		NodeShares beforeBegin = NodeShares.of(redis);
		Thread.sleep(SHARE.toMillis());
		NodeShares before = NodeShares.of(redis).since(beforeBegin);
		List<RedisNode> nodes = nodes(redis, before);
		load.strike();
		check.strike();
		long struck = System.nanoTime();
		fault.strike(redis, nodes.get(1));
		long complete = System.nanoTime();
		sleepUntil(struck + this.window.minus(SHARE).toNanos());
		NodeShares afterBegin = NodeShares.of(redis);
		sleepUntil(struck + this.window.toNanos());
		FreshnessCheck.Checks checks = check.finish();
		ReadLoad.Reads reads = load.stop(complete);
		NodeShares after = NodeShares.of(redis).since(afterBegin);
		return new FaultResult(fault, kind, reads, checks, before.print(nodes), after.print(nodes));
	}

	/**
	 * Return the primary, the replica that serves most reads, and the rest.
	 */
	private static List<RedisNode> nodes(ReplicatedRedis redis, NodeShares shares) {
		RedisNode busiest = shares.busiestOf(redis.replicas());
		RedisNode other = redis.replicas().stream().filter((node) -> node != busiest).findFirst().orElseThrow();
		return List.of(redis.primary(), busiest, other);
	}

	private static void sleepUntil(long instant) throws InterruptedException {
		long left = instant - System.nanoTime();
		if (left > 0) {
			Thread.sleep(Duration.ofNanos(left).toMillis() + 1);
		}
	}

	// a client may wait for servers that are gone
	private static void close(FaultClient client) throws InterruptedException {
		Thread closing = new Thread(client::close, "closing");
		closing.setDaemon(true);
		closing.start();
		closing.join(Duration.ofSeconds(5).toMillis());
	}

}
