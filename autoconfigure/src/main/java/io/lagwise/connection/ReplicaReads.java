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
import java.util.concurrent.atomic.LongAdder;

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeGuard;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.routing.ReadListener;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * The reads that one replica serves, over one connection that all threads share.
 * <p>
 * The monitor says whether the replica is in step with its primary. Beyond that it gets
 * reads only while its connection answers, while its guard lets them through, and after
 * the monitor has asked it once more since the connection was opened or the replica
 * refused a read: what was known before may be of another process or another state.
 */
final class ReplicaReads implements ReadCandidate {

	/**
	 * How long a reader may take from its plan to the connection.
	 */
	private static final long GRACE = Duration.ofSeconds(1).toNanos();

	/**
	 * After how long a server closes an idle connection at the earliest.
	 */
	private static final long LEAST_IDLE_TIME = Duration.ofSeconds(1).toNanos();

	/**
	 * How many reads that are sent together are written together.
	 */
	private static final int AT_A_TIME = 256;

	/**
	 * How long a slow command explains that a replica answers nobody after it was last
	 * seen to do so.
	 */
	private static final long EXPLAINED_FOR = Duration.ofMillis(150).toNanos();

	private static final AtomicInteger CONNECTIONS = new AtomicInteger();

	private final NodeProbe probe;

	private final ReopeningConnection<StatefulRedisConnection<byte[], byte[]>> connection;

	private final NodeGuard guard;

	private final ReadListener listener;

	private final GuardProbe guardProbe;

	private final RampUp rampUp;

	private final LagLimit lagLimit;

	private final EvictionWatch evictions;

	private final Runnable onChange;

	private final FreshnessWatermark watermark;

	private final PeerProofs peers;

	private final SignsOfLife signs = new SignsOfLife(System.nanoTime());

	private final KeepAlive keepAlive = new KeepAlive();

	private final Complaints complaints;

	private final Patience patience;

	private final AtomicInteger inFlight = new AtomicInteger();

	private final LongAdder answered = new LongAdder();

	/**
	 * The number of the connection, different from that of every other one.
	 */
	private volatile int connectionNumber;

	/**
	 * What the monitor has asked before this instant proves nothing.
	 */
	private volatile long provenAfter = System.nanoTime();

	private volatile long provenBy = this.provenAfter;

	private final ReachedProcess process;

	private volatile boolean inStep;

	private volatile boolean behind;

	private long retiredAt;

	ReplicaReads(NodeProbe probe, NodeClient client, NodeGuard guard, FreshnessWatermark watermark, PeerProofs peers,
			ReplicaReadOptions options, Patience patience, Runnable onChange) {
		this.probe = probe;
		this.peers = peers;
		this.patience = patience;
		this.complaints = new Complaints(guard, System.nanoTime());
		this.watermark = watermark;
		this.guard = guard;
		this.listener = options.readListener();
		this.guardProbe = new GuardProbe(guard, options.attemptTimeout());
		this.rampUp = new RampUp(options.rampUp());
		this.lagLimit = new LagLimit(probe.address(), options.maxLag(), System.nanoTime());
		this.onChange = onChange;
		this.process = new ReachedProcess(probe, onChange);
		this.evictions = new EvictionWatch(probe.address());
		this.connection = new ReopeningConnection<>(() -> client.connectForReads(probe.address()), this::connected,
				this::connectionChanged);
	}

	@Override
	public NodeAddress address() {
		return this.probe.address();
	}

	@Override
	public int readsInFlight() {
		return this.inFlight.get();
	}

	@Override
	public long latencyNanos() {
		return this.probe.latencyNanos();
	}

	@Override
	public int sharePercent() {
		return this.rampUp.percent();
	}

	ReadListener listener() {
		return this.listener;
	}

	GuardState guardState() {
		return this.guard.state();
	}

	/**
	 * Return whether reads go to the replica now.
	 */
	boolean isRouted() {
		return this.inStep && !this.behind && isProven() && this.process.isTheOneAsked() && !this.signs.isSilent()
				&& this.guard.permitsReads() && isOpen();
	}

	/**
	 * Return why the replica gets no reads though it is in step, or {@code null} when it
	 * does.
	 */
	@Nullable String obstacle() {
		if (!isOpen()) {
			return "is being connected to";
		}
		if (this.process.isAnother()) {
			return "is reached as another server than the one that the monitor asks";
		}
		if (!this.guard.permitsReads()) {
			return "has its circuit open";
		}
		if (this.signs.isSilent()) {
			return "does not answer reads";
		}
		if (this.behind) {
			return "is too far behind its primary";
		}
		return (isProven() && this.process.isTheOneAsked()) ? null : "is being looked at again";
	}

	/**
	 * Return why the replica does not get a read though it is in step, or {@code null}
	 * when it does.
	 * @param demand what has to be proven for the read, or {@code null} if nothing
	 */
	@Nullable String obstacle(@Nullable ReadDemand demand) {
		String obstacle = obstacle();
		long now = System.nanoTime();
		if (obstacle != null || demand == null || isAdmittedBy(demand, now)) {
			return obstacle;
		}
		Duration lag = this.watermark.lag(now);
		return "is not proven to be as fresh as was asked for"
				+ ((lag != null) ? " (as of " + lag.toMillis() + " ms ago)" : "");
	}

	/**
	 * Say whether the replica is in step with its primary. Called once per interval.
	 * @param askedAt when the question was sent that told so
	 * @param lag how far it was behind when the primary last answered
	 */
	void update(boolean inStep, long askedAt, ReplicaLag lag, long now) {
		this.behind = inStep && this.lagLimit.isExceededBy(lag, now);
		this.inStep = inStep;
		this.provenBy = askedAt;
		if (inStep) {
			this.connection.ensureOpen(now);
		}
		this.evictions.askIfDue(now, inStep ? this.connection.get() : null);
		this.guardProbe.probeIfWanted(now, inStep ? this.connection.get() : null);
		passOnAnswers();
		if (isOpen() && inStep) {
			this.process.bringTogether(this.connection, now);
		}
		this.complaints.settle(now);
		if (this.signs.isGivenUp(now) && !this.complaints.isExplained(now)) {
			this.connection.drop();
		}
		this.rampUp.update(isRouted(), now);
	}

	/**
	 * Keep the server from closing a connection on which nobody reads. Called at
	 * intervals.
	 */
	void keepAlive(long now) {
		if (this.inFlight.get() == 0) {
			this.keepAlive.keep(this.connection.get(), this.signs.aliveAt(), now);
		}
	}

	/**
	 * Return the shortest time in which the replica has answered since the last call, or
	 * {@code null} if it still has to, or if that says nothing of the replica: a slow
	 * command, a crowd of reads or large replies keep it busy. Called once per interval.
	 */
	@Nullable Duration takeLatency(long now) {
		long fastest = Math.min(this.signs.takeFastest(), this.probe.lastLatencyNanos());
		boolean busy = this.signs.takeBusy() || this.inFlight.get() >= ReplyFlow.CROWD
				|| this.complaints.isExplained(now);
		return (busy || fastest == Long.MAX_VALUE) ? null : Duration.ofNanos(fastest);
	}

	/**
	 * Note that the replica does not answer the monitor.
	 * @param elapsed for how long at least
	 */
	void missed(Duration elapsed, long now) {
		if (!this.guard.permitsReads()) {
			return;
		}
		passOnAnswers();
		if (!isOpen()) {
			this.guard.failed(FallbackReason.TIMEOUT, elapsed);
		}
		else if (!this.signs.isAliveSince(now - elapsed.toNanos())
				&& this.signs.hasReadUntil(now - elapsed.toNanos() / 2, now, elapsed.toNanos())) {
			this.complaints.add(elapsed, now);
		}
	}

	/**
	 * Return whether the replica evicts keys on its own, which its primary still has.
	 */
	boolean isEvicting() {
		return this.evictions.isEvicting();
	}

	boolean isOpen() {
		return this.connection.get() != null;
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
	 * Return whether the replica has answered anything since an instant.
	 */
	boolean isAliveSince(long instant) {
		return this.signs.isAliveSince(instant) || this.probe.isAliveSince(instant);
	}

	/**
	 * Return whether what is proven of the replica is enough for a read.
	 */
	boolean isAdmittedBy(ReadDemand demand, long now) {
		return demand.admits(this.connectionNumber, this.watermark.freshAsOf(), now);
	}

	/**
	 * Send an attempt to the replica.
	 * @return whether it was sent; if not, nothing has happened to the command
	 */
	boolean send(ReadAttempt<?, ?, ?> attempt) {
		started();
		StatefulRedisConnection<byte[], byte[]> connection = this.connection.get();
		if (connection == null || !admits(attempt)) {
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
		if (connection == null || !attempts.stream().allMatch(this::admits)) {
			this.inFlight.addAndGet(-attempts.size());
			return false;
		}
		List<RedisCommand<byte[], byte[], ?>> commands = new ArrayList<>(attempts.size());
		attempts.forEach((attempt) -> commands.add(withAnyCodec(attempt)));
		// the first are answered while the last are still written
		for (int from = 0; from < commands.size(); from += AT_A_TIME) {
			connection.dispatch(commands.subList(from, Math.min(from + AT_A_TIME, commands.size())));
		}
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

	/**
	 * Note that something has been heard of the replica.
	 */
	void alive(long now) {
		this.signs.alive(now);
	}

	/**
	 * Note that an attempt has been answered.
	 */
	void answered(long nanos) {
		this.answered.increment();
		this.signs.answered(nanos);
		this.listener.attemptAnswered(NodeRole.REPLICA, nanos);
	}

	/**
	 * Note that an attempt has failed.
	 */
	void failed(AttemptFailure failure, long now) {
		this.listener.attemptFailed(failure.replica(), failure.reason(), failure.elapsed());
		if (failure.reason() == FallbackReason.LOADING || failure.reason() == FallbackReason.MASTERDOWN) {
			passOnAnswers();
			this.guard.failed(failure.reason(), failure.elapsed());
			this.provenAfter = now;
			this.watermark.invalidate(now);
			this.onChange.run();
		}
		// a lost connection counts once, however many reads were under way on it
	}

	/**
	 * Note that an attempt has not been answered in time.
	 * @param since since when it has waited for the node
	 * @param next whether it was the next one to be answered: the others have waited for
	 * that one
	 */
	void timedOut(Duration elapsed, long since, boolean next, long now) {
		if (next) {
			passOnAnswers();
			this.complaints.add(elapsed, now);
		}
		if (this.signs.timedOut(since, now)) {
			this.onChange.run();
		}
	}

	/**
	 * Take what the node is accused of, for now and the next sweeps, for the work of a
	 * slow command.
	 */
	void explain(long now) {
		this.complaints.explain(now + EXPLAINED_FOR);
	}

	SignsOfLife signs() {
		return this.signs;
	}

	Patience patience() {
		return this.patience;
	}

	/**
	 * Only after the connection has been chosen: a proof that holds then is one of the
	 * process behind it, or behind a later one, which never gets to see the attempt.
	 */
	private boolean admits(ReadAttempt<?, ?, ?> attempt) {
		int number = this.connectionNumber;
		// before and after: what is proven may be of a former process, or of the next one
		return this.process.isTheOneAsked() && attempt.isAdmitted(number, this.watermark.freshAsOf())
				&& this.process.isTheOneAsked() && !(isEvicting() && attempt.hidesLackOfKeys());
	}

	private void passOnAnswers() {
		int count = (int) Math.min(this.answered.sumThenReset(), Integer.MAX_VALUE);
		if (count > 0) {
			this.guard.answered(count);
		}
	}

	private boolean isProven() {
		return this.provenBy - this.provenAfter > 0;
	}

	private void connected(StatefulRedisConnection<byte[], byte[]> opened) {
		this.evictions.connected(opened);
		long now = System.nanoTime();
		int number = CONNECTIONS.incrementAndGet();
		this.provenAfter = now;
		this.connectionNumber = number;
		this.watermark.invalidate(now);
		this.signs.connected(now);
		AttentiveEndpoint.listen(opened, this.signs);
		opened.addListener(new RedisConnectionStateListener() {

			@Override
			public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
				ReplicaReads.this.peers.closed(number, System.nanoTime());
			}

		});
		this.process.opened(opened, number).thenAccept((process) -> identified(number, process));
	}

	private void identified(int number, @Nullable String process) {
		if (process != null) {
			this.peers.opened(number, process);
		}
	}

	private void connectionChanged() {
		if (!isOpen()) {
			long now = System.nanoTime();
			this.watermark.invalidate(now);
			passOnAnswers();
			if (!isClosedForIdling(now) && !this.process.isAnother()) {
				this.guard.failed(FallbackReason.CONNECTION_LOST, Duration.ZERO);
			}
		}
		this.onChange.run();
	}

	/**
	 * Return whether nothing but its timeout can have made the server close the
	 * connection.
	 */
	private boolean isClosedForIdling(long now) {
		return this.connection.failure() == null && this.inFlight.get() == 0 && !this.signs.isSilent()
				&& now - this.signs.aliveAt() > LEAST_IDLE_TIME;
	}

	// nothing below the dispatch of a connection depends on its codec
	@SuppressWarnings("unchecked")
	private static <T> RedisCommand<byte[], byte[], T> withAnyCodec(RedisCommand<?, ?, T> command) {
		return (RedisCommand<byte[], byte[], T>) command;
	}

}
