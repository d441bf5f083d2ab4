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

import java.util.HashMap;
import java.util.Map;

/**
 * What a server says about its part in the replication.
 *
 * @param primary whether it has the role of a primary
 * @param linkUp whether it is a replica with a working link
 * @param replicationId the identifier of the history it holds
 * @param offset how far in that history it is
 * @param primaryPort the port of the primary it follows, 0 if it is one
 */
record ReplicationInfo(boolean primary, boolean linkUp, String replicationId, long offset, int primaryPort) {

	static ReplicationInfo parse(String info) {
		Map<String, String> fields = new HashMap<>();
		info.lines().forEach((line) -> {
			int colon = line.indexOf(':');
			if (colon > 0) {
				fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
			}
		});
		boolean primary = "master".equals(fields.get("role"));
		return new ReplicationInfo(primary, "up".equals(fields.get("master_link_status")),
				fields.getOrDefault("master_replid", ""),
				number(fields, primary ? "master_repl_offset" : "slave_repl_offset"),
				(int) number(fields, "master_port"));
	}

	boolean follows(RedisNode node) {
		return !this.primary && this.primaryPort == node.port();
	}

	private static long number(Map<String, String> fields, String name) {
		return Long.parseLong(fields.getOrDefault(name, "0"));
	}

	@Override
	public String toString() {
		if (this.primary) {
			return "primary at %d of %s".formatted(this.offset, this.replicationId);
		}
		return "replica of port %d, link %s, at %d of %s".formatted(this.primaryPort, this.linkUp ? "up" : "down",
				this.offset, this.replicationId);
	}

}
