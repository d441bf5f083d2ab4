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

	ReadDispatcher(ReadCommands commands, ReadRouter router, ReadRequirement defaultRequirement,
			Supplier<ReplicationTopology> topology, CompletableFuture<Void> firstLook) {
		this.commands = commands;
		this.router = router;
		this.defaultRequirement = defaultRequirement;
		this.topology = topology;
		this.firstLook = firstLook;
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

	ReplicationTopology topology() {
		return this.topology.get();
	}

	/**
	 * Send a read to a replica, or fail it where the primary must not be touched.
	 * @return whether the command was dealt with; if not, it belongs to the primary
	 */
	boolean dispatch(RedisCommand<?, ?, ?> command, ReadRequirement requirement) {
		RoutePlan plan = this.router.plan(requirement);
		ReadTrace trace = RoutingContext.currentTrace();
		if (send(command, plan, trace)) {
			return true;
		}
		if (plan.primaryAllowed()) {
			return false;
		}
		sendOrFail(command, requirement, trace);
		return true;
	}

	/**
	 * Send reads together to one replica, or fail them where the primary must not be
	 * touched.
	 * @return whether the commands were dealt with; if not, they belong to the primary
	 */
	boolean dispatch(List<? extends RedisCommand<?, ?, ?>> reads, ReadRequirement requirement) {
		RoutePlan plan = this.router.plan(requirement);
		ReadTrace trace = RoutingContext.currentTrace();
		for (ReadCandidate replica : plan.replicas()) {
			if (((ReplicaReads) replica).send(reads, trace)) {
				return true;
			}
		}
		if (plan.primaryAllowed()) {
			return false;
		}
		reads.forEach((read) -> sendOrFail(read, requirement, trace));
		return true;
	}

	private boolean send(RedisCommand<?, ?, ?> command, RoutePlan plan, @Nullable ReadTrace trace) {
		List<ReadCandidate> replicas = plan.replicas();
		for (int i = 0; i < replicas.size(); i++) {
			if (((ReplicaReads) replicas.get(i)).send(command, trace)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Once the nodes have been looked at: right after the start they are not known yet.
	 */
	private void sendOrFail(RedisCommand<?, ?, ?> command, ReadRequirement requirement, @Nullable ReadTrace trace) {
		this.firstLook.whenComplete((done, failure) -> {
			if (!command.isDone() && !send(command, this.router.plan(requirement), trace)) {
				command.completeExceptionally(new NoEligibleReplicaException(command.getType().toString(), topology()));
			}
		});
	}

}
