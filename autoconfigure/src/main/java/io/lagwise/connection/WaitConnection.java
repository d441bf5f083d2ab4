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

import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;

/**
 * A connection that belongs to one scope of writes, and what the scope has done with it.
 * Views of connections that are shared use it one command at a time; a view with a
 * connection of its own has it for itself as long as it lives.
 */
final class WaitConnection {

	/**
	 * What leaves the connection in another state than it was in, or under way.
	 */
	private static final Set<String> UNSETTLING = Set.of("SELECT", "AUTH", "HELLO", "CLIENT", "QUIT", "RESET",
			"READONLY", "READWRITE", "ASKING", "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "DEBUG", "SHUTDOWN",
			"WAIT");

	/**
	 * What may keep the connection busy after its caller has stopped to wait.
	 */
	private static final Set<String> BLOCKING = Set.of("BLPOP", "BRPOP", "BLMOVE", "BLMPOP", "BRPOPLPUSH", "BZPOPMIN",
			"BZPOPMAX", "BZMPOP", "XREADGROUP");

	/**
	 * What begins or ends transactions.
	 */
	private static final Set<String> TRANSACTIONAL = Set.of("MULTI", "EXEC", "DISCARD", "WATCH", "UNWATCH");

	private final NodeAddress primary;

	private final StatefulRedisConnection<byte[], byte[]> connection;

	private final WaitConnections owner;

	private final boolean counted;

	/**
	 * How many writes were sent that may have been executed, and are not confirmed.
	 */
	private final AtomicInteger unconfirmed = new AtomicInteger();

	private volatile boolean queued;

	private volatile boolean watching;

	/**
	 * Whether it is in another state than a new one.
	 */
	private volatile boolean changed;

	/**
	 * Whether something may be under way that nobody waits for.
	 */
	private volatile boolean unsettled;

	private volatile boolean taken;

	private volatile boolean outlivesScope;

	private volatile boolean over;

	/**
	 * Create a connection of a scope.
	 * @param primary the node to which it leads
	 * @param connection the connection
	 * @param owner where it comes from
	 * @param counted whether it is one of a limited number
	 */
	WaitConnection(NodeAddress primary, StatefulRedisConnection<byte[], byte[]> connection, WaitConnections owner,
			boolean counted) {
		this.primary = primary;
		this.connection = connection;
		this.owner = owner;
		this.counted = counted;
	}

	NodeAddress primary() {
		return this.primary;
	}

	StatefulRedisConnection<byte[], byte[]> connection() {
		return this.connection;
	}

	boolean isCounted() {
		return this.counted;
	}

	/**
	 * Take note of a command that is about to be sent and may write.
	 */
	void sends(ProtocolKeyword command) {
		String name = command.toString();
		if (command == CommandType.EXEC) {
			if (this.queued) {
				this.unconfirmed.incrementAndGet();
			}
			endTransaction();
		}
		else if (command == CommandType.DISCARD || command == CommandType.MULTI) {
			endTransaction();
		}
		else if (this.connection.isMulti()) {
			this.queued = true;
			this.changed = this.changed || UNSETTLING.contains(name);
		}
		else if (command == CommandType.WATCH) {
			this.watching = true;
		}
		else if (command == CommandType.UNWATCH) {
			this.watching = false;
		}
		else if (UNSETTLING.contains(name)) {
			this.changed = true;
		}
		else {
			this.unconfirmed.incrementAndGet();
			this.unsettled = this.unsettled || BLOCKING.contains(name);
		}
	}

	/**
	 * Note that a command was not executed, or not sent after all.
	 */
	void takesBack(ProtocolKeyword command) {
		boolean counted = !this.connection.isMulti() && !TRANSACTIONAL.contains(command.toString())
				&& !UNSETTLING.contains(command.toString());
		if (counted) {
			this.unconfirmed.updateAndGet((count) -> Math.max(count - 1, 0));
		}
	}

	private void endTransaction() {
		this.queued = false;
		this.watching = false;
	}

	/**
	 * Note that what was written has been answered, by a node that takes writes.
	 */
	void settle() {
		this.unconfirmed.set(0);
	}

	/**
	 * Note that nobody else may use the connection any more.
	 */
	void unsettle() {
		this.changed = true;
	}

	/**
	 * Return whether another connection can take its place.
	 */
	boolean isReplaceable() {
		return !this.changed && !isTransactional();
	}

	/**
	 * Return whether it is open and leads to the node in charge.
	 */
	boolean isInCharge() {
		return this.connection.isOpen() && this.owner.isInCharge(this);
	}

	/**
	 * Return whether writes have been sent that are not part of an open transaction.
	 */
	boolean hasWritten() {
		return this.unconfirmed.get() > 0;
	}

	/**
	 * Return whether writes wait for the end of their transaction.
	 */
	boolean isTransactionPending() {
		return this.queued;
	}

	boolean isTransactional() {
		return this.connection.isMulti() || this.watching;
	}

	/**
	 * Return whether the next scope may have the connection. After a method that has
	 * failed nobody knows what is still under way on it, or whether it leads to a node
	 * that takes writes.
	 */
	boolean isReusable() {
		return this.connection.isOpen() && !this.taken && !hasWritten() && !this.changed && !this.unsettled
				&& !isTransactional();
	}

	/**
	 * Return whether no view has the connection for itself.
	 */
	boolean isFree() {
		return !this.over && !this.taken && this.connection.isOpen() && !isTransactional();
	}

	/**
	 * Let one view have the connection for itself.
	 */
	void take() {
		this.taken = true;
	}

	/**
	 * Note that the view which had the connection for itself does not need it any more.
	 */
	void leave() {
		this.taken = false;
		if (this.outlivesScope) {
			this.over = true;
			this.owner.giveBack(this);
		}
	}

	/**
	 * Note that the scope is over. A transaction that is not goes on: whoever has begun
	 * it will end it.
	 */
	void endScope() {
		if (this.taken && isTransactional() && this.connection.isOpen()) {
			this.changed = true;
			this.outlivesScope = true;
		}
		else {
			this.taken = false;
			this.over = true;
			this.owner.giveBack(this);
		}
	}

	/**
	 * Return whether the connection must not be used any more.
	 */
	boolean isOver() {
		return this.over;
	}

}
