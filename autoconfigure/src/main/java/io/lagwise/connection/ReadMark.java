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

import io.lagwise.consistency.SessionHistory;
import org.jspecify.annotations.Nullable;

/**
 * What has to be noted of one answer of the primary before its reader learns of it: later
 * consistent reads must not be older.
 */
final class ReadMark {

	private final Iterable<SessionHistory> application;

	private final CommandKeys keys;

	private final @Nullable DefaultConsistencySession session;

	private final int reviewed;

	/**
	 * Create a mark.
	 * @param application what the whole application has written to and read from the
	 * databases that may have been read
	 * @param keys the keys of the read
	 * @param session the session whose read it is, or {@code null}
	 */
	ReadMark(Iterable<SessionHistory> application, CommandKeys keys, @Nullable DefaultConsistencySession session) {
		this.application = application;
		this.keys = keys;
		this.session = session;
		this.reviewed = (session != null) ? session.reviewed() : 0;
	}

	/**
	 * Note that the primary has answered.
	 */
	void answered(long now) {
		this.application.forEach((database) -> note(database, now));
		if (this.session != null) {
			this.session.history().readFromPrimary(0, now);
			this.session.notReviewedSince(this.reviewed);
		}
	}

	private void note(SessionHistory database, long now) {
		if (this.keys.isAnything()) {
			database.seenAnythingAtPrimary(now);
		}
		for (int i = 0; i < this.keys.size(); i++) {
			database.seenAtPrimary(this.keys.hash(i), now);
		}
	}

}
