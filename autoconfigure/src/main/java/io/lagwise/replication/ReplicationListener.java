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

package io.lagwise.replication;

import java.util.List;

/**
 * Is told what changes among the nodes of a replicated Redis, on the monitor's thread. A
 * listener that throws hurts nobody.
 */
@FunctionalInterface
public interface ReplicationListener {

	/**
	 * A listener that does nothing.
	 */
	ReplicationListener NONE = (event) -> {
	};

	/**
	 * Something has changed.
	 * @param event what
	 */
	void onEvent(ReplicationEvent event);

	/**
	 * Combine listeners into one that tells all of them. One that throws does not keep
	 * the others from being told, and the log says so once.
	 * @param listeners the listeners, in the order in which to tell them
	 * @return the combined listener
	 */
	static ReplicationListener of(List<? extends ReplicationListener> listeners) {
		List<GuardedReplicationListener> guarded = listeners.stream()
			.filter((listener) -> listener != NONE)
			.map(GuardedReplicationListener::new)
			.toList();
		return (event) -> guarded.forEach((listener) -> listener.onEvent(event));
	}

}
