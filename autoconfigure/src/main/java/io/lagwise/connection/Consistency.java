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
import java.util.List;
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

	private final Iterable<SessionHistory> database;

	private final Iterable<SessionHistory> everyDatabase;

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

	/**
	 * Create what a factory needs.
	 * @param application what the whole application has written to and read from the
	 * database
	 * @param everyDatabase the same of every database of the servers
	 * @param sessions the sessions
	 * @param ledger notes what is written
	 * @param parkedReads the reads that wait
	 * @param options how to wait
	 */
	Consistency(SessionHistory application, Iterable<SessionHistory> everyDatabase, DefaultConsistencySessions sessions,
			WriteLedger ledger, ParkedReads parkedReads, ReplicaReadOptions options) {
		this.application = application;
		this.database = List.of(application);
		this.everyDatabase = everyDatabase;
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
		DefaultConsistencySession session = this.sessions.current();
		if (requirement.isOwnWrites()) {
			return (session != null) ? new WitnessedDemand(requirement, session, this.application, keys(read))
					: new ReadDemand(requirement, null, this.application, keys(read), Duration.ZERO);
		}
		if (!requirement.isConsistent() && !requirement.requiresPrimary()) {
			return (session != null) ? new WitnessedDemand(requirement, session, null, CommandKeys.NONE)
					: bounded(requirement);
		}
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
		if (this.sessions.current() != null) {
			return demand(requirement, read);
		}
		for (ReadCandidate replica : plan.replicas()) {
			if (!((ReplicaReads) replica).isAdmittedBy(this.everyOwnWrite, 0)) {
				return demand(requirement, read);
			}
		}
		return this.everyOwnWrite;
	}

	/**
	 * Return what a read that asks for nothing has to be sent with that the current
	 * thread sends now, or {@code null} if nothing.
	 */
	@Nullable ReadDemand witnessed(ReadRequirement requirement) {
		DefaultConsistencySession session = this.sessions.current();
		return (session != null) ? new WitnessedDemand(requirement, session, null, CommandKeys.NONE) : null;
	}

	/**
	 * Return the session that is bound to the current thread, or {@code null} if none is.
	 */
	@Nullable DefaultConsistencySession session() {
		return this.sessions.current();
	}

	/**
	 * Begin to keep track of a read that goes to the primary.
	 * @param reader the session whose read it is, or {@code null}
	 * @param elsewhere whether its connection may have selected another database
	 * @return what to note when it is answered
	 */
	ReadMark mark(RedisCommand<?, ?, ?> read, @Nullable DefaultConsistencySession reader, boolean elsewhere) {
		if (reader != null) {
			reader.reviewSuccessions();
		}
		return new ReadMark(elsewhere ? this.everyDatabase : this.database, CommandKeys.shownBy(read), reader);
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
