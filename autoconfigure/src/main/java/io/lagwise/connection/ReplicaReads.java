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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.ReadCandidate;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;

/**
 * The reads that one replica serves, over one connection that all threads share.
 */
final class ReplicaReads implements ReadCandidate {

	/**
	 * How long a reader may take from its plan to the connection.
	 */
	private static final long GRACE = Duration.ofSeconds(1).toNanos();

	private final NodeAddress address;

	private final NodeProbe probe;

	private final ReopeningConnection<StatefulRedisConnection<byte[], byte[]>> connection;

	private final AtomicInteger inFlight = new AtomicInteger();

	private volatile boolean routed;

	private long retiredAt;

	ReplicaReads(NodeProbe probe, NodeClient client, Runnable onChange) {
		this.address = probe.address();
		this.probe = probe;
		this.connection = new ReopeningConnection<>(() -> client.connectForReads(this.address), (opened) -> {
		}, onChange);
	}

	@Override
	public NodeAddress address() {
		return this.address;
	}

	@Override
	public int readsInFlight() {
		return this.inFlight.get();
	}

	@Override
	public long latencyNanos() {
		return this.probe.latencyNanos();
	}

	/**
	 * Return whether the replica is fit to serve reads and connected.
	 */
	boolean isRouted() {
		return this.routed && isOpen();
	}

	void setRouted(boolean routed) {
		this.routed = routed;
	}

	boolean isOpen() {
		return this.connection.get() != null;
	}

	void ensureOpen(long now) {
		this.connection.ensureOpen(now);
	}

	/**
	 * Close unless there are reads to be answered, or one may be about to be sent.
	 * @return whether it is closed
	 */
	boolean closeIfIdle(long now) {
		if (this.retiredAt == 0) {
			this.retiredAt = now;
		}
		boolean idle = now - this.retiredAt > GRACE && (this.inFlight.get() == 0 || !isOpen());
		if (idle) {
			this.connection.close();
		}
		return idle;
	}

	/**
	 * Send an attempt to the replica.
	 * @return whether it was sent; if not, nothing has happened to the command
	 */
	boolean send(ReadAttempt<?, ?, ?> attempt) {
		started();
		StatefulRedisConnection<byte[], byte[]> connection = this.connection.get();
		if (connection == null) {
			finished();
			return false;
		}
		connection.dispatch(withAnyCodec(attempt));
		return true;
	}

	/**
	 * Send attempts together to the replica.
	 * @return whether they were sent; if not, nothing has happened to the commands
	 */
	boolean send(List<? extends ReadAttempt<?, ?, ?>> attempts) {
		this.inFlight.addAndGet(attempts.size());
		StatefulRedisConnection<byte[], byte[]> connection = this.connection.get();
		if (connection == null) {
			this.inFlight.addAndGet(-attempts.size());
			return false;
		}
		List<RedisCommand<byte[], byte[], ?>> commands = new ArrayList<>(attempts.size());
		attempts.forEach((attempt) -> commands.add(withAnyCodec(attempt)));
		connection.dispatch(commands);
		return true;
	}

	/**
	 * Note that an attempt is about to be sent.
	 */
	void started() {
		this.inFlight.incrementAndGet();
	}

	/**
	 * Note that an attempt is over.
	 */
	void finished() {
		this.inFlight.decrementAndGet();
	}

	// nothing below the dispatch of a connection depends on its codec
	@SuppressWarnings("unchecked")
	private static <T> RedisCommand<byte[], byte[], T> withAnyCodec(RedisCommand<?, ?, T> command) {
		return (RedisCommand<byte[], byte[], T>) command;
	}

}
