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

/**
 * Decides whether one replica may be given reads, from how it has dealt with earlier
 * ones. Called from many threads; nothing here blocks or takes what would have to be
 * given back.
 */
public interface NodeGuard {

	/**
	 * A guard that lets every read through.
	 */
	NodeGuard NONE = new NodeGuard() {
	};

	/**
	 * Return whether users' reads may be sent to the replica. Called on every read.
	 * @return whether they may
	 */
	default boolean permitsReads() {
		return true;
	}

	/**
	 * Note that reads have been answered, some time after that.
	 * @param count how many since the last call
	 */
	default void answered(int count) {
	}

	/**
	 * Note that the replica has failed a read, or a question of the monitor.
	 * @param reason what happened
	 * @param elapsed how long it took to fail
	 */
	default void failed(FallbackReason reason, Duration elapsed) {
	}

	/**
	 * Return whether the replica is to be tried with a probe now. Each {@code true} must
	 * be followed by a call of {@link #probed}. Called at intervals by one thread.
	 * @return whether to send a probe
	 */
	default boolean wantsProbe() {
		return false;
	}

	/**
	 * Note the outcome of a probe.
	 * @param answered whether the replica answered in time
	 * @param elapsed how long the answer took
	 */
	default void probed(boolean answered, Duration elapsed) {
	}

	/**
	 * Return the state, for people.
	 * @return the state
	 */
	default GuardState state() {
		return GuardState.DISABLED;
	}

}
