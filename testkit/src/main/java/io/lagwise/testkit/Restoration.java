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
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Repairs whatever a test has broken, and empties the servers.
 */
final class Restoration {

	private static final Duration LIMIT = Duration.ofSeconds(90);

	private final DataNodes nodes;

	private final Sentinels sentinels;

	Restoration(DataNodes nodes, Sentinels sentinels) {
		this.nodes = nodes;
		this.sentinels = sentinels;
	}

	/**
	 * Restore one working primary that all other nodes follow: the one Sentinel wants,
	 * without Sentinels the first node.
	 * @return the primary
	 */
	Server run() {
		healLinks();
		this.nodes.servers().forEach(Server::thaw);
		this.sentinels.servers().stream().filter(Restoration::mustRestart).forEach(Server::kill);
		Stream.of(this.nodes.servers(), this.sentinels.servers()).flatMap(List::stream).forEach(Server::start);
		Await.until("all servers to work together again", LIMIT, this::missingOrder);
		Server primary = primary();
		primary.call("FLUSHALL");
		Await.until("all replicas to be empty", LIMIT, () -> this.nodes.missingSync(primary));
		return primary;
	}

	private void healLinks() {
		for (Server server : this.nodes.servers()) {
			NodeProxy proxy = server.proxy();
			if (proxy != null) {
				proxy.heal();
			}
		}
	}

	// A Sentinel that has missed two seconds of its time does not act for the next
	// thirty.
	private static boolean mustRestart(Server sentinel) {
		return sentinel.isFrozen()
				|| (sentinel.isRunning() && sentinel.text("INFO", "sentinel").contains("sentinel_tilt:1"));
	}

	private @Nullable String missingOrder() {
		Server primary = primary();
		String missing = this.sentinels.missingAgreement(primary, 0);
		if (missing != null) {
			return missing;
		}
		this.nodes.arrange(primary);
		missing = this.nodes.missingSync(primary);
		return (missing != null) ? missing : this.sentinels.missingAgreement(primary, this.nodes.servers().size() - 1);
	}

	private Server primary() {
		Server primary = this.sentinels.primary();
		return (primary != null) ? primary : this.nodes.servers().get(0);
	}

}
