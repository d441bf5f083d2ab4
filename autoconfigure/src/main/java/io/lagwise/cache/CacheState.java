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

package io.lagwise.cache;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one cache: what its look-ups ask for, when it was cleared, and which
 * of its writes nobody has waited for yet.
 */
final class CacheState {

	private final ReadRequirement requirement;

	private final PendingWrites pendingWrites = new PendingWrites();

	private volatile @Nullable ReadRequirement sinceClear;

	CacheState(ReadRequirement requirement) {
		boolean complete = requirement.isForLookUps() || requirement.requiresPrimary();
		this.requirement = complete ? requirement.kept() : requirement.forLookUps(true);
	}

	/**
	 * Return what a look-up on this thread asks for.
	 */
	ReadRequirement lookUp() {
		ReadRequirement sinceClear = this.sinceClear;
		return (sinceClear != null && isConsistent()) ? sinceClear : this.requirement;
	}

	/**
	 * Note that entries have been removed, or may have been, without being named.
	 */
	synchronized void cleared() {
		this.sinceClear = this.requirement.since(System.nanoTime());
	}

	PendingWrites pendingWrites() {
		return this.pendingWrites;
	}

	private boolean isConsistent() {
		ReadRequirement current = RoutingContext.currentRequirement();
		return this.requirement.isConsistent() || (current != null && current.isConsistent());
	}

}
