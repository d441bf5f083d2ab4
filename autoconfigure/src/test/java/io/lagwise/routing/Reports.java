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

package io.lagwise.routing;

import java.time.Duration;
import java.util.List;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import org.jspecify.annotations.Nullable;

/**
 * Reports for tests of those who show them.
 */
public final class Reports {

	private Reports() {
	}

	public static ReplicationReport of(NodeReport... nodes) {
		return new ReplicationReport("the nodes of a test", List.of(nodes));
	}

	public static NodeReport primary(NodeState state) {
		return new NodeReport(new NodeAddress("127.0.0.1", 1), NodeRole.PRIMARY, state, false, LinkStatus.UP, "history",
				1000, 0L, Duration.ZERO, GuardState.DISABLED, 0, Duration.ofNanos(250_400));
	}

	public static NodeReport replica(int port) {
		return replica(port, NodeState.ONLINE, true, GuardState.CLOSED, 0L, Duration.ofMillis(52));
	}

	public static NodeReport replica(int port, NodeState state) {
		return replica(port, state, state == NodeState.ONLINE, GuardState.CLOSED, null, null);
	}

	public static NodeReport replica(int port, NodeState state, boolean serving, GuardState guard,
			@Nullable Long lagBytes, @Nullable Duration lag) {
		LinkStatus link = (state == NodeState.LINK_DOWN) ? LinkStatus.DOWN : LinkStatus.UP;
		return new NodeReport(new NodeAddress("127.0.0.1", port), NodeRole.REPLICA, state, serving, link, "history",
				1000 - ((lagBytes != null) ? lagBytes : 0), lagBytes, lag, guard, 3, Duration.ofMillis(1));
	}

	public static NodeReport lagging(int port, Duration lag) {
		return replica(port, NodeState.ONLINE, true, GuardState.CLOSED, 77L, lag);
	}

}
