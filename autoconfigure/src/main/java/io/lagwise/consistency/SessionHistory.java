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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What one session has written and read, and from that: which replica may serve its next
 * consistent read.
 * <p>
 * A write, and a read that the primary has answered, set a <em>floor</em>: from then on a
 * replica must be proven to be fresh as of that instant. An answer of a replica sets none
 * for the replica itself, whose state only advances as long as the connection to it
 * lasts; every other one must be fresh as of the last moment at which the first may have
 * answered. So a session that stays with a replica never waits for proof of its reads.
 * <p>
 * A session that is one user's has one such entry. That of a whole application has many,
 * chosen by the hash of the key: keys that share an entry only make it stricter. Reads
 * that replicas answer are noted per entry at most about once per millisecond.
 * <p>
 * Whoever notes something does so before it is told to the reader or writer; whoever asks
 * does so after a replica's proof was taken. All instants are those of one monotonic
 * clock. Can be used by any number of threads.
 */
public final class SessionHistory {

	private static final int STRIPES = 1 << 14;

	/**
	 * How coarse the instants are at which replicas have answered: 2^20 nanoseconds.
	 */
	private static final int QUANTUM_BITS = 20;

	private static final int CONNECTION_BITS = 24;

	static final long CONNECTION_MASK = (1L << CONNECTION_BITS) - 1;

	private static final long NOTHING = 0;

	/**
	 * Stands for the primary among the connections to replicas, which count from one.
	 */
	private static final int PRIMARY = 0;

	/**
	 * How far back instants count that lie before a session was opened: it may continue
	 * one that is older.
	 */
	private static final long PAST = Duration.ofSeconds(10).toNanos();

	private final long origin;

	private final AtomicLongArray floors;

	/**
	 * The last answer of a replica: in the upper bits the end of the quantum in which it
	 * was given, in the lower ones the connection.
	 */
	private final AtomicLongArray answers;

	private volatile long commonFloor;

	/**
	 * When the primary has last shown something of any key.
	 */
	private volatile long commonSight = NOTHING;

	private final AtomicLong lastWrite = new AtomicLong(NOTHING);

	private final PeerProofs peers;

	private SessionHistory(int stripes, long origin, long commonFloor, PeerProofs peers) {
		this.peers = peers;
		this.origin = origin;
		this.floors = new AtomicLongArray(stripes);
		this.answers = new AtomicLongArray(stripes);
		this.commonFloor = commonFloor;
	}

	/**
	 * Create the history of a session that has neither written nor read.
	 * @param now the time
	 * @return the history
	 */
	public static SessionHistory ofSession(long now) {
		return ofSession(now, PeerProofs.NONE);
	}

	/**
	 * Create the history of a session that has neither written nor read.
	 * @param now the time
	 * @param peers which replicas may take over from others without the primary
	 * @return the history
	 */
	public static SessionHistory ofSession(long now, PeerProofs peers) {
		return new SessionHistory(1, now - PAST, NOTHING, peers);
	}

	/**
	 * Create the history of an application, per key. Everything may have been written
	 * before.
	 * @param now the time
	 * @return the history
	 */
	public static SessionHistory ofApplication(long now) {
		return ofApplication(now, PeerProofs.NONE);
	}

	/**
	 * Create the history of an application, per key. Everything may have been written
	 * before.
	 * @param now the time
	 * @param peers which replicas may take over from others without the primary
	 * @return the history
	 */
	public static SessionHistory ofApplication(long now, PeerProofs peers) {
		return ofApplication(now, STRIPES, peers);
	}

	static SessionHistory ofApplication(long now, int stripes) {
		return ofApplication(now, stripes, PeerProofs.NONE);
	}

	static SessionHistory ofApplication(long now, int stripes, PeerProofs peers) {
		return new SessionHistory(stripes, now - 1, 1, peers);
	}

	/**
	 * Note that a key may have been written: when the write was acknowledged, or failed
	 * with an unknown outcome.
	 * @param hash the hash of the key
	 * @param now the time
	 */
	public void wrote(int hash, long now) {
		long instant = sinceOrigin(now);
		raise(index(hash), instant);
		long last = this.lastWrite.get();
		while (last < instant && !this.lastWrite.compareAndSet(last, instant)) {
			last = this.lastWrite.get();
		}
	}

	/**
	 * Note that any key may have been written.
	 * @param now the time
	 */
	public void wroteAnything(long now) {
		synchronized (this) {
			this.commonFloor = Math.max(this.commonFloor, sinceOrigin(now));
		}
	}

	/**
	 * Note that the primary has answered a consistent read.
	 * @param hash the hash of the key
	 * @param now the time
	 */
	public void readFromPrimary(int hash, long now) {
		raise(index(hash), sinceOrigin(now));
	}

	/**
	 * Note that the primary has shown a key to somebody who did not ask for it: other
	 * than a consistent read, that makes no read of own writes stricter.
	 * @param hash the hash of the key
	 * @param now the time
	 */
	public void seenAtPrimary(int hash, long now) {
		readFromReplica(hash, PRIMARY, now, now);
	}

	/**
	 * Note that the primary has shown something of any key, such as which there are.
	 * @param now the time
	 */
	public void seenAnythingAtPrimary(long now) {
		synchronized (this) {
			this.commonSight = Math.max(this.commonSight, sinceOrigin(now));
		}
	}

	/**
	 * Note that a replica has answered a consistent read.
	 * @param hash the hash of the key
	 * @param connection the number of the connection to the replica
	 * @param freshAsOf as of when the replica was proven to be fresh when the read was
	 * sent
	 * @param now the time
	 */
	public void readFromReplica(int hash, int connection, long freshAsOf, long now) {
		int index = index(hash);
		long quantum = (sinceOrigin(now) >> QUANTUM_BITS) + 1;
		long answer = (quantum << CONNECTION_BITS) | (connection & CONNECTION_MASK);
		while (true) {
			long last = this.answers.get(index);
			if (last != NOTHING && !isBy(last, connection)
					&& (freshAsOf == FreshnessWatermark.UNPROVEN || freshAsOf - this.origin < instant(last))
					&& !this.peers.holdsAllOf(connection, connection(last))) {
				// two replicas have answered at the same time: neither is known to be
				// ahead
				raise(index, sinceOrigin(now));
				return;
			}
			if (last != NOTHING && isBy(last, connection) && last >= answer) {
				return;
			}
			if (this.answers.compareAndSet(index, last, answer)) {
				return;
			}
		}
	}

	/**
	 * Return whether a replica may serve the next consistent read.
	 * @param hash the hash of the key
	 * @param connection the number of the connection to the replica
	 * @param freshAsOf as of when the replica is proven to be fresh
	 * @return whether its answer holds what the session has written and read
	 */
	public boolean admits(int hash, int connection, long freshAsOf) {
		if (!hasWritesAndSight(hash, freshAsOf)) {
			return false;
		}
		long last = this.answers.get(index(hash));
		return isAheadOf(last, connection, freshAsOf) || this.peers.holdsAllOf(connection, connection(last));
	}

	boolean admitsWithoutPeers(int hash, int connection, long freshAsOf) {
		return hasWritesAndSight(hash, freshAsOf) && isAheadOf(this.answers.get(index(hash)), connection, freshAsOf);
	}

	private boolean hasWritesAndSight(int hash, long freshAsOf) {
		return hasWrites(hash, freshAsOf) && !isBelow(freshAsOf - this.origin, this.commonSight);
	}

	private boolean isAheadOf(long last, int connection, long freshAsOf) {
		return last == NOTHING || isBy(last, connection) || freshAsOf - this.origin >= instant(last);
	}

	/**
	 * Return whether a replica has what was written to a key, whatever has been read.
	 * @param hash the hash of the key
	 * @param freshAsOf as of when the replica is proven to be fresh
	 * @return whether its answer holds what the session has written
	 */
	public boolean hasWrites(int hash, long freshAsOf) {
		long fresh = freshAsOf - this.origin;
		return freshAsOf != FreshnessWatermark.UNPROVEN && !isBelow(fresh, this.commonFloor)
				&& !isBelow(fresh, this.floors.get(index(hash)));
	}

	/**
	 * Return whether a replica has everything that was written, to whichever key.
	 * @param freshAsOf as of when the replica is proven to be fresh
	 * @return whether any answer of it holds what the session has written
	 */
	public boolean hasEveryWrite(long freshAsOf) {
		long fresh = freshAsOf - this.origin;
		return freshAsOf != FreshnessWatermark.UNPROVEN && !isBelow(fresh, this.commonFloor)
				&& !isBelow(fresh, this.lastWrite.get());
	}

	/**
	 * Return the instant as of which any replica has to be fresh to be admitted.
	 * @param hash the hash of the key
	 * @return the instant
	 */
	public long floor(int hash) {
		int index = index(hash);
		long last = this.answers.get(index);
		long answered = (last != NOTHING) ? instant(last) : NOTHING;
		long common = Math.max(this.commonFloor, this.commonSight);
		return this.origin + Math.max(common, Math.max(this.floors.get(index), answered));
	}

	/**
	 * Return whether anything has been written or read.
	 * @param hash the hash of the key
	 * @return whether there is anything that a replica must have
	 */
	public boolean isTouched(int hash) {
		int index = index(hash);
		return this.commonFloor != NOTHING || this.floors.get(index) != NOTHING || this.answers.get(index) != NOTHING;
	}

	/**
	 * Count from the origin. What lies before it is taken for the origin, which is
	 * stricter.
	 */
	private long sinceOrigin(long instant) {
		return Math.max(instant - this.origin, NOTHING + 1);
	}

	private int index(int hash) {
		return (hash ^ (hash >>> 16)) & (this.floors.length() - 1);
	}

	private void raise(int index, long floor) {
		long current = this.floors.get(index);
		while (current < floor && !this.floors.compareAndSet(index, current, floor)) {
			current = this.floors.get(index);
		}
	}

	private static boolean isBelow(long fresh, long floor) {
		return floor != NOTHING && fresh < floor;
	}

	private static boolean isBy(long answer, int connection) {
		return (answer & CONNECTION_MASK) == (connection & CONNECTION_MASK);
	}

	private static int connection(long answer) {
		return (int) (answer & CONNECTION_MASK);
	}

	private static long instant(long answer) {
		return (answer >>> CONNECTION_BITS) << QUANTUM_BITS;
	}

}
