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

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import org.jspecify.annotations.Nullable;

/**
 * Is told how reads fare. Called on the read path, from many threads: an implementation
 * must be fast. One that throws hurts no read.
 */
public interface ReadListener {

	/**
	 * A listener that does nothing.
	 */
	ReadListener NONE = new ReadListener() {
	};

	/**
	 * A read has ended.
	 * @param role the role of the node that has answered or was asked last, or
	 * {@code null} when none was asked
	 * @param requirement what the answer had to satisfy
	 * @param reason why the read went where it went
	 * @param outcome how it has ended
	 */
	default void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
			ReadOutcome outcome) {
	}

	/**
	 * A node has answered an attempt to read.
	 * @param role the role of the node
	 * @param nanos how long it took, in nanoseconds
	 */
	default void attemptAnswered(NodeRole role, long nanos) {
	}

	/**
	 * An attempt to read from a replica has failed.
	 * @param replica the address of the replica
	 * @param reason what happened
	 * @param elapsed how long it took to fail
	 */
	default void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
	}

	/**
	 * A read goes to the primary in place of a replica.
	 * @param reason why its last attempt has failed, or that there was no replica to ask
	 * @param permitted whether the limit on such reads lets it pass
	 */
	default void fellBack(FallbackReason reason, boolean permitted) {
	}

	/**
	 * Combine listeners into one that tells all of them. One that throws keeps neither
	 * the others nor the read from going on, and the log says so once.
	 * @param listeners the listeners, in the order in which to tell them
	 * @return the combined listener
	 */
	static ReadListener of(List<? extends ReadListener> listeners) {
		List<ReadListener> guarded = listeners.stream()
			.filter((listener) -> listener != NONE)
			.<ReadListener>map(GuardedReadListener::of)
			.toList();
		return switch (guarded.size()) {
			case 0 -> NONE;
			case 1 -> guarded.get(0);
			default -> new CompositeReadListener(guarded);
		};
	}

}
