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

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteScope;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import org.jspecify.annotations.Nullable;

/**
 * What one connection of a user has been used for so far.
 * <p>
 * A read after anything that may have written on the same connection stays on the
 * primary: its caller expects to see that write. The same holds after WATCH, MULTI and
 * SELECT. A connection is used this way from the moment the application obtains it until
 * it is returned.
 */
final class ConnectionUse {

	private final @Nullable ReadRequirement kept;

	private volatile boolean mayHaveWritten;

	private volatile boolean elsewhere;

	private volatile boolean pipelining;

	private volatile @Nullable WriteScope pipelinedIn;

	private volatile boolean watching;

	private ConnectionUse(@Nullable ReadRequirement kept) {
		this.kept = kept;
	}

	/**
	 * Begin a use on the current thread.
	 */
	static ConnectionUse begin() {
		ReadRequirement requirement = RoutingContext.currentRequirement();
		return new ConnectionUse((requirement != null && requirement.isKept()) ? requirement : null);
	}

	/**
	 * Begin a use that reads from the primary only, whoever uses the connection next.
	 */
	static ConnectionUse beginAtPrimary() {
		return new ConnectionUse(ReadRequirement.primary());
	}

	/**
	 * Return what reads ask for that the current thread sends now.
	 * @param unlessSet what they ask for where nothing says it
	 */
	ReadRequirement requirement(ReadRequirement unlessSet) {
		ReadRequirement current = RoutingContext.currentRequirement();
		if (this.kept == null || this.kept == current) {
			return (current != null) ? current : unlessSet;
		}
		return (current != null) ? this.kept.and(current) : this.kept;
	}

	boolean mayHaveWritten() {
		return this.mayHaveWritten;
	}

	void markWrite() {
		if (!this.mayHaveWritten) {
			this.mayHaveWritten = true;
		}
	}

	/**
	 * Take note of a command that may write.
	 */
	void markWrite(ProtocolKeyword command) {
		markWrite();
		if (command == CommandType.SELECT) {
			this.elsewhere = true;
		}
	}

	/**
	 * Return whether another database than that of the connection may have been selected.
	 */
	boolean isElsewhere() {
		return this.elsewhere;
	}

	/**
	 * Take note of a command on a connection of the user's own that may write.
	 */
	void sends(ProtocolKeyword command) {
		if (command == CommandType.WATCH) {
			this.watching = true;
		}
		else if (this.watching
				&& (command == CommandType.EXEC || command == CommandType.DISCARD || command == CommandType.UNWATCH)) {
			this.watching = false;
		}
	}

	boolean isWatching() {
		return this.watching;
	}

	/**
	 * Return whether a pipeline was opened before a scope, or outside of it.
	 */
	boolean isPipeliningOutsideOf(WriteScope scope) {
		return this.pipelining && this.pipelinedIn != scope;
	}

	boolean isPipelining() {
		return this.pipelining;
	}

	void setPipelining(boolean pipelining) {
		this.pipelinedIn = pipelining ? RoutingContext.currentWrites() : null;
		this.pipelining = pipelining;
	}

}
