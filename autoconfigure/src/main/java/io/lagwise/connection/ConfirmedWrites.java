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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.WriteConfirmation;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.ReplicationNotConfirmedException;
import io.lagwise.routing.WaitListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one scope, on connections that nobody else uses meanwhile, so that
 * {@code WAIT} can speak for them.
 * <p>
 * Mostly that is one connection. While a view has it for itself, in a transaction or a
 * pipeline, what others write in the scope goes over another one, and each is asked.
 * Which replicas count is what all have confirmed.
 */
final class ConfirmedWrites implements WriteConfirmation {

	private static final Log logger = LogFactory.getLog(ConfirmedWrites.class);

	/**
	 * How long a server may take beyond the time that it was asked to wait.
	 */
	private static final Duration GRACE = Duration.ofMillis(500);

	private final WriteScope scope;

	private final WaitConnections pool;

	private final Supplier<ReplicationTopology> topology;

	private final Watermarks watermarks;

	private final RefusedCommands refusedCommands;

	private final Duration timeout;

	private final WaitListener listener;

	private final List<WaitConnection> connections = new ArrayList<>();

	private final List<ScopeRoute<?, ?>> routes = new CopyOnWriteArrayList<>();

	private boolean closed;

	private volatile @Nullable String obstacle;

	ConfirmedWrites(WriteScope scope, WaitConnections pool, Supplier<ReplicationTopology> topology,
			Watermarks watermarks, RefusedCommands refusedCommands, Duration timeout, WaitListener listener) {
		this.scope = scope;
		this.pool = pool;
		this.topology = topology;
		this.watermarks = watermarks;
		this.refusedCommands = refusedCommands;
		this.timeout = timeout;
		this.listener = listener;
	}

	WriteScope scope() {
		return this.scope;
	}

	/**
	 * Return the connection for a command of a view that has none of its own.
	 */
	synchronized WaitConnection shared() {
		for (WaitConnection connection : this.connections) {
			if (connection.isFree()) {
				return connection;
			}
		}
		WaitConnection connection = this.connections.isEmpty() ? this.pool.borrow() : this.pool.borrowAnother();
		this.connections.add(connection);
		return connection;
	}

	/**
	 * Return a connection for a view that needs one for itself.
	 */
	synchronized WaitConnection exclusive() {
		WaitConnection connection = shared();
		connection.take();
		return connection;
	}

	/**
	 * Take note of a view that has come into the scope.
	 */
	void enters(ScopeRoute<?, ?> route) {
		this.routes.add(route);
	}

	/**
	 * Return a connection to the node in charge in place of one that leads elsewhere, or
	 * is lost.
	 * @param executor begins to connect
	 * @param exclusive whether a view needs it for itself
	 */
	CompletableFuture<WaitConnection> replacement(Executor executor, boolean exclusive) {
		synchronized (this) {
			for (WaitConnection connection : this.connections) {
				if (!this.closed && connection.isFree() && connection.isInCharge()) {
					return CompletableFuture.completedFuture(admitted(connection, exclusive));
				}
			}
		}
		return this.pool.openAnother(executor).thenApply((connection) -> adopt(connection, exclusive));
	}

	private synchronized WaitConnection adopt(WaitConnection connection, boolean exclusive) {
		if (this.closed) {
			connection.endScope();
			return connection;
		}
		this.connections.add(connection);
		return admitted(connection, exclusive);
	}

	private static WaitConnection admitted(WaitConnection connection, boolean exclusive) {
		if (exclusive) {
			connection.take();
		}
		return connection;
	}

	/**
	 * Note that something has been written that cannot be confirmed.
	 * @param reason why
	 */
	void cannotConfirm(String reason) {
		this.obstacle = reason;
	}

	@Override
	public void confirm(WriteRequirement requirement) {
		List<WaitConnection> connections = connections();
		List<WaitConnection> written = connections.stream().filter(WaitConnection::hasWritten).toList();
		if (connections.stream().anyMatch(WaitConnection::isTransactionPending)) {
			cannotConfirm("a transaction is still open");
		}
		if (this.routes.stream().anyMatch(ScopeRoute::isWaiting)) {
			cannotConfirm("the primary has refused a write that could not be sent again yet");
		}
		if (written.isEmpty() && this.obstacle == null) {
			return;
		}
		long start = System.nanoTime();
		ReplicationTopology topology = this.topology.get();
		boolean all = requirement.replicas() == WaitForReplicas.ALL;
		int known = topology.presentReplicas().size();
		int required = all ? Math.max(known, 1) : requirement.replicas();
		Duration timeout = (requirement.timeout() != null) ? requirement.timeout() : this.timeout;
		Confirmation confirmation = (this.obstacle != null) ? new Confirmation(this.obstacle)
				: ask(written, required, timeout, topology, all ? hidden(topology) : Set.of());
		long elapsed = System.nanoTime() - start;
		int confirmed = Math.min(confirmation.count(), required);
		this.listener.writesConfirmed(required, confirmed, elapsed);
		if (confirmed < required) {
			String reason = confirmation.describe(topology);
			Duration waited = Duration.ofNanos(elapsed);
			fallShort(requirement,
					(known > 0 && known < required)
							? new ReplicationNotConfirmedException(required, known, confirmed, waited, reason)
							: new ReplicationNotConfirmedException(required, confirmed, waited, reason));
		}
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		connections().forEach(WaitConnection::endScope);
	}

	private synchronized List<WaitConnection> connections() {
		return List.copyOf(this.connections);
	}

	private void fallShort(WriteRequirement requirement, ReplicationNotConfirmedException shortfall) {
		if (requirement.onShortfall() == OnShortfall.FAIL) {
			throw shortfall;
		}
		logger.debug(shortfall.getMessage());
	}

	/**
	 * Return the replicas that do not count where all are asked for.
	 */
	private static Set<NodeAddress> hidden(ReplicationTopology topology) {
		return topology.replicas()
			.stream()
			.filter((replica) -> replica.state() == NodeState.HIDDEN)
			.map(TopologyNode::address)
			.collect(Collectors.toSet());
	}

	private Confirmation ask(List<WaitConnection> written, int required, Duration timeout, ReplicationTopology topology,
			Set<NodeAddress> uncounted) {
		long start = System.nanoTime();
		int able = (int) topology.replicas().stream().filter((replica) -> mayAcknowledge(replica.state())).count();
		if (able < required) {
			// a replica that the monitor cannot reach may still be attached
			CompletableFuture<@Nullable RoleReply> role = RollCall.askForReplicas(written.get(0).connection());
			String failure = await(List.of(role), timeout);
			if (failure != null) {
				return new Confirmation(failure);
			}
			able = Math.max(able, (role.join() != null) ? role.join().acknowledged().size() : 0);
		}
		if (able == 0) {
			written.forEach(WaitConnection::settle);
			return new Confirmation((topology.presentReplicas().isEmpty()) ? "no replica is known" : "");
		}
		int asked = Math.min(required, able);
		Confirmation confirmation = call(written, asked, timeout.minusNanos(System.nanoTime() - start), uncounted);
		// one that does not count may have been quicker than one that does
		while (confirmation.count() < required && confirmation.isAnsweredBy(asked) && asked < able + uncounted.size()
				&& System.nanoTime() - start < timeout.toNanos()) {
			asked++;
			confirmation = call(written, asked, timeout.minusNanos(System.nanoTime() - start), uncounted);
		}
		return confirmation;
	}

	private Confirmation call(List<WaitConnection> written, int replicas, Duration patience,
			Set<NodeAddress> uncounted) {
		List<CompletableFuture<RollCall.Answer>> answers = new ArrayList<>();
		for (WaitConnection connection : written) {
			answers.add(RollCall.afterWrites(connection.primary(), replicas, patience).send(connection.connection()));
		}
		String failure = await(answers, patience.plus(GRACE));
		if (failure != null) {
			// what is still to be answered must not reach another scope
			written.forEach(WaitConnection::unsettle);
			return new Confirmation(failure);
		}
		for (int i = 0; i < written.size(); i++) {
			if (answers.get(i).join().isOfPrimary()) {
				written.get(i).settle();
			}
		}
		return evaluate(
				answers.stream().map(CompletableFuture::join).map((it) -> it.renamed(this.watermarks::nameOf)).toList(),
				uncounted);
	}

	private Confirmation evaluate(List<RollCall.Answer> answers, Set<NodeAddress> uncounted) {
		Set<NodeAddress> confirmed = new HashSet<>(answers.get(0).confirmed());
		for (RollCall.Answer answer : answers) {
			this.refusedCommands.note(answer);
			if (answer.failure() != null) {
				return new Confirmation(answer.failedCommand() + " failed at " + answer.primary() + ": "
						+ Refusal.reason(answer.failure()));
			}
			if (!answer.isOfPrimary()) {
				return new Confirmation(answer.primary() + " is not the primary any more");
			}
			NodeAddress inCharge = this.topology.get().primaryAddress().orElse(null);
			if (inCharge != null && !inCharge.equals(answer.primary())) {
				return new Confirmation(answer.primary() + " was replaced by " + inCharge);
			}
			answer.confirmed()
				.forEach((replica) -> this.watermarks.confirmed(answer.primary(), replica, answer.sentAt()));
			confirmed.retainAll(answer.confirmed());
		}
		// on several connections it need not be the same replicas that are counted
		int counted = (answers.size() == 1) ? answers.get(0).counted() : 0;
		int ignored = (int) confirmed.stream().filter(uncounted::contains).count();
		return new Confirmation(confirmed, Math.max(confirmed.size(), counted) - ignored, ignored, "",
				answers.get(answers.size() - 1));
	}

	/**
	 * Whether the application may ask a replica makes no difference to its primary.
	 */
	private static boolean mayAcknowledge(NodeState state) {
		return switch (state) {
			case ONLINE, UNKNOWN, CONCEALED, LOCKED -> true;
			case UNREACHABLE, ABSENT, HIDDEN, LINK_DOWN, SYNCHRONIZING, FOREIGN, DEPOSED -> false;
		};
	}

	/**
	 * Wait for the answers.
	 * @return why there are none, or {@code null}
	 */
	private static @Nullable String await(List<? extends CompletableFuture<?>> answers, Duration patience) {
		try {
			CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
				.get(patience.toNanos(), TimeUnit.NANOSECONDS);
			return null;
		}
		catch (TimeoutException ex) {
			return "the primary does not answer";
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return "the thread was interrupted";
		}
		catch (ExecutionException ex) {
			return Refusal.reason(ex);
		}
	}

	/**
	 * What is known of the writes.
	 *
	 * @param replicas the replicas that are known to have applied them
	 * @param count how many have, including those whose names are not known
	 * @param ignored how many more have that do not count
	 * @param obstacle why that cannot be known
	 * @param last what the primary has said last
	 */
	private record Confirmation(Set<NodeAddress> replicas, int count, int ignored, String obstacle,
			RollCall.@Nullable Answer last) {

		Confirmation(String obstacle) {
			this(Set.of(), 0, 0, obstacle, null);
		}

		/**
		 * Return whether as many replicas have answered as were waited for.
		 */
		boolean isAnsweredBy(int replicas) {
			return this.obstacle.isEmpty() && this.count + this.ignored >= replicas;
		}

		String describe(ReplicationTopology topology) {
			if (!this.obstacle.isEmpty()) {
				return this.obstacle;
			}
			return topology.presentReplicas()
				.stream()
				.map((replica) -> "replica " + replica.address() + " " + describe(replica))
				.collect(Collectors.joining(", "));
		}

		private String describe(TopologyNode replica) {
			if (this.replicas.contains(replica.address())) {
				return "has them";
			}
			Long missing = (this.last != null) ? this.last.missing(replica.address()) : null;
			if (missing != null) {
				return (missing > 0) ? "lacks " + missing + " bytes" : "has them on some connections only";
			}
			return (replica.state() == NodeState.ONLINE) ? "is not attached to the primary"
					: replica.state().description();
		}

	}

}
