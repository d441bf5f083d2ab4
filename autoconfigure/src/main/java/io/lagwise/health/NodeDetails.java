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

package io.lagwise.health;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.lagwise.replication.NodeRole;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.SentinelReport;
import org.jspecify.annotations.Nullable;

/**
 * Shows a node among the details of a health status. What is not known is left out.
 */
final class NodeDetails {

	private NodeDetails() {
	}

	static Map<String, Object> of(NodeReport node) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("address", node.address().toString());
		details.put("role", node.role().label());
		details.put("state", text(node.state()));
		if (node.role() == NodeRole.REPLICA) {
			details.put("usable", node.serving());
			if (node.link() != null) {
				details.put("link", text(node.link()));
			}
			if (node.lag() != null) {
				details.put("lag", text(node.lag()));
			}
			if (node.lagBytes() != null) {
				details.put("lagBytes", node.lagBytes());
			}
			details.put("circuitBreaker", text(node.guard()));
		}
		return details;
	}

	static Map<String, Object> of(SentinelReport sentinel) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("address", sentinel.address().toString());
		if (sentinel.primary() != null) {
			details.put("primary", sentinel.primary().toString());
		}
		if (sentinel.trouble() != null) {
			details.put("trouble", sentinel.trouble());
		}
		return details;
	}

	static String text(@Nullable Duration duration) {
		if (duration == null) {
			return "an unknown time";
		}
		long millis = duration.toMillis();
		return (millis < 1000) ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
	}

	private static String text(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
