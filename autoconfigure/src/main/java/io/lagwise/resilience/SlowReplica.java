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

package io.lagwise.resilience;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.lagwise.replication.NodeAddress;

/**
 * A replica that is slow against its peers.
 *
 * @param node the address of the replica
 * @param latency how fast it is at best
 * @param peers how fast the others are
 */
record SlowReplica(NodeAddress node, Duration latency, Duration peers) {

	String describe() {
		return String.format(Locale.ROOT, "%,d times slower than the other replicas (%s against %s)", times(),
				milliseconds(this.latency), milliseconds(this.peers));
	}

	private long times() {
		return Math.round((double) this.latency.toNanos() / Math.max(1, this.peers.toNanos()));
	}

	private static String milliseconds(Duration duration) {
		double milliseconds = (double) duration.toNanos() / TimeUnit.MILLISECONDS.toNanos(1);
		int decimals = (milliseconds >= 10) ? 0 : (milliseconds >= 1) ? 1 : 2;
		return String.format(Locale.ROOT, "%." + decimals + "f ms", milliseconds);
	}

}
