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

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * What has to be noted of one write when it ends, before its caller is told.
 */
final class WriteMark {

	private final WriteLedger ledger;

	private final CommandKeys keys;

	private final @Nullable DefaultConsistencySession session;

	private final int reviewed;

	private final boolean effective;

	private final boolean farReaching;

	private final long sentAt;

	WriteMark(WriteLedger ledger, CommandKeys keys, @Nullable DefaultConsistencySession session, boolean effective,
			boolean farReaching, long sentAt) {
		this.ledger = ledger;
		this.keys = keys;
		this.session = session;
		this.reviewed = (session != null) ? session.reviewed() : 0;
		this.effective = effective;
		this.farReaching = farReaching;
		this.sentAt = sentAt;
	}

	CommandKeys keys() {
		return this.keys;
	}

	/**
	 * Return whether other databases may have been written to as well.
	 */
	boolean isFarReaching() {
		return this.farReaching;
	}

	/**
	 * Note the end of the write in its session.
	 */
	void endSession(long now) {
		if (this.session != null) {
			this.session.wrote(this.reviewed, now);
		}
	}

	long sentAt() {
		return this.sentAt;
	}

	/**
	 * Note that the primary has answered.
	 */
	void answered(RedisCommand<?, ?, ?> command) {
		CommandOutput<?, ?, ?> output = command.getOutput();
		boolean failed = output != null && output.hasError();
		this.ledger.ended(this, !failed, !failed && this.effective && EffectiveWrites.hasTakenEffect(command));
	}

	/**
	 * Note that it is not known whether the command was executed.
	 */
	void failed() {
		this.ledger.ended(this, false, false);
	}

}
