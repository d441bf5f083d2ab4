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

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one node at one instant, for people.
 *
 * @param address where clients reach it
 * @param role the role that the topology gives it
 * @param state whether it may answer reads
 * @param serving whether reads go to it now
 * @param link the state of its link to its primary, or {@code null} while it has not said
 * so
 * @param replicationId the history of writes that it holds, or {@code null} while it has
 * not said so
 * @param offset how far into that history it is, in bytes; meaningless without an ID
 * @param lagBytes how far it is behind the primary in bytes, zero for the primary itself,
 * or {@code null} where that cannot be told
 * @param lag how far it is behind the primary in time at most: every write acknowledged
 * longer ago than that is in it; zero for the primary itself, or {@code null} where that
 * cannot be told
 * @param guard the state of its circuit breaker
 * @param readsInFlight how many reads it has not answered yet
 * @param latency how long it lately took to answer the monitor, or {@code null} while it
 * has not answered
 */
public record NodeReport(NodeAddress address, NodeRole role, NodeState state, boolean serving,
		@Nullable LinkStatus link, @Nullable String replicationId, long offset, @Nullable Long lagBytes,
		@Nullable Duration lag, GuardState guard, int readsInFlight, @Nullable Duration latency) {
}
