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

package io.lagwise.context;

import java.time.Duration;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * On how many replicas writes have to be applied before they count as done: an immutable
 * value.
 *
 * @param replicas how many replicas, {@link WaitForReplicas#ALL} for all that are known
 * @param timeout how long to wait for them at most, {@code null} for what is configured
 * @param onShortfall what happens when there are fewer by then
 */
public record WriteRequirement(int replicas, @Nullable Duration timeout, OnShortfall onShortfall) {

	public WriteRequirement {
		Assert.isTrue(replicas > 0, "'replicas' must be at least one");
		Assert.isTrue(timeout == null || timeout.toMillis() > 0, "'timeout' must be at least one millisecond");
		Assert.notNull(onShortfall, "'onShortfall' must not be null");
	}

	/**
	 * All replicas that are known, for as long as is configured; fewer are accepted.
	 * @return the requirement
	 */
	public static WriteRequirement allReplicas() {
		return new WriteRequirement(WaitForReplicas.ALL, null, OnShortfall.DEGRADE);
	}

	/**
	 * Combine this requirement with another one so that both hold: the higher number of
	 * replicas, the longer time, and failure if either asks for it.
	 * @param other the other requirement
	 * @return a requirement that is at least as strict as both
	 */
	public WriteRequirement and(WriteRequirement other) {
		Assert.notNull(other, "'other' must not be null");
		return new WriteRequirement(Math.max(this.replicas, other.replicas), longer(this.timeout, other.timeout),
				(this.onShortfall == OnShortfall.FAIL) ? this.onShortfall : other.onShortfall);
	}

	private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one.compareTo(other) >= 0) ? one : other;
	}

}
