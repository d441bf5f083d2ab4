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

import java.time.Duration;

import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.FallbackReason;
import org.jspecify.annotations.Nullable;

/**
 * How an attempt has failed, with those before it.
 *
 * @param replica the node that was asked
 * @param reason what happened
 * @param description the same as a phrase for messages
 * @param elapsed how long the attempt took to fail
 * @param late what may still become of the attempt, or {@code null} if nothing
 * @param previous how the attempt before has failed, or {@code null}
 */
record AttemptFailure(NodeAddress replica, FallbackReason reason, String description, Duration elapsed,
		@Nullable LateRead late, @Nullable AttemptFailure previous) {

	/**
	 * Return how long the read has been under way.
	 */
	Duration total() {
		return (this.previous != null) ? this.previous.total().plus(this.elapsed) : this.elapsed;
	}

	/**
	 * Return whether a node has kept the read waiting.
	 */
	boolean isTimeout() {
		return this.reason == FallbackReason.TIMEOUT || (this.previous != null && this.previous.isTimeout());
	}

	/**
	 * Return whether a node is among those that have failed the read.
	 */
	boolean isOf(NodeAddress node) {
		return this.replica.equals(node) || (this.previous != null && this.previous.isOf(node));
	}

	/**
	 * Return the first attempt of which only the time is up, or {@code null}.
	 */
	@Nullable LateRead firstLate() {
		LateRead first = (this.previous != null) ? this.previous.firstLate() : null;
		return (first != null) ? first : this.late;
	}

	@Override
	public String toString() {
		String failure = "replica " + this.replica + " " + this.description + " (" + this.elapsed.toMillis() + " ms)";
		return (this.previous != null) ? this.previous + ", " + failure : failure;
	}

}
