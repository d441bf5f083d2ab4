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

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Judges the roles of the data nodes. What is missing comes as text, {@code null} when
 * nothing is.
 */
final class DataNodes {

	private final List<Server> servers;

	DataNodes(List<Server> servers) {
		this.servers = List.copyOf(servers);
	}

	List<Server> servers() {
		return this.servers;
	}

	List<Server> live() {
		return this.servers.stream().filter(Server::isLive).toList();
	}

	/**
	 * Return the node that has the role of a primary.
	 * @param favourite the node to name if several or none have it
	 * @return the node
	 */
	Server primaryByRole(Server favourite) {
		List<Server> primaries = live().stream().filter(DataNodes::isPrimary).toList();
		return (primaries.isEmpty() || primaries.contains(favourite)) ? favourite : primaries.get(0);
	}

	private static boolean isPrimary(Server server) {
		try {
			return server.replication().primary();
		}
		catch (ServerUnreachableException | ServerErrorException ex) {
			return false;
		}
	}

	@Nullable Server find(int port) {
		return this.servers.stream().filter((server) -> server.node().port() == port).findFirst().orElse(null);
	}

	void promote(Server server) {
		server.call("REPLICAOF", "NO", "ONE");
		server.call("CONFIG", "REWRITE");
	}

	void demote(Server server, RedisNode primary) {
		server.call("REPLICAOF", primary.host(), Integer.toString(primary.port()));
		server.call("CONFIG", "REWRITE");
	}

	// Give every live node the role it must have; those that have it are left alone.
	void arrange(Server primary) {
		for (Server server : live()) {
			ReplicationInfo replication = server.replication();
			if (server == primary && !replication.primary()) {
				promote(server);
			}
			else if (server != primary && !replication.follows(primary.node())) {
				demote(server, primary.node());
			}
		}
	}

	// Say which live nodes, apart from one, do not follow the primary with a working
	// link.
	@Nullable String missingFollowers(Server primary, @Nullable Server apart) {
		List<String> missing = new ArrayList<>();
		ReplicationInfo upstream = primary.replication();
		if (!upstream.primary()) {
			missing.add(primary.node() + " is a " + upstream);
		}
		for (Server server : live()) {
			if (server != primary && server != apart) {
				ReplicationInfo replication = server.replication();
				if (!replication.follows(primary.node()) || !replication.linkUp()) {
					missing.add(server.node() + " is a " + replication);
				}
			}
		}
		return missing.isEmpty() ? null : String.join(", ", missing);
	}

	// Say which live nodes have not applied what the primary had written until now.
	@Nullable String missingSync(Server primary) {
		String followers = missingFollowers(primary, null);
		if (followers != null) {
			return followers;
		}
		ReplicationInfo upstream = primary.replication();
		List<String> missing = new ArrayList<>();
		for (Server server : live()) {
			ReplicationInfo replication = server.replication();
			if (!replication.replicationId().equals(upstream.replicationId())
					|| replication.offset() < upstream.offset()) {
				missing.add(server.node() + " is a " + replication);
			}
		}
		return missing.isEmpty() ? null : primary.node() + " is a " + upstream + ", but " + String.join(", ", missing);
	}

}
