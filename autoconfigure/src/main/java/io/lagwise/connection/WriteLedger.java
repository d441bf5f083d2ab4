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

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.SessionHistory;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Notes for every session what has been written: when a write is acknowledged, and before
 * its caller learns of it, or when it fails with an unknown outcome.
 */
final class WriteLedger {

	/**
	 * What may write to another database than that of its connection.
	 */
	private static final Set<CommandType> FAR_REACHING = EnumSet.of(CommandType.MOVE, CommandType.COPY,
			CommandType.EVAL, CommandType.EVALSHA, CommandType.FCALL);

	private final SessionHistory application;

	private final Iterable<SessionHistory> everyDatabase;

	private final AcknowledgedWrites acknowledged;

	private final Supplier<@Nullable DefaultConsistencySession> session;

	private final LongSupplier clock;

	private final UnlistedCommands unlistedCommands = new UnlistedCommands();

	/**
	 * Create a ledger.
	 * @param application what the whole application has written and read
	 * @param acknowledged counts the writes
	 * @param session gives the session that is bound to the current thread
	 * @param clock the monotonic clock
	 */
	WriteLedger(SessionHistory application, AcknowledgedWrites acknowledged,
			Supplier<@Nullable DefaultConsistencySession> session, LongSupplier clock) {
		this(application, List.of(application), acknowledged, session, clock);
	}

	/**
	 * Create a ledger.
	 * @param application what the whole application has written to and read from the
	 * database
	 * @param everyDatabase the same of every database of the servers
	 * @param acknowledged counts the writes
	 * @param session gives the session that is bound to the current thread
	 * @param clock the monotonic clock
	 */
	WriteLedger(SessionHistory application, Iterable<SessionHistory> everyDatabase, AcknowledgedWrites acknowledged,
			Supplier<@Nullable DefaultConsistencySession> session, LongSupplier clock) {
		this.application = application;
		this.everyDatabase = everyDatabase;
		this.acknowledged = acknowledged;
		this.session = session;
		this.clock = clock;
	}

	/**
	 * Begin to keep track of a command that the current thread is about to send.
	 * @param elsewhere whether its connection may have selected another database
	 * @return what to note when it ends, or {@code null} if it writes nothing
	 */
	@Nullable WriteMark mark(RedisCommand<?, ?, ?> command, boolean elsewhere) {
		return mark(command, elsewhere, EffectiveWrites.contains(command.getType()));
	}

	/**
	 * Begin to keep track of a command that is executed with others, or not at all.
	 * @param elsewhere whether its connection may have selected another database
	 * @return what to note when it ends, or {@code null} if it writes nothing
	 */
	@Nullable WriteMark markQueued(RedisCommand<?, ?, ?> command, boolean elsewhere) {
		return mark(command, elsewhere, false);
	}

	/**
	 * Begin to keep track of a command that may write anything.
	 */
	WriteMark markAnything() {
		return mark(CommandKeys.ANYTHING, false, true);
	}

	/**
	 * Note that anything may have been written until some instant.
	 */
	void wroteAnything(long until) {
		this.everyDatabase.forEach((database) -> database.wroteAnything(until));
	}

	void ended(WriteMark mark, boolean acknowledged, boolean certain) {
		long now = this.clock.getAsLong();
		if (mark.isFarReaching()) {
			this.everyDatabase.forEach((database) -> note(mark.keys(), database, now));
		}
		else {
			note(mark.keys(), this.application, now);
		}
		mark.endSession(now);
		if (acknowledged) {
			this.acknowledged.acknowledged(mark.sentAt(), certain);
		}
	}

	private static void note(CommandKeys keys, SessionHistory database, long now) {
		if (keys.isAnything()) {
			database.wroteAnything(now);
		}
		for (int i = 0; i < keys.size(); i++) {
			database.wrote(keys.hash(i), now);
		}
	}

	private @Nullable WriteMark mark(RedisCommand<?, ?, ?> command, boolean elsewhere, boolean effective) {
		CommandKeys keys = CommandKeys.of(command);
		if (keys.isNone()) {
			return null;
		}
		if (keys.isAnything()) {
			this.unlistedCommands.sent(command.getType());
		}
		return mark(keys, effective, elsewhere || isFarReaching(command.getType(), keys));
	}

	private WriteMark mark(CommandKeys keys, boolean effective, boolean farReaching) {
		DefaultConsistencySession session = this.session.get();
		if (session != null) {
			session.reviewSuccessions();
		}
		return new WriteMark(this, keys, session, effective, farReaching, this.clock.getAsLong());
	}

	private static boolean isFarReaching(ProtocolKeyword type, CommandKeys keys) {
		if (keys.isAnything()) {
			return type != CommandType.FLUSHDB;
		}
		return type instanceof CommandType known && FAR_REACHING.contains(known);
	}

}
