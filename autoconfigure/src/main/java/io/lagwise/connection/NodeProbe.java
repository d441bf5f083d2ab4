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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeObservation.Reachability;
import io.lagwise.replication.ReplicationStatus;
import io.lettuce.core.api.StatefulRedisConnection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Asks one node for its replication state, over a connection of its own so that large
 * replies to others do not make the node look hung. At most one question is under way.
 */
final class NodeProbe {

	private static final Log logger = LogFactory.getLog(NodeProbe.class);

	/**
	 * How long a connection may stay without an answer before it is given up: the other
	 * end may be gone without a trace.
	 */
	private static final long GIVE_UP_AFTER = Duration.ofSeconds(3).toNanos();

	private static final AtomicInteger CONNECTIONS = new AtomicInteger();

	private final NodeAddress address;

	private final ReopeningConnection<StatefulRedisConnection<String, String>> connection;

	private final long silentAfter;

	private final AnswerListener listener;

	private final Runnable onChange;

	private final LongSupplier clock;

	private final KeepAlive keepAlive = new KeepAlive();

	private volatile NodeObservation observation = NodeObservation.NONE;

	private volatile @Nullable Refusal refusal;

	private volatile long latencyNanos;

	private volatile long lastLatencyNanos;

	/**
	 * The number of the connection, different from that of every other one.
	 */
	private volatile int connectionNumber;

	private volatile int identifiedConnection;

	/**
	 * The process that has answered last.
	 */
	private volatile @Nullable String runId;

	private volatile boolean asking;

	private volatile long askedAt;

	/**
	 * Create a probe.
	 * @param address the node
	 * @param client opens the connection
	 * @param silentAfter how long the node may take to answer before it counts as silent
	 * @param listener is told of every answer
	 * @param onChange called when the node answers differently than before
	 * @param clock the monotonic clock
	 */
	NodeProbe(NodeAddress address, NodeClient client, Duration silentAfter, AnswerListener listener, Runnable onChange,
			LongSupplier clock) {
		this.listener = listener;
		this.address = address;
		this.silentAfter = silentAfter.toNanos();
		this.connection = new ReopeningConnection<>(() -> client.connectForProbes(address), this::opened,
				this::connectionChanged);
		this.onChange = onChange;
		this.clock = clock;
	}

	NodeAddress address() {
		return this.address;
	}

	NodeObservation observation() {
		return this.observation.identified(this.runId);
	}

	/**
	 * Return the process that has answered last, or {@code null} when it has not said
	 * which it is.
	 */
	@Nullable String runId() {
		return this.runId;
	}

	/**
	 * Return why the last attempt to connect failed, or {@code null} when it has not.
	 */
	@Nullable Throwable failure() {
		return this.connection.failure();
	}

	/**
	 * Open the connection anew: the address may lead elsewhere by now.
	 */
	void reopen() {
		this.connection.drop();
	}

	/**
	 * Return the process behind a connection, or {@code null} when it has not said which
	 * it is, or there is a newer connection.
	 * @param connection the number of the connection
	 */
	@Nullable String runId(int connection) {
		if (this.identifiedConnection != connection) {
			return null;
		}
		String runId = this.runId;
		// a later connection counts before its process is known
		return (this.connectionNumber == connection) ? runId : null;
	}

	/**
	 * Return what the node refused when it was last heard of, or {@code null}.
	 */
	@Nullable Refusal refusal() {
		return this.refusal;
	}

	/**
	 * Return the moving average of the time that the node takes to answer.
	 */
	long latencyNanos() {
		return this.latencyNanos;
	}

	/**
	 * Return how long the node took to answer last, or a very long time while it owes an
	 * answer: of how many intervals it misses nothing follows yet.
	 */
	long lastLatencyNanos() {
		return this.asking ? Long.MAX_VALUE : this.lastLatencyNanos;
	}

	/**
	 * Return whether the node has answered since an instant.
	 */
	boolean isAliveSince(long instant) {
		return this.observation.answeredAt() - instant >= 0 && this.observation.status() != null;
	}

	/**
	 * Ask the node unless it still owes an answer.
	 */
	void ask() {
		long now = this.clock.getAsLong();
		StatefulRedisConnection<String, String> connection = this.connection.get();
		if (connection == null) {
			this.connection.ensureOpen(now);
		}
		else if (!this.asking) {
			int number = this.connectionNumber;
			this.asking = true;
			this.askedAt = now;
			connection.async()
				.info("replication")
				.whenComplete((info, failure) -> answered(number, now, info, failure));
		}
	}

	/**
	 * Keep the server from closing the connection between two questions. Called at
	 * intervals.
	 */
	void keepAlive(long now) {
		if (!this.asking) {
			this.keepAlive.keep(this.connection.get(), this.askedAt, now);
		}
	}

	CompletableFuture<Void> close() {
		return this.connection.close();
	}

	/**
	 * Take note if the node has owed an answer for too long.
	 */
	void judgeSilence(long now) {
		if (!this.asking || this.connection.get() == null) {
			return;
		}
		long waited = now - this.askedAt;
		if (waited > GIVE_UP_AFTER) {
			this.connection.drop();
			this.asking = false;
		}
		if (waited > this.silentAfter) {
			observe(this.observation.failed(Reachability.SILENT));
		}
	}

	/**
	 * Ask first of all which process it is: with another one, what the former has said
	 * proves nothing any more.
	 */
	private void opened(StatefulRedisConnection<String, String> opened) {
		int number = CONNECTIONS.incrementAndGet();
		this.connectionNumber = number;
		opened.async().info(RunId.SECTION).whenComplete((info, failure) -> identified(number, RunId.parse(info)));
	}

	private void identified(int number, @Nullable String runId) {
		if (number != this.connectionNumber) {
			return;
		}
		if (!Objects.equals(runId, this.runId)) {
			// before anything can be compared with the new one
			this.listener.processChanged(this.address, this.clock.getAsLong());
			this.runId = runId;
			this.onChange.run();
		}
		this.identifiedConnection = number;
	}

	private void answered(int number, long askedAt, @Nullable String info, @Nullable Throwable failure) {
		if (this.askedAt != askedAt || this.connectionNumber != number) {
			return;
		}
		long now = this.clock.getAsLong();
		this.asking = false;
		if (info != null) {
			long sample = now - askedAt;
			this.refusal = null;
			this.lastLatencyNanos = sample;
			this.latencyNanos = (this.latencyNanos == 0) ? sample : (this.latencyNanos * 7 + sample) / 8;
			observe(answer(info, number, askedAt, now));
		}
		else {
			observe(this.observation.failed(refused(Refusal.ofCommand(failure))));
		}
	}

	private Reachability refused(@Nullable Refusal refusal) {
		this.refusal = refusal;
		if (refusal != null && refusal.kind() == Refusal.Kind.COMMAND) {
			return Reachability.REFUSES;
		}
		if (refusal != null && refusal.kind() == Refusal.Kind.LOGIN) {
			// the next connection logs in again
			this.connection.drop();
			return Reachability.LOCKED;
		}
		return Reachability.SILENT;
	}

	private NodeObservation answer(String info, int number, long askedAt, long now) {
		try {
			ReplicationStatus status = ReplicationStatus.parse(info);
			this.listener.answered(this.address, number, askedAt, now, status);
			return this.observation.answered(status, askedAt, now);
		}
		catch (IllegalArgumentException ex) {
			logger.debug("Node " + this.address + " gives an answer to INFO that is not understood", ex);
			this.refusal = Refusal.ofAnswer(info, ex);
			return this.observation.failed(Reachability.REFUSES);
		}
	}

	private void connectionChanged() {
		if (this.connection.get() == null) {
			this.asking = false;
			Throwable failure = this.connection.failure();
			observe(this.observation.disconnected(refused((failure != null) ? Refusal.ofConnection(failure) : null)));
		}
		else {
			ask();
		}
	}

	private void observe(NodeObservation next) {
		NodeObservation previous = this.observation;
		this.observation = next;
		ReplicationStatus status = next.status();
		if (previous.reachability() != next.reachability()
				|| (status != null && !status.isSameApartFromOffset(previous.status()))) {
			this.onChange.run();
		}
	}

	/**
	 * Is told of every answer.
	 */
	@FunctionalInterface
	interface AnswerListener {

		/**
		 * A node has answered.
		 * @param node the node
		 * @param connection the number of the connection on which it was asked
		 * @param sentAt when the question was sent
		 * @param answeredAt when the answer had arrived
		 * @param status the answer
		 */
		void answered(NodeAddress node, int connection, long sentAt, long answeredAt, ReplicationStatus status);

		/**
		 * Another process than before answers at an address, or it is not known which.
		 * Called before it has answered anything else.
		 * @param node the node
		 * @param now the time
		 */
		default void processChanged(NodeAddress node, long now) {
		}

	}

}
