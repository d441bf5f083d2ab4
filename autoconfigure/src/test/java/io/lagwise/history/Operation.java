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

import java.io.Serializable;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One command as its caller saw it.
 *
 * @param client the application instance that sent it
 * @param session the session that was bound, or {@code null} for that of the application
 * @param kind what it did
 * @param level what a read asked for, {@code null} for a write
 * @param key the key
 * @param written the unique value that was written, {@code null} for a read
 * @param observed what was answered: the elements of a list, the value of a register if
 * there is one, and for a write to a register the value before it
 * @param invokedAt when it was begun, in nanoseconds of the monotonic clock
 * @param answeredAt when a read had its answer at the latest, as far as it is known
 * before its caller knew
 * @param completedAt when its caller had the answer
 * @param outcome how it has ended
 * @param confirmed whether all replicas have confirmed the write
 * @param answeredBy the role and address of the node that answered a read, or what went
 * wrong
 */
record Operation(String client, @Nullable String session, Kind kind, @Nullable Level level, String key,
		@Nullable String written, List<String> observed, long invokedAt, long answeredAt, long completedAt,
		Outcome outcome, boolean confirmed, String answeredBy) implements Serializable {

	boolean isWrite() {
		return this.kind == Kind.APPEND || this.kind == Kind.SET;
	}

	boolean isOk() {
		return this.outcome == Outcome.OK;
	}

	boolean isAcknowledgedWrite() {
		return isWrite() && isOk();
	}

	boolean isAnsweredRead() {
		return !isWrite() && isOk();
	}

	boolean isAnsweredByReplica() {
		return this.answeredBy.startsWith("replica");
	}

	/**
	 * Return whether the caller knew the result before the other one was begun.
	 */
	boolean isBefore(Operation other) {
		return this.completedAt < other.invokedAt;
	}

	/**
	 * Return whose guarantees it is part of.
	 */
	String scope() {
		return (this.session != null) ? this.session : this.client;
	}

	/**
	 * Return whether the session of another operation has to know of this write: that of
	 * an application knows of all its writes, those in bound sessions included.
	 */
	boolean isWrittenFor(Operation other) {
		return (other.session != null) ? other.session.equals(this.session) : other.client.equals(this.client);
	}

	@Override
	public String toString() {
		return "%s%s %s %s %s%s -> %s%s by %s, %.3f..%.3f ms".formatted(
				(this.session != null) ? this.session + " in " : "", this.client, this.kind, this.key,
				(this.level != null) ? this.level.label() : this.written, this.confirmed ? " (confirmed)" : "",
				this.outcome, this.observed, this.answeredBy, this.invokedAt / 1e6, this.completedAt / 1e6);
	}

	/**
	 * What a command does.
	 */
	enum Kind {

		/**
		 * Appends to a list.
		 */
		APPEND,

		/**
		 * Gives a register a new value and learns the one before.
		 */
		SET,

		/**
		 * Reads a whole list.
		 */
		LIST,

		/**
		 * Reads a register.
		 */
		GET

	}

	/**
	 * How a command has ended.
	 */
	enum Outcome {

		/**
		 * With an answer.
		 */
		OK,

		/**
		 * Without an effect.
		 */
		FAILED,

		/**
		 * A write that may or may not have had an effect, or have it later.
		 */
		UNKNOWN

	}

}
