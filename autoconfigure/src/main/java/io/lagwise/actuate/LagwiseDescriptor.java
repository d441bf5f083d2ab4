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
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicaLostEvent;
import io.lagwise.replication.ReplicaReturnedEvent;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.WritesAssessedEvent;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.ReplicationReport;
import org.jspecify.annotations.Nullable;

/**
 * What the endpoint answers.
 *
 * @param connectionFactories the connection factories by their names
 */
public record LagwiseDescriptor(Map<String, ConnectionFactoryDescriptor> connectionFactories) {

	private static String name(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * One connection factory.
	 *
	 * @param source where the nodes come from
	 * @param nodes the primary first where one is known, then the replicas
	 * @param problems the kinds of problems that reads had last, the newest first
	 * @param changes what has changed among the nodes, the newest first
	 */
	public record ConnectionFactoryDescriptor(String source, List<Node> nodes, List<Problem> problems,
			List<Change> changes) {

		static ConnectionFactoryDescriptor of(ReplicationReport report, ReplicationJournal journal) {
			return new ConnectionFactoryDescriptor(report.source(), report.nodes().stream().map(Node::of).toList(),
					journal.problems(), journal.changes());
		}

	}

	/**
	 * One node. What is not known is {@code null}, and left out of JSON.
	 *
	 * @param address where clients reach it
	 * @param role {@code primary} or {@code replica}
	 * @param state whether it may answer reads, and if not, why
	 * @param usable whether replica reads go to it now; {@code null} for the primary
	 * @param link the state of a replica's link to its primary
	 * @param replicationId the history of writes that it holds
	 * @param offset how far into that history it is, in bytes
	 * @param lagBytes how far it is behind the primary in bytes
	 * @param lagMillis how far it is behind the primary in time at most: every write
	 * acknowledged longer ago than that is in it
	 * @param latencyMillis how long it lately took to answer the monitor
	 * @param readsInFlight how many reads it has not answered yet; {@code null} for the
	 * primary
	 * @param circuitBreaker the state of its circuit breaker; {@code null} for the
	 * primary
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Node(String address, String role, String state, @Nullable Boolean usable, @Nullable String link,
			@Nullable String replicationId, @Nullable Long offset, @Nullable Long lagBytes, @Nullable Long lagMillis,
			@Nullable Double latencyMillis, @Nullable Integer readsInFlight, @Nullable String circuitBreaker) {

		static Node of(NodeReport node) {
			boolean replica = node.role() == NodeRole.REPLICA;
			return new Node(node.address().toString(), node.role().label(), name(node.state()),
					replica ? node.serving() : null, (replica && node.link() != null) ? name(node.link()) : null,
					node.replicationId(), (node.replicationId() != null) ? node.offset() : null, node.lagBytes(),
					(node.lag() != null) ? node.lag().toMillis() : null, millis(node.latency()),
					replica ? node.readsInFlight() : null, replica ? name(node.guard()) : null);
		}

		private static @Nullable Double millis(@Nullable Duration duration) {
			return (duration != null) ? duration.toNanos() / 1_000 / 1e3 : null;
		}

	}

	/**
	 * One kind of problem that reads had.
	 *
	 * @param problem {@code attempt-failed} when a replica did not answer an attempt,
	 * {@code fallback} when a read went to the primary in place of a replica,
	 * {@code fallback-refused} when the limit did not let it
	 * @param node the replica that was asked, {@code null} for a fallback
	 * @param reason what happened
	 * @param count how often
	 * @param last when it happened last
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Problem(String problem, @Nullable String node, String reason, long count, Instant last) {

		static Problem of(String problem, @Nullable NodeAddress node, FallbackReason reason, long count, Instant last) {
			return new Problem(problem, (node != null) ? node.toString() : null, name(reason), count, last);
		}

	}

	/**
	 * A change among the nodes.
	 *
	 * @param at when it was noticed
	 * @param change {@code primary-switched}, {@code replica-lost},
	 * {@code replica-returned}, {@code refreshed}, {@code writes-kept},
	 * {@code writes-possibly-lost}, {@code writes-lost} or {@code session-lost}
	 * @param description what exactly
	 */
	public record Change(Instant at, String change, String description) {

		static Change of(ReplicationEvent event, Instant at) {
			if (event instanceof PrimarySwitchedEvent switched) {
				return new Change(at, "primary-switched", "from " + switched.from() + " to " + switched.to());
			}
			if (event instanceof ReplicaLostEvent lost) {
				String state = (lost.state() != null) ? lost.state().description() : "does not belong here any more";
				return new Change(at, "replica-lost", lost.replica() + " " + state);
			}
			if (event instanceof ReplicaReturnedEvent returned) {
				return new Change(at, "replica-returned", returned.replica().toString());
			}
			if (event instanceof WritesAssessedEvent assessed) {
				return new Change(at, "writes-" + name(assessed.fate()), describe(assessed));
			}
			if (event instanceof SessionLostEvent lost) {
				return new Change(at, "session-lost", "a session has " + (lost.certain() ? "lost" : "possibly lost")
						+ " a part of what it had written or read: " + lost.reason());
			}
			return new Change(at, "refreshed", event.topology().toString());
		}

		private static String describe(WritesAssessedEvent assessed) {
			String writes = switch (assessed.fate()) {
				case KEPT -> "all writes that were acknowledged are at the new primary " + assessed.primary();
				case POSSIBLY_LOST ->
					"up to " + assessed.atRisk() + " acknowledged writes may be missing at " + assessed.primary();
				case LOST ->
					"acknowledged writes are missing at " + assessed.primary() + ", up to " + assessed.atRisk();
			};
			return writes + ": " + assessed.reason();
		}

	}

}
