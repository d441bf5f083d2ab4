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
 * A replica that may serve a read, with what a load balancer can know of it.
 */
public interface ReadCandidate {

	/**
	 * Return the address of the replica.
	 * @return the address
	 */
	NodeAddress address();

	/**
	 * Return how many reads of this application the replica has not answered yet.
	 * @return the number of reads
	 */
	int readsInFlight();

	/**
	 * Return how long the replica lately took to answer the monitor.
	 * @return a moving average in nanoseconds
	 */
	long latencyNanos();

	/**
	 * Return which share of the reads that it would get otherwise the replica is to have
	 * for now. One that has just come back gets more little by little.
	 * @return the share in percent
	 */
	default int sharePercent() {
		return 100;
	}

}
