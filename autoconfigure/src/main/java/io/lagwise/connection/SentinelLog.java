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
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeObservation.Reachability;
import io.lagwise.replication.SentinelVote;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says once what is wrong with Sentinels and with what they say, and once that it is
 * over. What may pass within seconds is waited for. Used by one thread.
 */
final class SentinelLog {

	private static final Log logger = LogFactory.getLog(SentinelLog.class);

	private final String masterName;

	private final List<SentinelWatch> watches;

	private final long patience;

	private final Map<Object, Long> since = new HashMap<>();

	private final Set<Refusal> refusals = new HashSet<>();

	private final Set<NodeAddress> troubled = new LinkedHashSet<>();

	private final Set<NodeAddress> unreachable = new HashSet<>();

	private boolean silent;

	private boolean disagreeing;

	/**
	 * Create a log.
	 * @param patience how long to wait for what may pass
	 */
	SentinelLog(String masterName, List<SentinelWatch> watches, Duration patience) {
		this.masterName = masterName;
		this.watches = watches;
		this.patience = patience.toNanos();
	}

	/**
	 * Say what is new.
	 * @param leader the node in charge
	 * @param membership the nodes that Sentinels name
	 * @param observations what the nodes say of themselves
	 * @param now the time in nanoseconds of the monotonic clock
	 */
	void report(@Nullable NodeAddress leader, Membership membership, Map<NodeAddress, NodeObservation> observations,
			long now) {
		if (this.watches.stream().allMatch((watch) -> watch.view() == null)) {
			reportSilence(leader != null);
			return;
		}
		if (this.silent) {
			this.silent = false;
			this.watches.stream()
				.filter((watch) -> watch.view() != null)
				.forEach((watch) -> this.troubled.remove(watch.address()));
			logger.info("Sentinels of '" + this.masterName + "' answer again: "
					+ addresses((watch) -> watch.view() != null));
		}
		reportRefusals();
		reportTroubles(now);
		reportDisagreement(leader, now);
		reportUnreachable(membership, observations, now);
	}

	private void reportSilence(boolean led) {
		if (this.silent || this.watches.stream().anyMatch(SentinelWatch::isUndecided)) {
			return;
		}
		this.silent = true;
		this.troubled.addAll(this.watches.stream().map(SentinelWatch::address).toList());
		String failures = this.watches.stream()
			.map((watch) -> watch.address() + " (" + describe(watch.trouble()) + ")")
			.collect(Collectors.joining(", "));
		logger.warn("No Sentinel names the primary of '" + this.masterName + "': " + failures + ". "
				+ (led ? "The nodes known so far stay in use."
						: "Reads and writes go where Lettuce connects by itself until one does. " + advice()));
	}

	private static String describe(@Nullable SentinelTrouble trouble) {
		return (trouble != null) ? trouble.words() : "no answer";
	}

	private String advice() {
		return this.watches.stream()
			.map(SentinelWatch::trouble)
			.filter(Objects::nonNull)
			.map(SentinelTrouble::advice)
			.distinct()
			.collect(Collectors.joining(" "));
	}

	private void reportRefusals() {
		reportRefusals(SentinelWatch::refusal, "a failover may be noticed later");
		reportRefusals(SentinelWatch::refusalOfReplicas, "the replicas are those that the primary itself lists");
	}

	private void reportRefusals(Function<SentinelWatch, @Nullable Refusal> refusalOf, String consequence) {
		Map<Refusal, List<NodeAddress>> refusals = new LinkedHashMap<>();
		for (SentinelWatch watch : this.watches) {
			Refusal refusal = refusalOf.apply(watch);
			if (refusal != null && !this.refusals.contains(refusal)) {
				refusals.computeIfAbsent(refusal, (key) -> new ArrayList<>()).add(watch.address());
			}
		}
		this.refusals.addAll(refusals.keySet());
		refusals.forEach(
				(refusal, sentinels) -> logger.warn("What is asked of the Sentinels is refused by " + join(sentinels)
						+ " (" + refusal.words() + "): " + consequence + ". " + SentinelTrouble.of(refusal).advice()));
	}

	private void reportTroubles(long now) {
		for (SentinelWatch watch : this.watches) {
			SentinelTrouble trouble = watch.trouble();
			if (trouble == null) {
				this.since.remove(watch);
				if (watch.view() != null && this.troubled.remove(watch.address())) {
					logger.info("Sentinel " + watch.address() + " of '" + this.masterName + "' has its vote again");
				}
			}
			else if ((trouble.isMistake() || hasLasted(watch, now)) && this.troubled.add(watch.address())) {
				logger.warn("Sentinel " + watch.address() + " of '" + this.masterName + "' has no vote ("
						+ trouble.words() + "): " + addresses((other) -> other.view() != null) + " decide without it. "
						+ trouble.advice());
			}
		}
	}

	private void reportDisagreement(@Nullable NodeAddress leader, long now) {
		Map<SentinelVote, List<NodeAddress>> votes = new LinkedHashMap<>();
		for (SentinelWatch watch : this.watches) {
			SentinelWatch.View view = watch.view();
			if (view != null) {
				SentinelVote vote = new SentinelVote(view.vote().primary(), view.vote().epoch());
				votes.computeIfAbsent(vote, (key) -> new ArrayList<>()).add(watch.address());
			}
		}
		boolean disagree = votes.keySet().stream().map(SentinelVote::primary).distinct().count() > 1;
		if (!disagree) {
			this.since.remove(this.masterName);
			if (this.disagreeing) {
				this.disagreeing = false;
				logger.info("The Sentinels agree again on the primary of '" + this.masterName + "'");
			}
		}
		else if (hasLasted(this.masterName, now) && !this.disagreeing) {
			this.disagreeing = true;
			logger.warn("The Sentinels disagree on the primary of '" + this.masterName + "': " + votes.entrySet()
				.stream()
				.map((vote) -> join(vote.getValue()) + " " + ((vote.getValue().size() == 1) ? "names " : "name ")
						+ vote.getKey().primary() + epoch(vote.getKey()))
				.collect(Collectors.joining("; ")) + ". "
					+ ((leader != null) ? "In charge is " + leader : "None of these is in charge")
					+ ". Compare SENTINEL MASTER " + this.masterName
					+ " at each; one that is wrong is put right by SENTINEL REMOVE and SENTINEL MONITOR.");
		}
	}

	private static String epoch(SentinelVote vote) {
		return (vote.epoch() != SentinelVote.UNKNOWN_EPOCH) ? " (epoch " + vote.epoch() + ")" : "";
	}

	/**
	 * A node that has never answered, although Sentinels do not take it for down, most
	 * likely announces an address that only servers can reach.
	 */
	private void reportUnreachable(Membership membership, Map<NodeAddress, NodeObservation> observations, long now) {
		List<NodeAddress> news = new ArrayList<>();
		Set<NodeAddress> watched = membership.watched();
		for (NodeAddress node : watched) {
			NodeObservation observation = observations.getOrDefault(node, NodeObservation.NONE);
			if (observation.status() != null || observation.reachability() != Reachability.SILENT || isDown(node)) {
				this.since.remove(node);
			}
			else if (hasLasted(node, now) && this.unreachable.add(node)) {
				news.add(node);
			}
		}
		this.unreachable.retainAll(watched);
		this.since.keySet().removeIf((key) -> key instanceof NodeAddress && !watched.contains(key));
		if (!news.isEmpty()) {
			logger.warn("Sentinels name " + join(news) + " for '" + this.masterName + "' and reach "
					+ ((news.size() == 1) ? "it" : "them")
					+ ", but this application does not: no reads go there. If the address is one of the servers' own "
					+ "network, let the node announce one that applications reach: replica-announce-ip and "
					+ "replica-announce-port in its configuration, or names, with sentinel resolve-hostnames yes and "
					+ "sentinel announce-hostnames yes.");
		}
	}

	private boolean isDown(NodeAddress node) {
		return this.watches.stream()
			.map(SentinelWatch::view)
			.filter(Objects::nonNull)
			.anyMatch((view) -> view.unreachable().contains(node));
	}

	private boolean hasLasted(Object what, long now) {
		return now - this.since.computeIfAbsent(what, (key) -> now) >= this.patience;
	}

	private String addresses(Predicate<SentinelWatch> filter) {
		return join(this.watches.stream().filter(filter).map(SentinelWatch::address).toList());
	}

	private static String join(List<NodeAddress> addresses) {
		return addresses.stream().map(NodeAddress::toString).collect(Collectors.joining(", "));
	}

}
