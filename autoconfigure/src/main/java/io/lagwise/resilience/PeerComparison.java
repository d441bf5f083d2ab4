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

package io.lagwise.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lagwise.replication.NodeAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides which replicas are slow: those whose best latency is many times the median of
 * their peers', several intervals in a row. The median makes sure that no more than half
 * of the replicas are slow at a time, and never the only one.
 */
final class PeerComparison {

	static final int INTERVALS = 3;

	private final double factor;

	private final Duration minimum;

	private final Map<NodeAddress, Integer> slowIntervals = new ConcurrentHashMap<>();

	private volatile Map<NodeAddress, Duration> latencies = Map.of();

	PeerComparison(double factor, Duration minimum) {
		this.factor = factor;
		this.minimum = minimum;
	}

	/**
	 * Compare the replicas in use at the end of an interval. One that has not answered
	 * during the interval is as slow as it was before.
	 */
	List<SlowReplica> compare(Map<NodeAddress, Duration> latencies) {
		this.latencies = Map.copyOf(latencies);
		List<SlowReplica> result = new ArrayList<>();
		latencies.forEach((node, latency) -> {
			SlowReplica slow = judge(node, latency);
			if (slow == null) {
				this.slowIntervals.remove(node);
			}
			else if (this.slowIntervals.merge(node, 1, Integer::sum) >= INTERVALS) {
				result.add(slow);
			}
		});
		result.forEach((slow) -> forget(slow.node()));
		return result;
	}

	/**
	 * Judge one latency by those of the last interval.
	 */
	@Nullable SlowReplica judge(NodeAddress node, Duration latency) {
		if (latency.compareTo(this.minimum) < 0) {
			return null;
		}
		Duration peers = medianWithout(node);
		return (peers != null && latency.toNanos() >= this.factor * peers.toNanos())
				? new SlowReplica(node, latency, peers) : null;
	}

	void forget(NodeAddress node) {
		this.slowIntervals.remove(node);
	}

	// of two in the middle the larger: in doubt, a replica stays
	private @Nullable Duration medianWithout(NodeAddress node) {
		List<Duration> peers = this.latencies.entrySet()
			.stream()
			.filter((entry) -> !entry.getKey().equals(node))
			.map(Map.Entry::getValue)
			.sorted()
			.toList();
		return peers.isEmpty() ? null : peers.get(peers.size() / 2);
	}

}
