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

package io.lagwise.history;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a history is checked for.
 */
enum Guarantee {

	/**
	 * A read of a session holds every write of that key that the session was told to be
	 * done before.
	 */
	READ_YOUR_WRITES(false),

	/**
	 * A read of a session holds, in the same order, what its earlier reads of that key
	 * held.
	 */
	MONOTONIC_READS(false),

	/**
	 * Where a write of a session is visible, its earlier writes of that key are visible
	 * before it.
	 */
	MONOTONIC_WRITES(true),

	/**
	 * Where a write of a session is visible, what the session had read of that key is
	 * visible before it.
	 */
	WRITES_FOLLOW_READS(true),

	/**
	 * A read holds every write of that key that was acknowledged its bound before the
	 * response.
	 */
	BOUNDED_STALENESS(false),

	/**
	 * A write that all replicas have confirmed is in every answer.
	 */
	CONFIRMED_WRITES(true),

	/**
	 * Every answer is a state that the key has been in: what it shares with the final
	 * state is the beginning of that, nothing is in it twice, and nothing that nobody has
	 * written.
	 */
	ONE_HISTORY(true),

	/**
	 * In the end all nodes hold the same.
	 */
	CONVERGENCE(true),

	/**
	 * An acknowledged write that is missing in the end was announced as lost, or possibly
	 * lost, and nothing was said to be lost where nothing is missing.
	 */
	ANNOUNCED_LOSS(true),

	/**
	 * A session that has lost something it wrote or read is told before a consistent read
	 * shows it.
	 */
	ANNOUNCED_TO_SESSION(true);

	static final Set<Guarantee> OF_SESSIONS = EnumSet.of(READ_YOUR_WRITES, MONOTONIC_READS);

	static final Set<Guarantee> OF_SESSIONS_WITHIN_BOUNDS = EnumSet.of(READ_YOUR_WRITES, MONOTONIC_READS,
			BOUNDED_STALENESS);

	private final boolean forEverybody;

	Guarantee(boolean forEverybody) {
		this.forEverybody = forEverybody;
	}

	/**
	 * Return whether it holds whatever a read asks for.
	 */
	boolean isForEverybody() {
		return this.forEverybody;
	}

}
