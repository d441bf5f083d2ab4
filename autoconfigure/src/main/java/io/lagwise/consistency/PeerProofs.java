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

package io.lagwise.consistency;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

import io.lagwise.replication.LinkStatus;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.ReplicationStatus;
import org.jspecify.annotations.Nullable;

/**
 * Proves of replicas, without the primary, that they hold all that another replica can
 * have answered: so that they may take over from it while nobody is the primary.
 * <p>
 * A connection that is closed answers nothing any more. So a process that is asked
 * <em>after</em> the connection to it was closed says of itself a position that no answer
 * on that connection lies beyond, because what a process holds only grows. A replica that
 * has applied that position, in the same history, holds all of those answers. Where the
 * process has become a primary meanwhile, the position counts at which it has left the
 * history that it shared: its clients were disconnected then. Where they were not,
 * because that was done by hand, nothing may have been written since.
 * <p>
 * Both positions are those of processes, not of addresses: one that was restarted may
 * hold less than the former one has answered. What is proven of a connection ends when it
 * is closed, and when its process changes its history or goes back in it.
 * <p>
 * Can be used by any number of threads. All instants are those of
 * {@link System#nanoTime()} or of another clock that behaves like it.
 */
public final class PeerProofs {

	/**
	 * Proves nothing.
	 */
	public static final PeerProofs NONE = new PeerProofs(false);

	private static final int REMEMBERED = 64;

	private final boolean clientsDisconnected;

	private final Map<Integer, Reader> open = new HashMap<>();

	private final Deque<Closed> closed = new ArrayDeque<>();

	/**
	 * Which open connection is proven to have what which closed one has answered.
	 * Replaced, never changed.
	 */
	private volatile Set<Long> proofs = Set.of();

	/**
	 * Create proofs.
	 * @param clientsDisconnected whether a node that becomes a primary disconnects its
	 * clients, as Sentinels make it do
	 */
	public PeerProofs(boolean clientsDisconnected) {
		this.clientsDisconnected = clientsDisconnected;
	}

	/**
	 * Note that a connection on which a replica serves reads was opened, and leads to a
	 * process.
	 * @param connection the number of the connection
	 * @param process the process behind it
	 */
	public synchronized void opened(int connection, String process) {
		this.open.put(connection, new Reader(process));
	}

	/**
	 * Note that nothing will come any more on a connection.
	 * @param connection the number of the connection
	 * @param now the time
	 */
	public synchronized void closed(int connection, long now) {
		Reader reader = this.open.remove(connection);
		if (reader == null) {
			return;
		}
		forget(of(connection));
		this.closed.add(new Closed(connection, reader.process, now));
		if (this.closed.size() > REMEMBERED) {
			forget(against(this.closed.remove().number));
		}
	}

	/**
	 * Note that a node has answered a poll.
	 * @param process the process that has answered
	 * @param sentAt when the poll was sent, taken before sending it
	 * @param status the answer
	 */
	public synchronized void answered(String process, long sentAt, ReplicationStatus status) {
		for (Closed connection : this.closed) {
			if (connection.limit == null && connection.process.equals(process) && sentAt - connection.closedAt > 0
					&& (status.role() == NodeRole.PRIMARY || status.link() == LinkStatus.UP)) {
				connection.limit = status;
			}
		}
		this.open.forEach((connection, reader) -> {
			if (reader.process.equals(process) && reader.moved(status)) {
				forget(of(connection));
			}
		});
		prove();
	}

	/**
	 * Return whether a replica is proven to hold all that was answered on a connection
	 * that is closed.
	 * @param connection the number of the connection to the replica
	 * @param closed the number of the other connection
	 */
	boolean holdsAllOf(int connection, int closed) {
		Set<Long> proofs = this.proofs;
		return !proofs.isEmpty() && proofs.contains(key(connection, closed));
	}

	private void prove() {
		Set<Long> proofs = new HashSet<>(this.proofs);
		for (Closed connection : this.closed) {
			ReplicationStatus limit = connection.limit;
			this.open.forEach((number, reader) -> {
				if (limit != null && hasReached(reader, limit)) {
					proofs.add(key(number, connection.number));
				}
			});
		}
		if (proofs.size() != this.proofs.size()) {
			this.proofs = Set.copyOf(proofs);
		}
	}

	private boolean hasReached(Reader reader, ReplicationStatus limit) {
		HistoryPosition position = reader.position;
		if (position == null) {
			return false;
		}
		if (position.replicationId().equals(limit.replicationId())) {
			return position.offset() >= limit.offset();
		}
		long left = limit.switchOffset() - 1;
		return limit.role() == NodeRole.PRIMARY && position.replicationId().equals(limit.formerReplicationId())
				&& position.offset() >= left && (this.clientsDisconnected || limit.offset() == left);
	}

	private void forget(LongPredicate outdated) {
		this.proofs = this.proofs.stream().filter((key) -> !outdated.test(key)).collect(Collectors.toUnmodifiableSet());
	}

	private static LongPredicate of(int connection) {
		return (key) -> key >>> Integer.SIZE == (connection & SessionHistory.CONNECTION_MASK);
	}

	private static LongPredicate against(int closed) {
		return (key) -> (key & SessionHistory.CONNECTION_MASK) == (closed & SessionHistory.CONNECTION_MASK);
	}

	private static long key(int connection, int closed) {
		return ((connection & SessionHistory.CONNECTION_MASK) << Integer.SIZE)
				| (closed & SessionHistory.CONNECTION_MASK);
	}

	/**
	 * What is known of the process behind an open connection.
	 */
	private static final class Reader {

		private final String process;

		private @Nullable HistoryPosition position;

		Reader(String process) {
			this.process = process;
		}

		/**
		 * Take note of a position.
		 * @return whether it does not follow from the last one
		 */
		boolean moved(ReplicationStatus status) {
			HistoryPosition last = this.position;
			this.position = new HistoryPosition(status.replicationId(), status.offset());
			return last != null
					&& (!last.replicationId().equals(status.replicationId()) || last.offset() > status.offset());
		}

	}

	/**
	 * A connection that was closed.
	 */
	private static final class Closed {

		private final int number;

		private final String process;

		private final long closedAt;

		/**
		 * What the process has said first after that.
		 */
		private @Nullable ReplicationStatus limit;

		Closed(int number, String process, long closedAt) {
			this.number = number;
			this.process = process;
			this.closedAt = closedAt;
		}

	}

}
