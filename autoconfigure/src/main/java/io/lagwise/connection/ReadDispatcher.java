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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.FallbackLimit;
import io.lagwise.routing.FallbackLimitExceededException;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.ReadRouter;
import io.lagwise.routing.RoutePlan;
import io.lagwise.routing.RoutingReason;
import io.lagwise.routing.SessionLostException;
import io.lettuce.core.protocol.RedisCommand;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends reads to the replicas that the router chooses, and back to where they come from
 * when none can serve them.
 */
final class ReadDispatcher {

	private static final Log logger = LogFactory.getLog(ReadDispatcher.class);

	private final ReadCommands commands;

	private final ReadRouter router;

	private final ReadRequirement defaultRequirement;

	private final KnownNodes nodes;

	private final AttemptDeadlines deadlines;

	private final FallbackLimit fallbackLimit;

	private final ReadListener listener;

	private final RefusedWrites refusedWrites;

	private final Consistency consistency;

	private final WriteScopes writeScopes;

	ReadDispatcher(ReadCommands commands, ReadRouter router, ReadRequirement defaultRequirement, KnownNodes nodes,
			AttemptDeadlines deadlines, ReplicaReadOptions options, RefusedWrites refusedWrites,
			Consistency consistency, WriteScopes writeScopes) {
		this.consistency = consistency;
		this.writeScopes = writeScopes;
		this.commands = commands;
		this.router = router;
		this.defaultRequirement = defaultRequirement;
		this.nodes = nodes;
		this.deadlines = deadlines;
		this.fallbackLimit = options.fallbackLimit();
		this.listener = options.readListener();
		this.refusedWrites = refusedWrites;
	}

	CommandPlacement placement(RedisCommand<?, ?, ?> command) {
		return this.commands.placement(command);
	}

	/**
	 * Return the requirement of a read that the current thread sends now.
	 * @param use what the connection is used for
	 */
	ReadRequirement requirement(ConnectionUse use) {
		return use.requirement(this.defaultRequirement);
	}

	WriteScopes writeScopes() {
		return this.writeScopes;
	}

	RefusedWrites refusedWrites() {
		return this.refusedWrites;
	}

	/**
	 * Return whether a read that the current thread sends now goes to the primary
	 * whatever becomes of it, because there is no replica.
	 */
	boolean isPrimaryAlone(ConnectionUse use) {
		return this.nodes.isAlone() && topology().replicas().isEmpty()
				&& requirement(use).fallback() == Fallback.PRIMARY && RoutingContext.currentTrace() == null
				&& RoutingContext.currentWrites() == null && !ReadLog.isOn();
	}

	ReplicationTopology topology() {
		return this.nodes.topology();
	}

	/**
	 * Return the address of the primary if it is known.
	 */
	@Nullable NodeAddress primaryAddress() {
		return this.nodes.primaryAddress();
	}

	ReadListener listener() {
		return this.listener;
	}

	/**
	 * Return whether there is, has been, or may be a replica that a write has to reach.
	 */
	boolean keepsTrackOfWrites() {
		return !this.nodes.isAlone();
	}

	WriteLedger ledger() {
		return this.consistency.ledger();
	}

	/**
	 * Return what has to be noted of a read that the current thread sends to the primary
	 * now, or {@code null} if nothing.
	 */
	@Nullable ReadDemand demand(ReadRequirement requirement, RedisCommand<?, ?, ?> read) {
		return isNoted(requirement) ? this.consistency.demand(requirement, read)
				: this.consistency.witnessed(requirement);
	}

	/**
	 * Return a read that the current thread sends to the primary now without asking for
	 * anything, in order that what it shows is noted.
	 * @param use what the connection is used for
	 */
	<K, V, T> RedisCommand<K, V, T> noted(RedisCommand<K, V, T> read, ConnectionUse use) {
		return noted(read, this.consistency.session(), use);
	}

	/**
	 * Return a read that is sent to the primary, in order that what it shows is noted.
	 * @param reader the session whose read it is, or {@code null}
	 * @param use what the connection is used for
	 */
	<K, V, T> RedisCommand<K, V, T> noted(RedisCommand<K, V, T> read, @Nullable DefaultConsistencySession reader,
			ConnectionUse use) {
		return (reader != null || keepsTrackOfWrites())
				? NotedRead.of(read, this.consistency.mark(read, reader, use.isElsewhere())) : read;
	}

	/**
	 * Return whether sessions have to know what is read: what has come from the primary
	 * on demand must not be newer than what is read consistently after that.
	 */
	private boolean isNoted(ReadRequirement requirement) {
		return requirement.requiresProof() || (requirement.requiresPrimary() && topology().isReplicated());
	}

	/**
	 * Send a read to a replica, to the primary, or fail it.
	 */
	<K, V> void dispatch(RedisCommand<K, V, ?> command, ReadRequirement requirement, ReadOrigin<K, V> origin) {
		ReadTrace trace = RoutingContext.currentTrace();
		if (isNoted(requirement) || requirement.rechecksMisses()) {
			dispatchProven(command, requirement, this.consistency.demand(requirement, command), origin, trace);
			return;
		}
		RoutePlan plan = plan(requirement, null);
		ReadDemand demand = ownWrites(requirement, plan, command);
		if (!attempt(command, origin, plan, 0, null, trace, demand)) {
			goOnWithoutReplica(command, origin, plan, null, trace, demand);
		}
	}

	/**
	 * Send reads together to one replica, to the primary, or fail them.
	 */
	<K, V> void dispatch(List<? extends RedisCommand<K, V, ?>> reads, ReadRequirement requirement,
			ReadOrigin<K, V> origin) {
		ReadTrace trace = RoutingContext.currentTrace();
		if (isNoted(requirement) || requirement.rechecksMisses()) {
			dispatchProven(reads, requirement,
					reads.stream().map((read) -> this.consistency.demand(requirement, read)).toList(), origin, trace);
			return;
		}
		RoutePlan plan = plan(requirement, null);
		List<@Nullable ReadDemand> demands = new ArrayList<>(reads.size());
		reads.forEach((read) -> demands.add(ownWrites(requirement, plan, read)));
		send(reads, demands, origin, plan, trace);
	}

	private <K, V> void dispatchProven(List<? extends RedisCommand<K, V, ?>> reads, ReadRequirement requirement,
			List<ReadDemand> demands, ReadOrigin<K, V> origin, @Nullable ReadTrace trace) {
		ReadDemand first = demands.get(0);
		if (waits(first, reads, origin, () -> dispatchProven(reads, requirement, demands, origin, trace))) {
			return;
		}
		demands.forEach(ReadDemand::begin);
		send(reads, demands, origin, plan(requirement, first), trace);
	}

	private <K, V> void send(List<? extends RedisCommand<K, V, ?>> reads, List<? extends @Nullable ReadDemand> demands,
			ReadOrigin<K, V> origin, RoutePlan plan, @Nullable ReadTrace trace) {
		long now = this.deadlines.now();
		for (int position = 0; position < plan.replicas().size(); position++) {
			ReplicaReads replica = (ReplicaReads) plan.replicas().get(position);
			if (!replica.isRouted()) {
				continue;
			}
			List<ReadAttempt<K, V, ?>> attempts = new ArrayList<>(reads.size());
			for (int i = 0; i < reads.size(); i++) {
				attempts.add(new ReadAttempt<>(reads.get(i), origin, plan, position, null, trace, demands.get(i), now));
			}
			if (replica.send(attempts)) {
				attempts.forEach(this.deadlines::watch);
				return;
			}
		}
		if (logger.isDebugEnabled() && isRouted(plan)) {
			logger.debug(reads.size() + " reads of a pipeline are not sent to one replica together: none is proven to "
					+ "have what all of them ask for, and pipelines do not wait for one");
		}
		for (int i = 0; i < reads.size(); i++) {
			goOnWithoutReplica(reads.get(i), origin, plan, null, trace, demands.get(i));
		}
	}

	private @Nullable ReadDemand ownWrites(ReadRequirement requirement, RoutePlan plan, RedisCommand<?, ?, ?> read) {
		return requirement.isOwnWrites() ? this.consistency.ownWrites(requirement, plan, read)
				: this.consistency.witnessed(requirement);
	}

	/**
	 * Send the read of a failed attempt to the next replica, to the primary, or fail it.
	 */
	<K, V, T> void retry(ReadAttempt<K, V, T> failed, AttemptFailure failure, ReadOrigin<K, V> origin) {
		boolean primaryOnly = failure.reason() == FallbackReason.TOO_STALE || failure.reason() == FallbackReason.MISS;
		if (primaryOnly || !attempt(failed.command(), origin, failed.plan(), failed.position() + 1, failure,
				failed.trace(), failed.demand())) {
			goOnWithoutReplica(failed.command(), origin, failed.plan(), failure, failed.trace(), failed.demand());
		}
	}

	/**
	 * Ask the primary as well about what a replica does not have.
	 */
	<K, V, T> void recheck(ReadAttempt<K, V, T> miss, ReadOrigin<K, V> origin) {
		if (!isPrimaryOnline() || !isPermitted(FallbackReason.MISS)) {
			miss.stand(this.deadlines.now());
			return;
		}
		askPrimary(
				new PrimaryAttempt<>(miss.command(), origin.getCodec(), this.deadlines.now(),
						() -> mayStand(miss) || !isPrimaryOnline(), () -> miss.stand(this.deadlines.now())),
				origin, miss.plan(), RoutingReason.MISS, miss.trace(), miss.demand());
	}

	/**
	 * Return whether the miss of a look-up may stand when the primary is slow to confirm
	 * it: whoever looks up asks elsewhere then. A read that needs a proof has nowhere
	 * else to ask.
	 */
	private static boolean mayStand(ReadAttempt<?, ?, ?> miss) {
		ReadDemand demand = miss.demand();
		return miss.rechecksMisses() || demand == null || !demand.requiresProof();
	}

	private <K, V, T> void askPrimary(PrimaryAttempt<K, V, T> attempt, ReadOrigin<K, V> origin, RoutePlan plan,
			RoutingReason reason, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		this.deadlines.watch(attempt);
		try {
			origin.readFromPrimary(TracedCommands.like(attempt.command(), attempt), plan.requirement(), reason, trace,
					demand);
		}
		catch (RuntimeException ex) {
			attempt.completeExceptionally(ex);
		}
	}

	/**
	 * Fail a read for which there is no node.
	 */
	<K, V> void reject(RedisCommand<K, V, ?> command, RoutePlan plan, @Nullable AttemptFailure failure,
			@Nullable ReadDemand demand) {
		String name = command.getType().toString();
		String nodes = this.nodes.describe(demand);
		fail(command, plan, failure,
				(failure != null) ? new NoEligibleReplicaException(name, describe(failure, plan), nodes)
						: new NoEligibleReplicaException(name, nodes));
	}

	private <K, V> void dispatchProven(RedisCommand<K, V, ?> command, ReadRequirement requirement, ReadDemand demand,
			ReadOrigin<K, V> origin, @Nullable ReadTrace trace) {
		if (waits(demand, List.of(command), origin,
				() -> dispatchProven(command, requirement, demand, origin, trace))) {
			return;
		}
		RoutePlan plan = plan(requirement, demand);
		if (!attempt(command, origin, plan, 0, null, trace, demand)
				&& !isParked(command, requirement, demand, origin, plan, trace)) {
			goOnWithoutReplica(command, origin, plan, null, trace, demand);
		}
	}

	/**
	 * Fail reads whose session has lost what it had seen, and hold them back while that
	 * is not known.
	 * @return whether nothing more is to be done now
	 */
	private <K, V> boolean waits(ReadDemand demand, List<? extends RedisCommand<K, V, ?>> reads,
			ReadOrigin<K, V> origin, Runnable proceed) {
		CompletableFuture<?> obstacle = demand.obstacle();
		if (obstacle != null) {
			obstacle.whenComplete((answer, failure) -> {
				if (failure != null) {
					reads.forEach((read) -> read.completeExceptionally(failure));
				}
				else {
					origin.resume(reads, proceed);
				}
			});
			return true;
		}
		demand.begin();
		SessionLostException loss = demand.takeLoss();
		if (loss != null) {
			reads.forEach((read) -> read.completeExceptionally(loss));
		}
		return loss != null;
	}

	/**
	 * Let a read wait for one of the replicas that it might be sent to if they had caught
	 * up.
	 */
	private <K, V> boolean isParked(RedisCommand<K, V, ?> command, ReadRequirement requirement, ReadDemand demand,
			ReadOrigin<K, V> origin, RoutePlan plan, @Nullable ReadTrace trace) {
		return isRouted(plan) && this.consistency.parkedReads()
			.park(demand, () -> command.isDone() || attemptAgain(command, requirement, demand, origin, trace),
					() -> origin.resume(List.of(command),
							() -> goOnWithoutReplica(command, origin, plan, null, trace, demand)),
					command::completeExceptionally);
	}

	private <K, V> boolean attemptAgain(RedisCommand<K, V, ?> command, ReadRequirement requirement, ReadDemand demand,
			ReadOrigin<K, V> origin, @Nullable ReadTrace trace) {
		try {
			RoutePlan plan = plan(requirement, demand).because(RoutingReason.CAUGHT_UP_REPLICA);
			return attempt(command, origin, plan, 0, null, trace, demand);
		}
		catch (RuntimeException ex) {
			// nobody else is there to tell the caller
			return command.completeExceptionally(ex);
		}
	}

	private RoutePlan plan(ReadRequirement requirement, @Nullable ReadDemand demand) {
		if (demand != null && requirement.isConsistent()) {
			return this.router.plan(requirement, demand.preference());
		}
		Integer preference = RoutingContext.currentPreference();
		return (preference != null) ? this.router.plan(requirement, preference) : this.router.plan(requirement);
	}

	private static boolean isRouted(RoutePlan plan) {
		return plan.replicas().stream().anyMatch((replica) -> ((ReplicaReads) replica).isRouted());
	}

	private <K, V, T> boolean attempt(RedisCommand<K, V, T> command, ReadOrigin<K, V> origin, RoutePlan plan, int from,
			@Nullable AttemptFailure failure, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		List<ReadCandidate> replicas = plan.replicas();
		for (int i = from; i < replicas.size(); i++) {
			ReplicaReads replica = (ReplicaReads) replicas.get(i);
			long now = this.deadlines.now();
			if (!replica.isRouted() || (failure != null && isLostTime(replica, failure, plan, now))) {
				continue;
			}
			ReadAttempt<K, V, T> attempt = new ReadAttempt<>(command, origin, plan, i, failure, trace, demand, now);
			LateRead late = (failure != null) ? failure.late() : null;
			if (late != null) {
				late.setNext(attempt);
			}
			if (replica.send(attempt)) {
				this.deadlines.watch(attempt);
				return true;
			}
			if (late != null) {
				late.setNext(null);
			}
		}
		return false;
	}

	/**
	 * A read that one node has kept waiting asks only nodes that have been heard of since
	 * it was sent: what has stopped one of them may have stopped others.
	 */
	private boolean isLostTime(ReplicaReads replica, AttemptFailure failure, RoutePlan plan, long now) {
		if (!failure.isTimeout()) {
			return false;
		}
		long total = failure.total().toNanos();
		return !replica.isAliveSince(now - total) || (plan.primaryAllowed() && this.deadlines.isOverdue(total));
	}

	private <K, V> void goOnWithoutReplica(RedisCommand<K, V, ?> command, ReadOrigin<K, V> origin, RoutePlan plan,
			@Nullable AttemptFailure failure, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		if (demand != null && demand.isDispensable() && !isPrimaryOnline()
				&& attempt(command, origin, plan, 0, failure, trace, null)) {
			// the primary is not asked in vain for what nobody has asked for
			return;
		}
		if (plan.reason() == RoutingReason.PRIMARY_REQUIRED) {
			origin.readFromPrimary(command, plan.requirement(), plan.reason(), trace, demand);
		}
		else if (plan.primaryAllowed()) {
			fallBack(command, origin, plan, failure, trace, demand);
		}
		else if (failure != null) {
			reject(command, plan, failure, demand);
		}
		else {
			attemptOrReject(command, plan.requirement(), origin, trace, demand);
		}
	}

	private <K, V> void fallBack(RedisCommand<K, V, ?> command, ReadOrigin<K, V> origin, RoutePlan plan,
			@Nullable AttemptFailure failure, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		boolean notFresh = failure == null && demand != null && demand.requiresProof() && isRouted(plan);
		boolean dispensable = notFresh && demand != null && demand.isDispensable();
		if (isFallback() && !isPermitted(reason(failure, notFresh))) {
			if (dispensable && attempt(command, origin, plan, 0, null, trace, null)) {
				return;
			}
			fail(command, plan, failure, new FallbackLimitExceededException(command.getType().toString(),
					(failure != null) ? describe(failure, plan) : this.nodes.describe(demand)));
			return;
		}
		if (dispensable) {
			askPrimary(
					new PrimaryAttempt<>(command, origin.getCodec(), this.deadlines.now(), () -> !isPrimaryOnline(),
							() -> origin.resume(List.of(command),
									() -> goOnWithoutProof(command, origin, plan, trace))),
					origin, plan, RoutingReason.NOT_FRESH, trace, demand);
			return;
		}
		RoutingReason withoutFailure = notFresh ? RoutingReason.NOT_FRESH : RoutingReason.NO_ELIGIBLE_REPLICA;
		RoutingReason reason = (failure != null) ? RoutingReason.ATTEMPTS_FAILED : withoutFailure;
		if (demand != null && demand.isProvable() && (failure == null || !isPrimaryOnline())) {
			askPrimaryOrPeers(command, origin, plan, reason, trace, demand);
			return;
		}
		origin.readFromPrimary(ReadElsewhere.of(command, failure, this.nodes), plan.requirement(), reason, trace,
				demand);
	}

	/**
	 * Ask the primary, and look whether a replica is proven by another one to have what
	 * is asked for once the primary is known not to answer.
	 */
	private <K, V> void askPrimaryOrPeers(RedisCommand<K, V, ?> command, ReadOrigin<K, V> origin, RoutePlan plan,
			RoutingReason reason, @Nullable ReadTrace trace, ReadDemand demand) {
		askPrimary(new PrimaryAttempt<>(command, origin.getCodec(), this.deadlines.passed(),
				() -> !isPrimaryOnline() && isAdmitted(plan(plan.requirement(), demand), demand),
				() -> origin.resume(List.of(command), () -> {
					RoutePlan anew = plan(plan.requirement(), demand);
					if (!attempt(command, origin, anew, 0, null, trace, demand)) {
						origin.readFromPrimary(command, plan.requirement(), reason, trace, demand);
					}
				})), origin, plan, reason, trace, demand);
	}

	private boolean isAdmitted(RoutePlan plan, ReadDemand demand) {
		long now = this.deadlines.now();
		return plan.replicas()
			.stream()
			.map(ReplicaReads.class::cast)
			.anyMatch((replica) -> replica.isRouted() && replica.isAdmittedBy(demand, now));
	}

	/**
	 * Send a read that the primary does not answer to any replica, and back to the
	 * primary only if there is none.
	 */
	private <K, V> void goOnWithoutProof(RedisCommand<K, V, ?> command, ReadOrigin<K, V> origin, RoutePlan plan,
			@Nullable ReadTrace trace) {
		if (!attempt(command, origin, plan, 0, null, trace, null)) {
			origin.readFromPrimary(command, plan.requirement(), RoutingReason.NO_ELIGIBLE_REPLICA, trace, null);
		}
	}

	private boolean isPrimaryOnline() {
		TopologyNode primary = topology().primary();
		return primary != null && primary.state() == NodeState.ONLINE;
	}

	private static FallbackReason reason(@Nullable AttemptFailure failure, boolean notFresh) {
		if (failure != null) {
			return failure.reason();
		}
		return notFresh ? FallbackReason.NOT_FRESH : FallbackReason.NO_ELIGIBLE_REPLICA;
	}

	/**
	 * Where there are no replicas, or they are not known yet, the primary serves no read
	 * in their place.
	 */
	private boolean isFallback() {
		return this.nodes.firstLook().isDone() && !topology().replicas().isEmpty();
	}

	private boolean isPermitted(FallbackReason reason) {
		boolean permitted = this.fallbackLimit.tryAcquire();
		this.listener.fellBack(reason, permitted);
		return permitted;
	}

	/**
	 * Once the nodes have been looked at: right after the start they are not known yet.
	 */
	private <K, V> void attemptOrReject(RedisCommand<K, V, ?> command, ReadRequirement requirement,
			ReadOrigin<K, V> origin, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		this.nodes.firstLook().whenComplete((done, failure) -> {
			RoutePlan plan = plan(requirement, demand);
			if (!command.isDone() && !attempt(command, origin, plan, 0, null, trace, demand)) {
				reject(command, plan, null, demand);
			}
		});
	}

	private static String describe(AttemptFailure failure, RoutePlan plan) {
		StringBuilder text = new StringBuilder(failure.toString());
		for (ReadCandidate candidate : plan.replicas()) {
			if (!failure.isOf(candidate.address())) {
				String obstacle = ((ReplicaReads) candidate).obstacle();
				text.append(", replica ")
					.append(candidate.address())
					.append(" was not asked: it ")
					.append((obstacle != null) ? obstacle : "has not been heard of since the read was sent");
			}
		}
		return text.toString();
	}

	private <K, V> void fail(RedisCommand<K, V, ?> command, RoutePlan plan, @Nullable AttemptFailure failure,
			RuntimeException exception) {
		this.listener.readEnded(null, plan.requirement(),
				(failure != null) ? RoutingReason.ATTEMPTS_FAILED : RoutingReason.NO_ELIGIBLE_REPLICA,
				ReadOutcome.REJECTED);
		ReadLog.rejected(command, plan.requirement(), exception);
		command.completeExceptionally(exception);
	}

}
