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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes the configuration files of servers.
 */
final class ConfigurationWriter {

	static final String CERTIFICATE = "server.crt";

	static final String KEY = "server.key";

	private static final String SENTINEL_PREFIX = "sentinel ";

	private final Specification specification;

	private final ServerAccess admin;

	private final String masterName;

	ConfigurationWriter(Specification specification, ServerAccess admin, String masterName) {
		this.specification = specification;
		this.admin = admin;
		this.masterName = masterName;
	}

	String dataNode(RedisNode node, int port, @Nullable RedisNode primary) {
		Map<String, String> directives = new LinkedHashMap<>(common(port));
		directives.put("save", "\"\"");
		directives.put("appendonly", "no");
		directives.put("shutdown-timeout", "1");
		directives.put("repl-diskless-sync", "yes");
		directives.put("repl-diskless-sync-delay", "0");
		directives.put("repl-ping-replica-period", "1");
		directives.put("repl-timeout", "5");
		directives.put("replica-announce-ip", node.host());
		directives.put("replica-announce-port", Integer.toString(node.port()));
		if (!this.admin.user().isEmpty()) {
			directives.put("masteruser", quote(this.admin.user()));
		}
		if (!this.admin.password().isEmpty()) {
			directives.put("masterauth", quote(this.admin.password()));
		}
		if (!this.specification.password().isEmpty()) {
			directives.put("requirepass", quote(this.specification.password()));
		}
		if (primary != null) {
			directives.put("replicaof", primary.host() + " " + primary.port());
		}
		this.specification.config().forEach((directive, value) -> {
			if (!directive.startsWith(SENTINEL_PREFIX)) {
				directives.put(directive, value);
			}
		});
		List<String> lines = lines(directives);
		lines.addAll(users());
		return String.join("\n", lines) + "\n";
	}

	// Write the configuration of a Sentinel that knows all others and all replicas from
	// the beginning, as if it had been restarted.
	String sentinel(RedisNode self, List<RedisNode> sentinels, RedisNode primary, List<RedisNode> replicas) {
		Map<String, String> directives = new LinkedHashMap<>(common(self.port()));
		if (!this.specification.sentinelPassword().isEmpty()) {
			directives.put("requirepass", quote(this.specification.sentinelPassword()));
			directives.put("sentinel sentinel-pass", quote(this.specification.sentinelPassword()));
		}
		directives.put("sentinel myid", identifier(self));
		int quorum = sentinels.size() / 2 + 1;
		master(directives, "monitor", "%s %d %d".formatted(primary.host(), primary.port(), quorum));
		master(directives, "down-after-milliseconds", Long.toString(this.specification.downAfter().toMillis()));
		master(directives, "failover-timeout", "5000");
		master(directives, "parallel-syncs", "1");
		if (!this.admin.user().isEmpty()) {
			master(directives, "auth-user", quote(this.admin.user()));
		}
		if (!this.admin.password().isEmpty()) {
			master(directives, "auth-pass", quote(this.admin.password()));
		}
		this.specification.config().forEach((directive, value) -> {
			if (directive.startsWith(SENTINEL_PREFIX)) {
				master(directives, directive.substring(SENTINEL_PREFIX.length()), value);
			}
		});
		List<String> lines = lines(directives);
		for (RedisNode replica : replicas) {
			lines.add("sentinel known-replica %s %s %d".formatted(this.masterName, replica.host(), replica.port()));
		}
		for (RedisNode other : sentinels) {
			if (other != self) {
				lines.add("sentinel known-sentinel %s %s %d %s".formatted(this.masterName, other.host(), other.port(),
						identifier(other)));
			}
		}
		return String.join("\n", lines) + "\n";
	}

	private Map<String, String> common(int port) {
		Map<String, String> directives = new LinkedHashMap<>();
		directives.put("bind", RedisNode.HOST);
		directives.put("daemonize", "no");
		directives.put("dir", ServerLauncher.DATA);
		if (this.specification.tls()) {
			directives.put("port", "0");
			directives.put("tls-port", Integer.toString(port));
			directives.put("tls-replication", "yes");
			directives.put("tls-auth-clients", "no");
			directives.put("tls-cert-file", "../" + CERTIFICATE);
			directives.put("tls-key-file", "../" + KEY);
			directives.put("tls-ca-cert-file", "../" + CERTIFICATE);
		}
		else {
			directives.put("port", Integer.toString(port));
		}
		return directives;
	}

	private List<String> users() {
		List<String> users = new ArrayList<>();
		if (!this.specification.aclUser().isEmpty()) {
			users.add(user(this.specification.aclUser(), this.specification.aclPassword()));
			users.add(user(this.admin.user(), this.admin.password()));
			if (this.specification.password().isEmpty()) {
				users.add("user default off");
			}
		}
		return users;
	}

	private void master(Map<String, String> directives, String directive, String value) {
		directives.put(SENTINEL_PREFIX + directive, this.masterName + " " + value);
	}

	private static List<String> lines(Map<String, String> directives) {
		List<String> lines = new ArrayList<>();
		directives.forEach((directive, value) -> lines.add(directive + " " + value));
		return lines;
	}

	private static String user(String name, String password) {
		return "user %s on %s ~* &* +@all".formatted(name, quote(">" + password));
	}

	private static String identifier(RedisNode sentinel) {
		return "%08x%032x".formatted(sentinel.port(), sentinel.port());
	}

	private static String quote(String value) {
		return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
	}

}
