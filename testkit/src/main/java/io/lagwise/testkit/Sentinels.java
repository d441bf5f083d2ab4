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

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Asks the Sentinels, of which every live one counts.
 */
final class Sentinels {

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private final List<Server> servers;

	private final DataNodes nodes;

	private final String masterName;

	Sentinels(List<Server> servers, DataNodes nodes, String masterName) {
		this.servers = List.copyOf(servers);
		this.nodes = nodes;
		this.masterName = masterName;
	}

	List<Server> servers() {
		return this.servers;
	}

	/**
	 * Return the node that most Sentinels call the primary.
	 * @return the node, or {@code null} if no Sentinel answers
	 */
	@Nullable Server primary() {
		Map<Integer, Integer> votes = new HashMap<>();
		for (Server sentinel : live()) {
			try {
				votes.merge(primaryPort(sentinel), 1, Integer::sum);
			}
			catch (ServerUnreachableException | ServerErrorException ex) {
				// it has no vote
			}
		}
		return votes.entrySet()
			.stream()
			.max(Comparator.comparing(Map.Entry::getValue))
			.map((most) -> this.nodes.find(most.getKey()))
			.orElse(null);
	}

	// Say what keeps the Sentinels from agreeing on the primary and on everybody's
	// health.
	@Nullable String missingAgreement(Server primary, int replicas) {
		for (Server sentinel : live()) {
			String missing = missingAt(sentinel, primary, replicas);
			if (missing != null) {
				return sentinel.node() + " " + missing;
			}
		}
		return null;
	}

	private @Nullable String missingAt(Server sentinel, Server primary, int replicas) {
		Map<String, String> master = fields(sentinel.call("SENTINEL", "MASTER", this.masterName));
		if (!String.valueOf(primary.node().port()).equals(master.get("port"))) {
			return "calls port " + master.get("port") + " the primary";
		}
		if (!"master".equals(master.get("flags"))) {
			return "sees the primary as " + master.get("flags");
		}
		int healthy = healthy(sentinel, "REPLICAS");
		if (healthy < replicas) {
			return "sees " + healthy + " of " + replicas + " replicas as healthy";
		}
		int others = this.servers.size() - 1;
		healthy = healthy(sentinel, "SENTINELS");
		return (healthy < others) ? "sees " + healthy + " of " + others + " other Sentinels as healthy" : null;
	}

	// Let a Sentinel make another node the primary, and wait until all have followed but
	// the old primary, which Sentinel turns into a replica about ten seconds later.
	Server failover(Server old) {
		Await.until("a Sentinel to start the failover", LIMIT, this::missingStart);
		Await.until("the end of the failover", LIMIT, () -> {
			Server primary = primary();
			if (primary == null || primary == old) {
				return old.node() + " is still the primary";
			}
			for (Server sentinel : live()) {
				if (primaryPort(sentinel) != primary.node().port()) {
					return sentinel.node() + " has not learned of " + primary.node();
				}
			}
			return this.nodes.missingFollowers(primary, old);
		});
		Server primary = primary();
		if (primary == null) {
			throw new IllegalStateException("No Sentinel answers after the failover");
		}
		return primary;
	}

	private @Nullable String missingStart() {
		String refusal = "no Sentinel is live";
		for (Server sentinel : live()) {
			try {
				sentinel.call("SENTINEL", "FAILOVER", this.masterName);
				return null;
			}
			catch (ServerErrorException ex) {
				refusal = String.valueOf(ex.getMessage());
			}
		}
		return refusal;
	}

	private List<Server> live() {
		return this.servers.stream().filter(Server::isLive).toList();
	}

	private int primaryPort(Server sentinel) {
		Object address = sentinel.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", this.masterName);
		return (address instanceof List<?> parts) ? Integer.parseInt(String.valueOf(parts.get(1))) : 0;
	}

	private int healthy(Server sentinel, String what) {
		return (sentinel.call("SENTINEL", what, this.masterName) instanceof List<?> instances)
				? (int) instances.stream().filter(Sentinels::isHealthy).count() : 0;
	}

	private static boolean isHealthy(@Nullable Object instance) {
		String flags = fields(instance).getOrDefault("flags", "");
		return !flags.contains("s_down") && !flags.contains("disconnected");
	}

	private static Map<String, String> fields(@Nullable Object reply) {
		Map<String, String> fields = new HashMap<>();
		if (reply instanceof List<?> list) {
			for (int i = 0; i + 1 < list.size(); i += 2) {
				fields.put(String.valueOf(list.get(i)), String.valueOf(list.get(i + 1)));
			}
		}
		return fields;
	}

}
