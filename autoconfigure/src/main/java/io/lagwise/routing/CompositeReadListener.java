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
 * Tells several listeners, none of which throws.
 */
final class CompositeReadListener implements ReadListener {

	// an array, for iterating over a list would allocate
	private final ReadListener[] listeners;

	CompositeReadListener(List<ReadListener> listeners) {
		this.listeners = listeners.toArray(ReadListener[]::new);
	}

	@Override
	public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
			ReadOutcome outcome) {
		for (ReadListener listener : this.listeners) {
			listener.readEnded(role, requirement, reason, outcome);
		}
	}

	@Override
	public void attemptAnswered(NodeRole role, long nanos) {
		for (ReadListener listener : this.listeners) {
			listener.attemptAnswered(role, nanos);
		}
	}

	@Override
	public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
		for (ReadListener listener : this.listeners) {
			listener.attemptFailed(replica, reason, elapsed);
		}
	}

	@Override
	public void fellBack(FallbackReason reason, boolean permitted) {
		for (ReadListener listener : this.listeners) {
			listener.fellBack(reason, permitted);
		}
	}

}
