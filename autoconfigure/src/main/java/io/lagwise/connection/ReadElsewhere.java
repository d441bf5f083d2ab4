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

import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.DemandAware;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * A read that goes to the primary because its attempts have failed. Where a replica has
 * kept it waiting, the time that the primary takes tells whether that was the replica's
 * fault.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class ReadElsewhere<K, V, T> extends CommandWrapper<K, V, T> {

	private final AttemptFailure failures;

	private final @Nullable LateRead late;

	private final long startedAt = System.nanoTime();

	private ReadElsewhere(RedisCommand<K, V, T> command, AttemptFailure failures, KnownNodes nodes) {
		super(command);
		this.failures = failures;
		LateRead late = failures.firstLate();
		// what has stopped the replica may have stopped the primary, too
		this.late = (late != null && nodes.isPrimaryAliveSince(this.startedAt - late.lately())) ? late : null;
	}

	/**
	 * Return a read that goes to the primary after its attempts have failed.
	 */
	static <K, V, T> RedisCommand<K, V, T> of(RedisCommand<K, V, T> command, @Nullable AttemptFailure failure,
			KnownNodes nodes) {
		// an answer that is passed on as it arrives takes as long as its reader
		return (failure == null || command instanceof DemandAware.Sink) ? command
				: new ReadElsewhere<>(command, failure, nodes);
	}

	/**
	 * Return how the attempts of a read have failed, or {@code null}.
	 */
	static @Nullable AttemptFailure failures(RedisCommand<?, ?, ?> command) {
		return (command instanceof ReadElsewhere<?, ?, ?> elsewhere) ? elsewhere.failures : null;
	}

	@Override
	public void complete() {
		if (this.late != null) {
			long now = System.nanoTime();
			this.late.answeredElsewhere(now - this.startedAt, now);
		}
		super.complete();
	}

}
