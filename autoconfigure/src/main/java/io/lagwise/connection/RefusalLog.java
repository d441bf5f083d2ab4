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

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation.Reachability;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once what nodes refuse and where to put it right.
 */
final class RefusalLog {

	private static final Log logger = LogFactory.getLog(RefusalLog.class);

	private final NodeCredentials nodeCredentials;

	private final Map<NodeAddress, Refusal> reported = new HashMap<>();

	RefusalLog(NodeCredentials nodeCredentials) {
		this.nodeCredentials = nodeCredentials;
	}

	/**
	 * Report what is new. Nodes with the same trouble share a line, so nothing is said
	 * before every node has been heard of.
	 */
	void report(Collection<NodeProbe> probes) {
		if (probes.stream().anyMatch((probe) -> probe.observation().reachability() == Reachability.UNKNOWN)) {
			return;
		}
		Map<String, List<NodeAddress>> messages = new LinkedHashMap<>();
		for (NodeProbe probe : probes) {
			NodeAddress node = probe.address();
			Refusal refusal = probe.refusal();
			if (probe.observation().reachability() == Reachability.ANSWERS) {
				this.reported.remove(node);
			}
			else if (refusal != null && !refusal.equals(this.reported.put(node, refusal))) {
				messages.computeIfAbsent(message(node, refusal), (message) -> new ArrayList<>()).add(node);
			}
		}
		messages.forEach((message,
				nodes) -> logger.warn(message.formatted(nodes.stream()
					.sorted(NodeAddress.ORDER)
					.map(NodeAddress::toString)
					.collect(Collectors.joining(", ")))));
	}

	private String message(NodeAddress node, Refusal refusal) {
		String words = " (" + refusal.words().replace("%", "%%") + ")";
		return switch (refusal.kind()) {
			case LOGIN -> "The login is refused by %s" + words + ": no reads until it is accepted. " + origin(node);
			case COMMAND -> "INFO is refused by %s" + words
					+ ": a replica that refuses it gets no reads, and none does "
					+ "where the primary refuses it. With an ACL, add +info to the user of the application on every node";
			case ENCRYPTION -> "No encrypted connection to %s" + words + ": no reads until there is one. Check "
					+ "spring.data.redis.ssl.bundle, and whether the certificate names the address";
			case CONNECTION -> "Connections are refused by %s" + words + ": no reads until they are accepted";
			case SENTINEL -> "%s is a Sentinel, not a data node: it serves neither reads nor writes. Name Sentinels in "
					+ "spring.data.redis.sentinel.nodes, with spring.data.redis.sentinel.master, and leave out "
					+ "spring.data.redis.host and spring.data.redis.port";
			case ANSWER -> "The answer of %s to INFO replication is not understood" + words
					+ ": a replica that gives it gets no reads, and none does where the primary gives it. "
					+ "Is that a Redis or Valkey server itself, and no proxy?";
		};
	}

	private String origin(NodeAddress node) {
		return (this.nodeCredentials.get(node) != null)
				? "Check the username and password of that address in lagwise.nodes"
				: "Check spring.data.redis.username and spring.data.redis.password; a node that has others needs an "
						+ "entry in lagwise.nodes, under exactly that address";
	}

}
