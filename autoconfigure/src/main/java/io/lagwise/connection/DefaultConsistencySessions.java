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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.lagwise.consistency.HistoryPosition;
import io.lagwise.consistency.Lineage;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.consistency.PositionVerdict;
import io.lagwise.consistency.PrimaryHistory;
import io.lagwise.consistency.SessionTokens;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.TopologyNode;
import io.lagwise.replication.WriteFate;
import io.lagwise.routing.SessionLostException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The sessions of one connection factory, and what they have to know of the primary.
 */
final class DefaultConsistencySessions implements ConsistencySessions {

	private final @Nullable SessionTokens tokens;

	private final PrimaryHistory primaryHistory;

	private final Lineage lineage;

	private final PrimaryAnswers answers;

	private final PrimaryWatch primaryWatch;

	private final boolean supervised;

	private final ReplicationListener listener;

	private final Supplier<ReplicationTopology> topology;

	private final Duration patience;

	private final PeerProofs peers;

	private final LongSupplier clock;

	private final UnknownHistories strangers;

	private final AtomicInteger opened = new AtomicInteger();

	/**
	 * Create the sessions of a factory.
	 * @param tokens signs and verifies tokens, or {@code null} where none is configured
	 * @param primaryHistory what the history of the primary was
	 * @param lineage which history has come from which
	 * @param answers what the primary says
	 * @param primaryWatch lets the primary confirm what it says
	 * @param supervised whether Sentinels look after the nodes: they disconnect the
	 * clients of a node whose role they change
	 * @param listener is told of losses
	 * @param topology the nodes, for messages
	 * @param patience how long to wait for the primary to answer
	 * @param peers which replicas may take over from others without the primary
	 * @param clock the monotonic clock
	 */
	DefaultConsistencySessions(@Nullable SessionTokens tokens, PrimaryHistory primaryHistory, Lineage lineage,
			PrimaryAnswers answers, PrimaryWatch primaryWatch, boolean supervised, ReplicationListener listener,
			Supplier<ReplicationTopology> topology, Duration patience, PeerProofs peers, LongSupplier clock) {
		this.tokens = tokens;
		this.primaryHistory = primaryHistory;
		this.lineage = lineage;
		this.answers = answers;
		this.primaryWatch = primaryWatch;
		this.supervised = supervised;
		this.listener = listener;
		this.topology = topology;
		this.patience = patience;
		this.peers = peers;
		this.clock = clock;
		this.strangers = new UnknownHistories(primaryWatch, patience);
	}

	@Override
	public ConsistencySession open() {
		return session(null);
	}

	@Override
	public ConsistencySession resume(String token) {
		Assert.notNull(token, "'token' must not be null");
		return session(requireTokens().verify(token));
	}

	/**
	 * Return the session of this factory that is bound to the current thread, or
	 * {@code null}.
	 */
	@Nullable DefaultConsistencySession current() {
		return (RoutingContext.currentSession() instanceof DefaultConsistencySession session && session.isOf(this))
				? session : null;
	}

	PeerProofs peers() {
		return this.peers;
	}

	PrimaryAnswers answers() {
		return this.answers;
	}

	/**
	 * Return whether the primary does not let itself be asked. What has become of its
	 * history cannot be told then.
	 */
	boolean isPrimaryConcealed() {
		ReplicationTopology topology = this.topology.get();
		TopologyNode primary = topology.primary();
		return (primary != null) ? primary.state() == NodeState.CONCEALED
				: topology.replicas().stream().anyMatch((node) -> node.state() == NodeState.CONCEALED);
	}

	/**
	 * Return what confirms that the node that has answered was still the primary, or
	 * {@code null} if that is not needed: a node that is demoted by hand keeps its
	 * clients, and answers them with what is left.
	 * @param instant when it had answered
	 */
	@Nullable CompletableFuture<?> confirmation(long instant) {
		PrimaryAnswers.Answer last = this.answers.last();
		if (this.supervised || isPrimaryConcealed() || (last != null && last.sentAt() - instant > 0)) {
			return null;
		}
		return this.primaryWatch.confirmedAfter(instant);
	}

	/**
	 * Return how many histories of the primary have ended.
	 */
	int successions() {
		return this.primaryHistory.successions();
	}

	PositionVerdict judge(HistoryPosition position, PrimaryAnswers.Answer primary) {
		return this.lineage.judge(position, primary.status(), true);
	}

	/**
	 * Find out whether what a session has seen has survived.
	 * @param since how many histories had ended when the session last looked
	 * @param seenAt when it has last seen anything
	 * @return the loss, or {@code null} if all is kept
	 */
	@Nullable SessionLoss review(int since, long seenAt) {
		if (this.primaryHistory.fateOf(since, seenAt) == WriteFate.KEPT) {
			return null;
		}
		if (!this.primaryHistory.isOriginKnown(since)) {
			return new SessionLoss(false, "the primary does not say where its history has come from", null);
		}
		String reason = "the histories parted before the former primary last said how far it was after that";
		return new SessionLoss(false, reason,
				new SessionLostException("A failover has destroyed, or may have destroyed, a part of what this session "
						+ "had written or read: " + reason + ". It goes on with what the primary holds"));
	}

	/**
	 * Return the loss of a position that the primary does not hold.
	 */
	SessionLoss missing(HistoryPosition position, boolean certain) {
		String place = position.replicationId() + ":" + position.offset();
		if (!certain) {
			return new SessionLoss(false, "the primary does not know the history of position " + place, null);
		}
		String reason = "the histories parted before position " + place;
		return new SessionLoss(true, reason,
				new SessionLostException("A failover has destroyed a part of what this session had written or read: "
						+ reason + ". It goes on with what the primary holds"));
	}

	/**
	 * Look for the primary of a history that the one in charge does not know.
	 * @param position a position in that history
	 * @param primary what the primary in charge says
	 * @param since since when it is looked for
	 * @return what is waited for, or {@code null} if that was long enough
	 */
	@Nullable CompletableFuture<?> newsOf(HistoryPosition position, PrimaryAnswers.Answer primary, long since) {
		return this.strangers.newsOf(position, primary.status(), since, now());
	}

	long now() {
		return this.clock.getAsLong();
	}

	/**
	 * Tell listeners of a loss. Not to be called while a session is locked.
	 */
	void report(@Nullable SessionLoss loss) {
		if (loss != null) {
			this.listener.onEvent(new SessionLostEvent(loss.certain(), loss.reason(), this.topology.get()));
		}
	}

	/**
	 * Return a token for what a session has seen.
	 */
	String tokenOf(DefaultConsistencySession session) {
		SessionTokens tokens = requireTokens();
		for (CompletableFuture<?> obstacle = session.obstacle(); obstacle != null; obstacle = session.obstacle()) {
			await(obstacle);
		}
		SessionLostException loss = session.takeLoss();
		if (loss != null) {
			throw loss;
		}
		long seenAt = session.seenAt();
		HistoryPosition position = this.primaryHistory.covering(seenAt);
		while (position == null) {
			await(this.answers.after(seenAt));
			position = this.primaryHistory.covering(seenAt);
		}
		return tokens.sign(position);
	}

	private ConsistencySession session(@Nullable HistoryPosition position) {
		int preference = this.opened.incrementAndGet() * 0x9E3779B9;
		return new DefaultConsistencySession(this, preference, successions(), position, this.clock.getAsLong());
	}

	private SessionTokens requireTokens() {
		Assert.state(this.tokens != null, "Sessions give no tokens because there is nothing to sign them with: "
				+ "set lagwise.consistency.token.secret, the same for all instances of the application");
		return this.tokens;
	}

	private void await(CompletableFuture<?> future) {
		try {
			future.get(this.patience.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The primary has not said within " + this.patience.toMillis()
					+ " ms how far its history is: " + this.topology.get(), ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("The primary cannot be asked how far its history is", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for the primary", ex);
		}
	}

}
