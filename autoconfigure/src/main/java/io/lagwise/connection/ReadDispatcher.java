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
import java.util.function.Supplier;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.routing.ReadRouter;
import io.lagwise.routing.RoutePlan;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Sends reads to the replicas that the router chooses.
 */
final class ReadDispatcher {

	private final ReadCommands commands;

	private final ReadRouter router;

	private final ReadRequirement defaultRequirement;

	private final Supplier<ReplicationTopology> topology;

	private final CompletableFuture<Void> firstLook;

	private final AttemptDeadlines deadlines;

	private final RefusedWrites refusedWrites;

	ReadDispatcher(ReadCommands commands, ReadRouter router, ReadRequirement defaultRequirement,
			Supplier<ReplicationTopology> topology, CompletableFuture<Void> firstLook, AttemptDeadlines deadlines,
			RefusedWrites refusedWrites) {
		this.commands = commands;
		this.router = router;
		this.defaultRequirement = defaultRequirement;
		this.topology = topology;
		this.firstLook = firstLook;
		this.deadlines = deadlines;
		this.refusedWrites = refusedWrites;
	}

	CommandPlacement placement(RedisCommand<?, ?, ?> command) {
		return this.commands.placement(command);
	}

	/**
	 * Return the requirement of a read that the current thread sends now.
	 */
	ReadRequirement requirement() {
		ReadRequirement requirement = RoutingContext.currentRequirement();
		return (requirement != null) ? requirement : this.defaultRequirement;
	}

	RefusedWrites refusedWrites() {
		return this.refusedWrites;
	}

	ReplicationTopology topology() {
		return this.topology.get();
	}

	/**
	 * Send a read to a replica, or fail it where the primary must not be touched.
	 * @return whether the command was dealt with; if not, it belongs to the primary
	 */
	<K, V> boolean dispatch(RedisCommand<K, V, ?> command, ReadRequirement requirement, FailedAttempts<K, V> origin) {
		RoutePlan plan = this.router.plan(requirement);
		ReadTrace trace = RoutingContext.currentTrace();
		if (attempt(command, origin, plan, 0, null, trace)) {
			return true;
		}
		if (plan.primaryAllowed()) {
			return false;
		}
		attemptOrFail(command, requirement, origin, trace);
		return true;
	}

	/**
	 * Send reads together to one replica, or fail them where the primary must not be
	 * touched.
	 * @return whether the commands were dealt with; if not, they belong to the primary
	 */
	<K, V> boolean dispatch(List<RedisCommand<K, V, ?>> reads, ReadRequirement requirement,
			FailedAttempts<K, V> origin) {
		RoutePlan plan = this.router.plan(requirement);
		ReadTrace trace = RoutingContext.currentTrace();
		long now = this.deadlines.now();
		for (int i = 0; i < plan.replicas().size(); i++) {
			int position = i;
			List<ReadAttempt<K, V, ?>> attempts = new ArrayList<>(reads.size());
			reads.forEach((read) -> attempts.add(new ReadAttempt<>(read, origin, plan, position, null, trace, now)));
			if (((ReplicaReads) plan.replicas().get(i)).send(attempts)) {
				attempts.forEach(this.deadlines::watch);
				return true;
			}
		}
		if (plan.primaryAllowed()) {
			return false;
		}
		reads.forEach((read) -> attemptOrFail(read, requirement, origin, trace));
		return true;
	}

	/**
	 * Ask the next replica of the plan after an attempt has failed.
	 * @return whether there was one
	 */
	<K, V, T> boolean retry(ReadAttempt<K, V, T> failed, FailedAttempts<K, V> origin) {
		return attempt(failed.command(), origin, failed.plan(), failed.position() + 1, failed, failed.trace());
	}

	private <K, V, T> boolean attempt(RedisCommand<K, V, T> command, FailedAttempts<K, V> origin, RoutePlan plan,
			int from, @Nullable ReadAttempt<K, V, T> previous, @Nullable ReadTrace trace) {
		List<ReadCandidate> replicas = plan.replicas();
		for (int i = from; i < replicas.size(); i++) {
			ReplicaReads replica = (ReplicaReads) replicas.get(i);
			if (!replica.isRouted()) {
				continue;
			}
			ReadAttempt<K, V, T> attempt = new ReadAttempt<>(command, origin, plan, i, previous, trace,
					this.deadlines.now());
			if (replica.send(attempt)) {
				this.deadlines.watch(attempt);
				return true;
			}
		}
		return false;
	}

	/**
	 * Once the nodes have been looked at: right after the start they are not known yet.
	 */
	private <K, V> void attemptOrFail(RedisCommand<K, V, ?> command, ReadRequirement requirement,
			FailedAttempts<K, V> origin, @Nullable ReadTrace trace) {
		this.firstLook.whenComplete((done, failure) -> {
			if (!command.isDone() && !attempt(command, origin, this.router.plan(requirement), 0, null, trace)) {
				command.completeExceptionally(new NoEligibleReplicaException(command.getType().toString(), topology()));
			}
		});
	}

}
