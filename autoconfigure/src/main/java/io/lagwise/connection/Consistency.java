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

import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.routing.RoutePlan;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * What one connection factory needs to keep its promises on how fresh answers are.
 */
final class Consistency {

	private final SessionHistory application;

	private final DefaultConsistencySessions sessions;

	private final WriteLedger ledger;

	private final ParkedReads parkedReads;

	private final ReadDemand everyOwnWrite;

	private final Duration maxWait;

	/**
	 * What the last read with a bound has asked for: the next one mostly asks for the
	 * same.
	 */
	private volatile @Nullable ReadDemand lastBounded;

	private final boolean waiting;

	Consistency(SessionHistory application, DefaultConsistencySessions sessions, WriteLedger ledger,
			ParkedReads parkedReads, ReplicaReadOptions options) {
		this.application = application;
		this.everyOwnWrite = new ReadDemand(ReadRequirement.ownWrites(), null, application, CommandKeys.NONE,
				Duration.ZERO);
		this.sessions = sessions;
		this.ledger = ledger;
		this.parkedReads = parkedReads;
		this.maxWait = options.consistencyMaxWait();
		this.waiting = options.consistencyEnforcement() == ConsistencyEnforcement.WAIT;
	}

	WriteLedger ledger() {
		return this.ledger;
	}

	ParkedReads parkedReads() {
		return this.parkedReads;
	}

	/**
	 * Return what has to be proven for a read that the current thread sends now.
	 */
	ReadDemand demand(ReadRequirement requirement, RedisCommand<?, ?, ?> read) {
		if (requirement.isOwnWrites()) {
			return new ReadDemand(requirement, null, this.application, keys(read), Duration.ZERO);
		}
		if (!requirement.isConsistent() && !requirement.requiresPrimary()) {
			return bounded(requirement);
		}
		DefaultConsistencySession session = this.sessions.current();
		Duration maxWait = this.waiting ? Objects.requireNonNullElse(requirement.maxWait(), this.maxWait)
				: Duration.ZERO;
		return (session != null && !requirement.isForLookUps())
				? new ReadDemand(requirement, session, null, CommandKeys.ONE, maxWait)
				: new ReadDemand(requirement, session, this.application, keys(read), maxWait);
	}

	/**
	 * Return what has to be proven for a read that has to see what the application has
	 * written: as long as the replicas have everything there is no need to look at keys.
	 */
	ReadDemand ownWrites(ReadRequirement requirement, RoutePlan plan, RedisCommand<?, ?, ?> read) {
		for (ReadCandidate replica : plan.replicas()) {
			if (!((ReplicaReads) replica).isAdmittedBy(this.everyOwnWrite, 0)) {
				return demand(requirement, read);
			}
		}
		return this.everyOwnWrite;
	}

	private ReadDemand bounded(ReadRequirement requirement) {
		ReadDemand last = this.lastBounded;
		if (last == null || !last.isOfEveryReadWith(requirement)) {
			last = new ReadDemand(requirement, null, null, CommandKeys.NONE, Duration.ZERO);
			this.lastBounded = last;
		}
		return last;
	}

	private static CommandKeys keys(RedisCommand<?, ?, ?> read) {
		CommandKeys keys = CommandKeys.of(read);
		return (keys.size() > 0) ? keys : CommandKeys.ONE;
	}

}
