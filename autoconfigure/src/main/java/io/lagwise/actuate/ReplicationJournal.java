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

package io.lagwise.actuate;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lagwise.actuate.LagwiseDescriptor.Change;
import io.lagwise.actuate.LagwiseDescriptor.Problem;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.ReadListener;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what has lately gone wrong with the reads of one connection factory, and what
 * has changed among its nodes.
 * <p>
 * Of each kind of problem there is one entry with a count, so that the journal stays
 * short. A read that goes well is not written down and costs nothing.
 */
public final class ReplicationJournal implements ReadListener, ReplicationListener {

	static final int KINDS = 32;

	static final int CHANGES = 32;

	private final InstantSource clock;

	// in the order in which they were last seen
	private final Map<Kind, Occurrences> problems = new LinkedHashMap<>(KINDS, 0.75f, true);

	private final Deque<Change> changes = new ArrayDeque<>();

	/**
	 * Create an empty journal.
	 * @param clock tells the time
	 */
	public ReplicationJournal(InstantSource clock) {
		this.clock = clock;
	}

	@Override
	public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
		note(new Kind("attempt-failed", replica, reason));
	}

	@Override
	public void fellBack(FallbackReason reason, boolean permitted) {
		note(new Kind(permitted ? "fallback" : "fallback-refused", null, reason));
	}

	@Override
	public synchronized void onEvent(ReplicationEvent event) {
		if (this.changes.size() == CHANGES) {
			this.changes.removeLast();
		}
		this.changes.addFirst(Change.of(event, this.clock.instant()));
	}

	/**
	 * Return the kinds of problems that were seen last, the newest first.
	 */
	synchronized List<Problem> problems() {
		List<Problem> problems = new ArrayList<>();
		this.problems.forEach((kind, occurrences) -> problems
			.add(Problem.of(kind.problem(), kind.node(), kind.reason(), occurrences.count, occurrences.last)));
		Collections.reverse(problems);
		return problems;
	}

	/**
	 * Return the last changes, the newest first.
	 */
	synchronized List<Change> changes() {
		return List.copyOf(this.changes);
	}

	private synchronized void note(Kind kind) {
		Occurrences occurrences = this.problems.computeIfAbsent(kind, (added) -> new Occurrences());
		occurrences.count++;
		occurrences.last = this.clock.instant();
		if (this.problems.size() > KINDS) {
			this.problems.remove(this.problems.keySet().iterator().next());
		}
	}

	private record Kind(String problem, @Nullable NodeAddress node, FallbackReason reason) {

	}

	private static final class Occurrences {

		private long count;

		private Instant last = Instant.EPOCH;

	}

}
