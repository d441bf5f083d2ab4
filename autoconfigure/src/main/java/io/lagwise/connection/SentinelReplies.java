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

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.SentinelVote;
import org.jspecify.annotations.Nullable;

/**
 * What a Sentinel has said to three questions. Each of them may have been refused, and an
 * entry that nobody can make sense of costs that entry only.
 *
 * @param address its answer to {@code SENTINEL GET-MASTER-ADDR-BY-NAME}
 * @param primary its answer to {@code SENTINEL MASTER}
 * @param replicas its answer to {@code SENTINEL REPLICAS}
 */
record SentinelReplies(@Nullable List<String> address, @Nullable Map<String, String> primary,
		@Nullable List<Map<String, String>> replicas) {

	/**
	 * Return what the Sentinel votes for, or {@code null} if it names no primary.
	 */
	@Nullable SentinelVote vote() {
		NodeAddress named = named();
		return (named != null)
				? new SentinelVote(named, epoch(), (this.replicas != null) ? replicas((it) -> true) : null) : null;
	}

	/**
	 * Return the nodes that the Sentinel itself does not reach.
	 */
	Set<NodeAddress> unreachable() {
		Set<NodeAddress> unreachable = replicas(SentinelReplies::isDown);
		NodeAddress named = named();
		if (named != null && this.primary != null && isDown(this.primary)) {
			unreachable.add(named);
		}
		return unreachable;
	}

	// during a failover, only the first question is answered with the node that takes
	// over
	private @Nullable NodeAddress named() {
		NodeAddress named = (this.address != null && this.address.size() == 2)
				? NodeAddress.announced(this.address.get(0), this.address.get(1)) : null;
		return (named == null && this.primary != null) ? address(this.primary) : named;
	}

	private long epoch() {
		String epoch = (this.primary != null) ? this.primary.get("config-epoch") : null;
		try {
			return (epoch != null) ? Math.max(Long.parseLong(epoch), SentinelVote.UNKNOWN_EPOCH)
					: SentinelVote.UNKNOWN_EPOCH;
		}
		catch (NumberFormatException ex) {
			return SentinelVote.UNKNOWN_EPOCH;
		}
	}

	private Set<NodeAddress> replicas(Predicate<Map<String, String>> filter) {
		Set<NodeAddress> addresses = new HashSet<>();
		if (this.replicas != null) {
			for (Map<String, String> replica : this.replicas) {
				NodeAddress address = (replica != null) ? address(replica) : null;
				if (address != null && filter.test(replica)) {
					addresses.add(address);
				}
			}
		}
		return addresses;
	}

	private static @Nullable NodeAddress address(Map<String, String> instance) {
		return NodeAddress.announced(instance.get("ip"), instance.get("port"));
	}

	private static boolean isDown(Map<String, String> instance) {
		return instance.getOrDefault("flags", "").contains("down");
	}

}
