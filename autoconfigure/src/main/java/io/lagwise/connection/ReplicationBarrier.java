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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.WaitListener;
import io.lettuce.core.api.StatefulRedisConnection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the replicas say at once how far they are, for everybody who waits for one to
 * catch up.
 * <p>
 * One barrier is under way at a time, on a connection that serves nothing else, because
 * {@code WAIT} blocks it. Whoever comes meanwhile and needs a later one shares the next.
 * A barrier waits for replicas that were quick lately, so that a slow one does not make
 * everybody wait; it proves what it proves for the slow ones as well. It never blocks its
 * callers: the answer, and time, end it.
 */
final class ReplicationBarrier implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(ReplicationBarrier.class);

	/**
	 * The channel to which the empty messages go. Nobody has to listen.
	 */
	static final String CHANNEL = "lagwise:barrier";

	/**
	 * How long a server may take beyond the time that it was asked to wait.
	 */
	private static final long GRACE = Duration.ofMillis(500).toNanos();

	/**
	 * How long a replica that made others wait in vain is not waited for, and how often a
	 * barrier is tried that nobody expects anything of.
	 */
	private static final long TRIAL_INTERVAL = Duration.ofSeconds(1).toNanos();

	/**
	 * How long no barrier is tried after a server has refused one.
	 */
	private static final long REFUSAL_LENGTH = Duration.ofMinutes(1).toNanos();

	private static final Duration TRIAL_PATIENCE = Duration.ofMillis(20);

	private final NodeClient client;

	private final Supplier<ReplicationTopology> topology;

	private final Watermarks watermarks;

	private final RefusedCommands refusedCommands;

	private final WaitListener listener;

	private final Duration quickLag;

	private final LongSupplier clock;

	private final Executor callbacks;

	private final KeepAlive keepAlive = new KeepAlive();

	private final Map<NodeAddress, Slowness> slowness = new HashMap<>();

	private volatile @Nullable Link link;

	private volatile @Nullable Barrier underWay;

	private @Nullable Barrier next;

	/**
	 * How long a barrier takes: a moving average, in nanoseconds.
	 */
	private volatile long expected;

	private volatile long triedAt;

	private volatile long refusedUntil;

	private boolean strangersReported;

	private volatile boolean closed;

	/**
	 * Create a barrier.
	 * @param client opens the connection
	 * @param topology gives the newest topology
	 * @param watermarks are told what is proven
	 * @param refusedCommands is told what servers refuse
	 * @param options how often the monitor asks, and who listens
	 * @param clock the monotonic clock
	 * @param callbacks tells those who wait that a barrier is over which the server has
	 * not ended
	 */
	ReplicationBarrier(NodeClient client, Supplier<ReplicationTopology> topology, Watermarks watermarks,
			RefusedCommands refusedCommands, ReplicaReadOptions options, LongSupplier clock, Executor callbacks) {
		this.callbacks = callbacks;
		this.client = client;
		this.topology = topology;
		this.watermarks = watermarks;
		this.refusedCommands = refusedCommands;
		this.listener = options.waitListener();
		this.quickLag = options.monitorInterval().multipliedBy(2).plusMillis(100);
		this.clock = clock;
		this.triedAt = clock.getAsLong();
		this.refusedUntil = this.triedAt;
	}

	/**
	 * Return whether a barrier that begins now may be expected to end in time. Where that
	 * is not so because there is no connection, one is opened; where barriers have been
	 * slow, one is tried now and then.
	 * @param patience how long the caller would wait
	 * @param now the time
	 */
	boolean isPromising(Duration patience, long now) {
		if (this.closed || now - this.refusedUntil < 0 || connection(now) == null
				|| quickReplicas(patience, now) == 0) {
			return false;
		}
		if (this.expected <= patience.toNanos()) {
			return true;
		}
		if (now - this.triedAt > TRIAL_INTERVAL) {
			request(now, TRIAL_PATIENCE, () -> {
			});
		}
		return false;
	}

	/**
	 * Wait for a barrier that begins now or later.
	 * @param patience how long to wait for replicas
	 * @param onEnd called once when the barrier is over
	 */
	void request(Duration patience, Runnable onEnd) {
		request(this.clock.getAsLong(), patience, onEnd);
	}

	/**
	 * Wait for a barrier that covers everything acknowledged until some instant: the one
	 * that is under way if it began no earlier, or the next one. What it proves is in the
	 * watermarks before the caller is told.
	 * @param instant the instant, in nanoseconds of the monotonic clock
	 * @param patience how long to wait for replicas; the caller may be told later than
	 * that when the server does not answer
	 * @param onEnd called once when the barrier is over, whatever came of it and however
	 * often it was passed, on a thread of the connection or one for callbacks; must not
	 * block
	 */
	void request(long instant, Duration patience, Runnable onEnd) {
		Barrier begun = null;
		synchronized (this) {
			Barrier underWay = this.underWay;
			if (underWay != null && underWay.sentAt - instant >= 0) {
				underWay.add(onEnd, Duration.ZERO);
				return;
			}
			Barrier next = (this.next != null) ? this.next : new Barrier();
			next.add(onEnd, patience);
			if (underWay != null) {
				this.next = next;
			}
			else {
				begun = begin(next);
			}
		}
		if (begun != null) {
			send(begun);
		}
	}

	/**
	 * Give up a barrier that the server does not end, and the connection to a node that
	 * is not the primary any more. Called at intervals.
	 */
	void sweep() {
		Link link = this.link;
		Barrier barrier = this.underWay;
		if (link != null && !link.primary.equals(primary())) {
			abandon(barrier);
			link.connection.close();
		}
		else if (barrier != null && barrier.unsent) {
			endSoon(barrier);
		}
		else if (barrier != null && this.clock.getAsLong() - barrier.sentAt > barrier.patience.toNanos() + GRACE) {
			if (link != null) {
				link.connection.drop();
			}
			endSoon(barrier);
		}
	}

	// whoever is told may run users' code
	private void endSoon(Barrier barrier) {
		this.callbacks.execute(() -> end(barrier, null));
	}

	/**
	 * Keep the server from closing the connection while nobody waits. Called at
	 * intervals.
	 */
	void keepAlive() {
		Link link = this.link;
		if (link != null && this.underWay == null) {
			this.keepAlive.keep(link.connection.get(), this.triedAt, this.clock.getAsLong());
		}
	}

	@Override
	public void close() {
		this.closed = true;
		Link link = this.link;
		if (link != null) {
			Closing.await(link.connection.close());
		}
		Barrier barrier = this.underWay;
		if (barrier != null) {
			end(barrier, null);
		}
	}

	private void abandon(@Nullable Barrier barrier) {
		synchronized (this) {
			this.link = null;
			this.expected = 0;
		}
		if (barrier != null) {
			endSoon(barrier);
		}
	}

	private Barrier begin(Barrier barrier) {
		barrier.sentAt = this.clock.getAsLong();
		barrier.asked = Math.max(quickReplicas(barrier.patience, barrier.sentAt), 1);
		this.triedAt = barrier.sentAt;
		this.underWay = barrier;
		return barrier;
	}

	private void send(Barrier barrier) {
		Link link = this.link;
		StatefulRedisConnection<byte[], byte[]> connection = (link != null) ? link.connection.get() : null;
		if (link == null || connection == null) {
			// not here: whoever is told may ask again
			barrier.unsent = true;
			return;
		}
		RollCall.behindMessage(link.primary, barrier.asked, barrier.patience, CHANNEL)
			.send(connection)
			.thenAccept((answer) -> {
				if (answer.failure() == null && !answer.isOfPrimary()) {
					link.connection.drop();
				}
				end(barrier, answer.renamed(this.watermarks::nameOf));
			});
	}

	private void end(Barrier barrier, RollCall.@Nullable Answer answer) {
		Barrier begun = null;
		long now = this.clock.getAsLong();
		long elapsed = now - barrier.sentAt;
		synchronized (this) {
			if (this.underWay != barrier) {
				return;
			}
			learn(barrier, answer, now, elapsed);
			Barrier next = this.next;
			this.next = null;
			this.underWay = null;
			if (next != null) {
				begun = begin(next);
			}
		}
		if (begun != null) {
			send(begun);
		}
		this.listener.barrierEnded(barrier.asked, (answer != null) ? answer.confirmed().size() : 0, elapsed);
		barrier.waiting.forEach(ReplicationBarrier::tell);
	}

	private static void tell(Runnable onEnd) {
		try {
			onEnd.run();
		}
		catch (Throwable ex) {
			logger.error("What waited for a replica cannot go on", ex);
		}
	}

	private void learn(Barrier barrier, RollCall.@Nullable Answer answer, long now, long elapsed) {
		List<NodeAddress> confirmed = (answer != null) ? answer.confirmed() : List.of();
		if (answer != null) {
			confirmed.forEach((replica) -> this.watermarks.confirmed(answer.primary(), replica, answer.sentAt()));
			if (this.refusedCommands.note(answer)) {
				this.refusedUntil = now + REFUSAL_LENGTH;
			}
		}
		if (!confirmed.isEmpty() && confirmed.stream().noneMatch(this::isKnown)) {
			this.refusedUntil = now + REFUSAL_LENGTH;
			if (!this.strangersReported) {
				this.strangersReported = true;
				logger
					.info("Replicas announce other addresses to their primary than those by which they are known here "
							+ confirmed + ": consistent reads do not wait for them");
			}
		}
		confirmed.forEach(this.slowness::remove);
		if (answer != null && answer.isOfPrimary() && confirmed.size() < barrier.asked) {
			for (TopologyNode replica : this.topology.get().onlineReplicas()) {
				if (!confirmed.contains(replica.address())) {
					this.slowness.put(replica.address(), new Slowness(barrier.patience, now));
				}
			}
		}
		long sample = confirmed.isEmpty() ? 2 * elapsed : elapsed;
		this.expected = (this.expected == 0) ? sample : (this.expected + sample) / 2;
	}

	private boolean isKnown(NodeAddress replica) {
		return this.topology.get().replicas().stream().anyMatch((node) -> node.address().equals(replica));
	}

	/**
	 * Return how many replicas are worth being waited for.
	 */
	private synchronized int quickReplicas(Duration patience, long now) {
		int quick = 0;
		for (TopologyNode replica : this.topology.get().onlineReplicas()) {
			Slowness slowness = this.slowness.get(replica.address());
			Duration lag = this.watermarks.lag(replica.address(), now);
			if ((slowness == null || !slowness.counts(patience, now)) && lag != null
					&& lag.compareTo(this.quickLag) <= 0) {
				quick++;
			}
		}
		return quick;
	}

	/**
	 * Return the connection to the primary in charge if it is open, and begin to open it
	 * if not.
	 */
	private @Nullable StatefulRedisConnection<byte[], byte[]> connection(long now) {
		NodeAddress primary = primary();
		Link link = this.link;
		if (primary == null || (link != null && !link.primary.equals(primary))) {
			return null;
		}
		if (link == null) {
			link = link(primary);
		}
		StatefulRedisConnection<byte[], byte[]> connection = link.connection.get();
		if (connection == null) {
			link.connection.ensureOpen(now);
		}
		return connection;
	}

	private synchronized Link link(NodeAddress primary) {
		Link link = this.link;
		if (link == null) {
			link = new Link(primary,
					new ReopeningConnection<>(() -> this.client.connectForBarriers(primary), this::opened, () -> {
					}));
			this.link = link;
		}
		return link;
	}

	/**
	 * Forget what was held against the server: a command may have been granted.
	 */
	private void opened(StatefulRedisConnection<byte[], byte[]> connection) {
		this.refusedUntil = this.clock.getAsLong();
	}

	private @Nullable NodeAddress primary() {
		return this.topology.get().primaryAddress().orElse(null);
	}

	/**
	 * The connection to one primary.
	 */
	private record Link(NodeAddress primary, ReopeningConnection<StatefulRedisConnection<byte[], byte[]>> connection) {

	}

	/**
	 * That a replica has not caught up within some time.
	 */
	private record Slowness(Duration within, long since) {

		boolean counts(Duration patience, long now) {
			return patience.compareTo(this.within) <= 0 && now - this.since <= TRIAL_INTERVAL;
		}

	}

	/**
	 * One barrier and those who wait for it.
	 */
	private static final class Barrier {

		private final Set<Runnable> waiting = new LinkedHashSet<>();

		private Duration patience = Duration.ofMillis(1);

		private long sentAt;

		private int asked;

		private volatile boolean unsent;

		void add(Runnable onEnd, Duration patience) {
			this.waiting.add(onEnd);
			if (patience.compareTo(this.patience) > 0) {
				this.patience = patience;
			}
		}

	}

}
