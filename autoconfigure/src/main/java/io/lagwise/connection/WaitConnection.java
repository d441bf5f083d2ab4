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

	private final NodeAddress primary;

	private final StatefulRedisConnection<byte[], byte[]> connection;

	private final WaitConnections owner;

	private final boolean counted;

	private volatile boolean wrote;

	private volatile boolean queued;

	private volatile boolean watching;

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
			this.wrote = this.wrote || this.queued;
			endTransaction();
		}
		else if (command == CommandType.DISCARD || command == CommandType.MULTI) {
			endTransaction();
		}
		else if (this.connection.isMulti()) {
			this.queued = true;
			this.unsettled = this.unsettled || UNSETTLING.contains(name);
		}
		else if (command == CommandType.WATCH) {
			this.watching = true;
		}
		else if (command == CommandType.UNWATCH) {
			this.watching = false;
		}
		else if (UNSETTLING.contains(name)) {
			this.unsettled = true;
		}
		else {
			this.wrote = true;
			this.unsettled = this.unsettled || BLOCKING.contains(name);
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
		this.wrote = false;
	}

	/**
	 * Note that nobody else may use the connection any more.
	 */
	void unsettle() {
		this.unsettled = true;
	}

	/**
	 * Return whether writes have been sent that are not part of an open transaction.
	 */
	boolean hasWritten() {
		return this.wrote;
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
		return this.connection.isOpen() && !this.taken && !this.wrote && !this.unsettled && !isTransactional();
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
			this.unsettled = true;
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
