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

import io.lagwise.replication.NodeAddress;

/**
 * A replica that exists in tests only.
 */
record TestReplica(NodeAddress address, int readsInFlight, long latencyNanos,
		int sharePercent) implements ReadCandidate {

	static TestReplica at(int port) {
		return new TestReplica(new NodeAddress("localhost", port), 0, 0, 100);
	}

	TestReplica withReadsInFlight(int readsInFlight) {
		return new TestReplica(this.address, readsInFlight, this.latencyNanos, this.sharePercent);
	}

	TestReplica withLatency(long latencyNanos) {
		return new TestReplica(this.address, this.readsInFlight, latencyNanos, this.sharePercent);
	}

	TestReplica withShare(int sharePercent) {
		return new TestReplica(this.address, this.readsInFlight, this.latencyNanos, sharePercent);
	}

}
