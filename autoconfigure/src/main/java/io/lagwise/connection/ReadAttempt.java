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
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutePlan;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * One try to have a read answered by one replica.
 * <p>
 * The output of a command cannot be reset, so no two attempts may touch it. Each attempt
 * therefore takes its reply into a {@link StagedReply} of its own, and exactly one of the
 * following happens, whoever comes first:
 * <ul>
 * <li>the reply is complete: it is handed to the command, and the command is done;</li>
 * <li>the attempt fails (the node refuses, the connection breaks, the time is up): the
 * next node is asked, and whatever still arrives from this one is dropped;</li>
 * <li>the command is done for other reasons, such as a caller that gave up: the attempt
 * is over without effect.</li>
 * </ul>
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class ReadAttempt<K, V, T> extends SentRead<K, V, T> implements Attempt<K, V, T> {

	/**
	 * Once a node has kept a read waiting, the next ones get a fraction of the time each:
	 * a read must not wait for one node after the other.
	 */
	private static final int RETRIES_PER_TIMEOUT = 4;

	/**
	 * How many timeouts a read waits for two nodes that were both quick until they got
	 * it.
	 */
	private static final int TIMEOUTS_FOR_SLOW_COMMAND = 10;

	private static final int UNDER_WAY = 0;

	private static final int ANSWERING = 1;

	private static final int OVER = 2;

	/**
	 * The time is up, and the next node has been asked. The first answer counts.
	 */
	private static final int LATE = 3;

	/**
	 * The time is up as it was at the node before. No other node is asked, and the first
	 * answer counts.
	 */
	private static final int SLOW = 4;

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<ReadAttempt> STATE = AtomicIntegerFieldUpdater
		.newUpdater(ReadAttempt.class, "state");

	private final ReadOrigin<K, V> origin;

	private final RoutePlan plan;

	private final int position;

	private final @Nullable AttemptFailure failures;

	private final @Nullable ReadTrace trace;

	private final @Nullable ReadDemand demand;

	private final StagedReply<K, V, T> reply;

	/**
	 * As of when the replica was proven to be fresh when the attempt was sent.
	 */
	private long freshAsOf;

	/**
	 * The number of the connection on which the attempt was sent.
	 */
	private int connection;

	/**
	 * What may still become of the attempt though its time is up.
	 */
	private volatile @Nullable LateRead late;

	/**
	 * Links attempts on their way to {@link AttemptDeadlines}.
	 */
	private @Nullable ReadAttempt<?, ?, ?> older;

	// accessed via STATE
	private volatile int state;

	private int hash;

	ReadAttempt(RedisCommand<K, V, T> command, ReadOrigin<K, V> origin, RoutePlan plan, int position,
			@Nullable AttemptFailure failures, @Nullable ReadTrace trace, @Nullable ReadDemand demand, long now) {
		super(command, now);
		this.demand = demand;
		this.origin = origin;
		this.plan = plan;
		this.position = position;
		this.failures = failures;
		this.trace = trace;
		this.reply = new StagedReply<>(origin.getCodec(), this);
	}

	@Override
	public RedisCommand<K, V, T> command() {
		return this.command;
	}

	RoutePlan plan() {
		return this.plan;
	}

	int position() {
		return this.position;
	}

	@Nullable ReadTrace trace() {
		return this.trace;
	}

	@Nullable ReadDemand demand() {
		return this.demand;
	}

	/**
	 * Take note of what is proven of the replica just before the attempt is sent.
	 * @param connection the number of the connection
	 * @param freshAsOf as of when the replica is proven to be fresh
	 * @return whether that is enough to send the attempt
	 */
	boolean isAdmitted(int connection, long freshAsOf) {
		this.connection = connection;
		this.freshAsOf = freshAsOf;
		return this.demand == null || this.demand.admits(connection, freshAsOf, startedAt());
	}

	@Override
	public boolean isConditional() {
		int state = this.state;
		return state == LATE || state == SLOW;
	}

	@Override
	public boolean rechecksMisses() {
		return this.demand != null && this.demand.rechecksMisses();
	}

	/**
	 * Return whether the replica may lack the only key of the read.
	 */
	@Override
	public boolean isFromLackingNode() {
		return node().isEvicting() && KeyPosition.of(getType()) == KeyPosition.FIRST;
	}

	/**
	 * Return whether something has to be proven of a replica, and its answer does not
	 * tell whether it lacks a key.
	 */
	boolean hidesLackOfKeys() {
		return this.demand != null && this.demand.requiresProof() && KeyPosition.of(getType()) != KeyPosition.FIRST;
	}

	@Nullable ReadAttempt<?, ?, ?> older() {
		return this.older;
	}

	void setOlder(@Nullable ReadAttempt<?, ?, ?> older) {
		this.older = older;
	}

	@Override
	public CommandOutput<K, V, T> getOutput() {
		return this.reply;
	}

	@Override
	public void alive(long now) {
		node().alive(now);
	}

	@Override
	public boolean isAnswering() {
		return this.state == ANSWERING;
	}

	@Override
	public boolean claim() {
		if (this.state == ANSWERING) {
			return true;
		}
		boolean tooOld = this.demand != null && this.demand.isBounded() && !isYoungEnough(System.nanoTime());
		return !tooOld && STATE.compareAndSet(this, UNDER_WAY, ANSWERING);
	}

	@Override
	public void complete() {
		long now = System.nanoTime();
		node().alive(now);
		noteTurn(served(now), now);
		String refusal = this.reply.refusal();
		if (refusal != null) {
			fail(refusal.startsWith("LOADING") ? FallbackReason.LOADING : FallbackReason.MASTERDOWN,
					"answered: " + refusal, now);
		}
		else if (!isAnswering() && !isYoungEnough(now)) {
			fail(FallbackReason.TOO_STALE, "gave an answer that may be too old", now);
		}
		else if (!isAnswering() && isLack() && this.demand != null && this.demand.forbidsLack()) {
			fail(FallbackReason.MISS, "has nothing, and evicts keys on its own", now);
		}
		else if (end() || finish() || overtake()) {
			node().answered(now - startedAt());
			if (isLack() || isDoubtfulMiss()) {
				this.origin.recheck(this);
			}
			else {
				stand(now);
			}
		}
	}

	private boolean isLack() {
		return this.reply.isNothing() && isFromLackingNode();
	}

	private boolean isDoubtfulMiss() {
		return this.demand != null && this.reply.isMiss() && this.demand.isMissDoubtful(this.freshAsOf);
	}

	/**
	 * Let the answer of the node be that of the command. Called once, when the attempt is
	 * over.
	 * @param now the time
	 */
	void stand(long now) {
		if (this.demand != null) {
			this.demand.answeredByReplica(this.connection, this.freshAsOf, now);
		}
		if (this.trace != null) {
			this.trace.answered(node().address(), NodeRole.REPLICA);
		}
		deliver();
	}

	private void deliver() {
		try {
			this.reply.deliverTo(this.command.getOutput());
			tell(this.reply.hasError() ? ReadOutcome.ERROR : ReadOutcome.ANSWERED);
			this.command.complete();
		}
		catch (RuntimeException ex) {
			this.command.completeExceptionally(ex);
		}
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		if (isAnswering()) {
			if (!finish()) {
				return false;
			}
			tell(ReadOutcome.FAILED);
			return this.command.completeExceptionally(throwable);
		}
		return fail(FallbackReason.CONNECTION_LOST, "failed: " + throwable.getMessage(), System.nanoTime());
	}

	@Override
	public void cancel() {
		fail(FallbackReason.CONNECTION_LOST, "closed the connection", System.nanoTime());
	}

	@Override
	public boolean isDone() {
		return this.state == OVER || this.command.isDone();
	}

	/**
	 * Give up when the time is up.
	 * @param now the time in nanoseconds of the monotonic clock
	 * @param timeout how long the node may stay without sign of life, in nanoseconds
	 * @return whether nothing more has to be watched
	 */
	boolean expire(long now, long timeout) {
		int state = this.state;
		if (!isPending(state)) {
			return true;
		}
		if (this.command.isDone()) {
			if (end()) {
				tell(ReadOutcome.FAILED);
			}
			return true;
		}
		if (isBeyondLimit(now, timeout)) {
			return giveUp(now);
		}
		return isSilent(state, now, timeout) && fail(FallbackReason.TIMEOUT, "did not answer", now);
	}

	/**
	 * Return whether {@link #expire} would end the attempt, or has nothing to do any
	 * more.
	 */
	boolean isDue(long now, long timeout) {
		int state = this.state;
		return !isPending(state) || this.command.isDone() || isBeyondLimit(now, timeout)
				|| isSilent(state, now, timeout);
	}

	/**
	 * Return whether the node may still let the time pass.
	 */
	boolean isPending() {
		return isPending(this.state);
	}

	private static boolean isPending(int state) {
		return state == UNDER_WAY || state == SLOW;
	}

	private boolean isBeyondLimit(long now, long timeout) {
		return timeout != Long.MAX_VALUE && now - startedAt() >= node().patience().limit();
	}

	private boolean isSilent(int state, long now, long timeout) {
		long waited = now - waitingSince();
		long patience = patience(state, timeout);
		if (waited >= patience / 2) {
			patience = Math.max(patience, timeOfSlowCommand(state, now));
		}
		if (waited < patience - AHEAD || !hasLooked(patience, now) || waited < patience) {
			return false;
		}
		LateRead earlier = earlier();
		if (state == UNDER_WAY && earlier != null && isSudden() && STATE.compareAndSet(this, UNDER_WAY, SLOW)) {
			earlier.isSlowElsewhere(now);
			return false;
		}
		return true;
	}

	private long patience(int state, long timeout) {
		if (timeout == Long.MAX_VALUE) {
			return timeout;
		}
		if (state == SLOW) {
			return timeout * TIMEOUTS_FOR_SLOW_COMMAND;
		}
		return (this.failures != null) ? timeout / RETRIES_PER_TIMEOUT : timeout;
	}

	/**
	 * Return how long the node may take for a command that is known or suspected to be a
	 * slow one, and let that be the reason for what it does not do meanwhile.
	 */
	private long timeOfSlowCommand(int state, long now) {
		long time = node().patience().slowCommands().time(this.command, now);
		if (time > 0 || state == SLOW) {
			node().explain(now);
			LateRead earlier = earlier();
			if (earlier != null) {
				earlier.explain(now);
			}
		}
		// a server executes all that has arrived before it sends the first answer
		return time * placeInLine();
	}

	/**
	 * Return the attempt before this one if only its time is up.
	 */
	private @Nullable LateRead earlier() {
		return (this.failures != null) ? this.failures.late() : null;
	}

	/**
	 * Learn from how long it was the node's turn.
	 */
	private void noteTurn(long turn, long now) {
		LateRead late = this.late;
		LateRead earlier = earlier();
		if (late != null) {
			late.answered(turn, now);
		}
		if (earlier != null) {
			earlier.answeredElsewhere(turn, now);
		}
		if (turn >= node().patience().timeout() && node().patience().slowCommands().time(this.command, now) > 0) {
			node().explain(now);
		}
	}

	/**
	 * Take the place of the attempt that was begun after this one.
	 */
	private boolean overtake() {
		LateRead late = this.late;
		return this.state == LATE && late != null && !this.command.isDone() && late.overtake()
				&& STATE.compareAndSet(this, LATE, OVER);
	}

	private boolean giveUp(long now) {
		if (end()) {
			Duration elapsed = Duration.ofNanos(now - startedAt());
			node().listener().attemptFailed(node().address(), FallbackReason.TIMEOUT, elapsed);
			tell(ReadOutcome.FAILED);
			this.command.completeExceptionally(
					new RedisCommandTimeoutException("Replica %s did not answer %s within the command timeout of %d ms"
						.formatted(node().address(), this.command.getType(), elapsed.toMillis())));
		}
		return true;
	}

	// the same commands are equal as are without this
	@Override
	public boolean equals(@Nullable Object other) {
		return super.equals(other);
	}

	/**
	 * Lettuce asks several times per command, and looks through all that is wrapped.
	 */
	@Override
	public int hashCode() {
		if (this.hash == 0) {
			this.hash = this.command.hashCode();
		}
		return this.hash;
	}

	/**
	 * Return whether an answer that is complete now is as fresh as was asked for.
	 */
	private boolean isYoungEnough(long now) {
		return this.demand == null || this.demand.isWithinBound(this.freshAsOf, now);
	}

	@Override
	ReplicaReads node() {
		return (ReplicaReads) this.plan.replicas().get(this.position);
	}

	private boolean fail(FallbackReason reason, String description, long now) {
		boolean timeout = reason == FallbackReason.TIMEOUT;
		LateRead late = (timeout && isSudden()) ? new LateRead(this.command, node()) : null;
		this.late = late;
		if (!leave(UNDER_WAY, (late != null) ? LATE : OVER) && !leave(SLOW, OVER)) {
			return false;
		}
		AttemptFailure failure = new AttemptFailure(node().address(), reason, description,
				Duration.ofNanos(now - startedAt()), late, this.failures);
		node().failed(failure, now);
		if (timeout) {
			node().timedOut(failure.elapsed(), waitingSince(), isNext(), now);
		}
		if (this.command.isDone()) {
			tell(ReadOutcome.FAILED);
		}
		else {
			this.origin.retry(this, failure);
		}
		return true;
	}

	private void tell(ReadOutcome outcome) {
		node().listener().readEnded(NodeRole.REPLICA, this.plan.requirement(), this.plan.reason(), outcome);
		if (ReadLog.isOn()) {
			ReadRequirement asked = (this.demand != null) ? this.demand.requirement() : this.plan.requirement();
			ReadLog.ended(this.command, asked, ReadLog.describe(NodeRole.REPLICA, node().address()), this.plan.reason(),
					outcome, System.nanoTime() - startedAt(), this.failures);
		}
	}

	private boolean finish() {
		return leave(ANSWERING, OVER);
	}

	/**
	 * Be over without an answer of the node.
	 * @return whether the attempt was under way, and not answering
	 */
	boolean end() {
		return leave(UNDER_WAY, OVER) || leave(SLOW, OVER);
	}

	/**
	 * Not be under way any more, if nobody else has ended the attempt: a timer may come
	 * while the reply does.
	 */
	private boolean leave(int state, int next) {
		boolean left = STATE.compareAndSet(this, state, next);
		if (left) {
			node().finished();
		}
		return left;
	}

}
