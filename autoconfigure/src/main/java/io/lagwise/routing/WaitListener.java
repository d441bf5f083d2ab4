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

import java.util.List;

/**
 * Is told how long replicas were waited for. Called from many threads: an implementation
 * must be fast. One that throws hurts neither reads nor writes.
 */
public interface WaitListener {

	/**
	 * A listener that does nothing.
	 */
	WaitListener NONE = new WaitListener() {
	};

	/**
	 * Writes have been waited for.
	 * @param required how many replicas were asked for
	 * @param confirmed how many have confirmed
	 * @param nanos how long that took, in nanoseconds
	 */
	default void writesConfirmed(int required, int confirmed, long nanos) {
	}

	/**
	 * A barrier that makes replicas say how far they are has ended.
	 * @param asked how many replicas were asked
	 * @param confirmed how many have confirmed
	 * @param nanos how long that took, in nanoseconds
	 */
	default void barrierEnded(int asked, int confirmed, long nanos) {
	}

	/**
	 * Combine listeners into one that tells all of them. One that throws keeps nobody
	 * from going on, and the log says so once.
	 * @param listeners the listeners, in the order in which to tell them
	 * @return the combined listener
	 */
	static WaitListener of(List<? extends WaitListener> listeners) {
		List<WaitListener> guarded = listeners.stream()
			.filter((listener) -> listener != NONE)
			.<WaitListener>map((listener) -> (listener instanceof CompositeWaitListener) ? listener
					: new GuardedWaitListener(listener))
			.toList();
		return guarded.isEmpty() ? NONE : new CompositeWaitListener(guarded);
	}

}
