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

import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.SessionHistory;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Notes for every session what has been written: when a write is acknowledged, and before
 * its caller learns of it, or when it fails with an unknown outcome.
 */
final class WriteLedger {

	private final SessionHistory application;

	private final AcknowledgedWrites acknowledged;

	private final Supplier<@Nullable DefaultConsistencySession> session;

	private final LongSupplier clock;

	/**
	 * Create a ledger.
	 * @param application what the whole application has written and read
	 * @param acknowledged counts the writes
	 * @param session gives the session that is bound to the current thread
	 * @param clock the monotonic clock
	 */
	WriteLedger(SessionHistory application, AcknowledgedWrites acknowledged,
			Supplier<@Nullable DefaultConsistencySession> session, LongSupplier clock) {
		this.application = application;
		this.acknowledged = acknowledged;
		this.session = session;
		this.clock = clock;
	}

	/**
	 * Begin to keep track of a command that the current thread is about to send.
	 * @return what to note when it ends, or {@code null} if it writes nothing
	 */
	@Nullable WriteMark mark(RedisCommand<?, ?, ?> command) {
		return mark(command, EffectiveWrites.contains(command.getType()));
	}

	/**
	 * Begin to keep track of a command that is executed with others, or not at all.
	 * @return what to note when it ends, or {@code null} if it writes nothing
	 */
	@Nullable WriteMark markQueued(RedisCommand<?, ?, ?> command) {
		return mark(command, false);
	}

	/**
	 * Begin to keep track of a command that may write anything.
	 */
	WriteMark markAnything() {
		return mark(CommandKeys.ANYTHING, false);
	}

	/**
	 * Note that anything may have been written until some instant.
	 */
	void wroteAnything(long until) {
		this.application.wroteAnything(until);
	}

	void ended(WriteMark mark, boolean acknowledged, boolean certain) {
		long now = this.clock.getAsLong();
		CommandKeys keys = mark.keys();
		if (keys.isAnything()) {
			this.application.wroteAnything(now);
		}
		for (int i = 0; i < keys.size(); i++) {
			this.application.wrote(keys.hash(i), now);
		}
		mark.endSession(now);
		if (acknowledged) {
			this.acknowledged.acknowledged(mark.sentAt(), certain);
		}
	}

	private @Nullable WriteMark mark(RedisCommand<?, ?, ?> command, boolean effective) {
		CommandKeys keys = CommandKeys.of(command);
		return keys.isNone() ? null : mark(keys, effective);
	}

	private WriteMark mark(CommandKeys keys, boolean effective) {
		DefaultConsistencySession session = this.session.get();
		if (session != null) {
			session.reviewSuccessions();
		}
		return new WriteMark(this, keys, session, effective, this.clock.getAsLong());
	}

}
