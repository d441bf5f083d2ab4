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

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.routing.SentinelReport;
import org.jspecify.annotations.Nullable;

/**
 * Knows which nodes belong together and which of them is the primary. Called by the
 * monitor's thread only.
 */
interface TopologySource {

	/**
	 * Return the members as they are known now.
	 * @param observations what the nodes say of themselves
	 */
	Membership membership(Map<NodeAddress, NodeObservation> observations);

	/**
	 * Refresh what has to be asked for, without waiting for answers.
	 * @param now the time in nanoseconds of the monotonic clock
	 */
	default void refresh(long now) {
	}

	/**
	 * Let the next refresh ask although it is not due. Called by any thread.
	 */
	default void expire() {
	}

	/**
	 * Return what is known of the Sentinels, if there are any. Called by any thread.
	 */
	default List<SentinelReport> sentinels() {
		return List.of();
	}

	/**
	 * Take note of what tells under which name a node is known here, whatever others call
	 * it. Called once, before anything else.
	 * @param names returns that name
	 */
	default void nameBy(UnaryOperator<NodeAddress> names) {
	}

	/**
	 * Return the names under which the user has configured nodes.
	 */
	default List<NodeAddress> configured() {
		return List.of();
	}

	/**
	 * Return whether the address of a primary leads to another server by now, so that it
	 * is to be left although nobody else has said yet that it is the primary.
	 * @param primary the primary so far
	 */
	default boolean disowns(@Nullable NodeAddress primary) {
		return false;
	}

	/**
	 * Describe where the members come from, for messages.
	 */
	String describe();

}
