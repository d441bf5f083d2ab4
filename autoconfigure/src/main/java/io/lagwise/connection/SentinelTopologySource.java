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
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.SentinelElection;
import io.lagwise.replication.SentinelVote;
import io.lagwise.routing.SentinelReport;
import io.lettuce.core.RedisURI;
import org.jspecify.annotations.Nullable;

/**
 * What the Sentinels say. Every Sentinel is asked at intervals, and at once when it
 * announces another primary.
 */
final class SentinelTopologySource implements TopologySource {

	private final String masterName;

	private final List<SentinelWatch> watches;

	private final SentinelElection election;

	private final SentinelMembers members = new SentinelMembers();

	private final SentinelLog log;

	private UnaryOperator<NodeAddress> names = UnaryOperator.identity();

	private Membership membership = Membership.withoutPrimary(Set.of());

	SentinelTopologySource(String masterName, List<RedisURI> sentinels, NodeClient client, Duration refreshInterval,
			Runnable onChange) {
		this.masterName = masterName;
		this.watches = sentinels.stream()
			.map((uri) -> new SentinelWatch(uri, masterName, refreshInterval, client, onChange))
			.toList();
		this.election = new SentinelElection(this.watches.size());
		this.log = new SentinelLog(masterName, this.watches, SentinelWatch.validFor(refreshInterval));
	}

	@Override
	public void nameBy(UnaryOperator<NodeAddress> names) {
		this.names = names;
	}

	@Override
	public void refresh(long now) {
		this.watches.forEach((watch) -> watch.askIfDue(now));
	}

	@Override
	public void expire() {
		this.watches.forEach(SentinelWatch::expire);
	}

	@Override
	public Membership membership(Map<NodeAddress, NodeObservation> observations) {
		long now = System.nanoTime();
		List<SentinelVote> votes = this.watches.stream()
			.map(SentinelWatch::view)
			.filter(Objects::nonNull)
			.map((view) -> view.vote().named(this.names))
			.collect(Collectors.toCollection(ArrayList::new));
		if (!votes.isEmpty()) {
			boolean complete = this.watches.stream().noneMatch(SentinelWatch::isUndecided);
			NodeAddress elected = this.election.elect(votes, complete, this.members.nodes(), observations, now);
			this.membership = membership(elected, votes, observations, now);
		}
		this.log.report(this.election.leader(), this.membership, observations, now);
		return withOtherNames(this.membership);
	}

	/**
	 * Mention the names that Sentinels have for the members as well: whoever compares
	 * names has to go on doing so.
	 */
	private Membership withOtherNames(Membership membership) {
		Set<NodeAddress> nodes = new HashSet<>(membership.nodes());
		this.watches.stream()
			.map(SentinelWatch::view)
			.filter(Objects::nonNull)
			.flatMap((view) -> view.vote().nodes())
			.filter((name) -> membership.nodes().contains(this.names.apply(name)))
			.forEach(nodes::add);
		return new Membership(membership.primary(), nodes, membership.candidates());
	}

	/**
	 * Stay with the node in charge and its replicas until another one has confirmed that
	 * it is a primary.
	 */
	private Membership membership(@Nullable NodeAddress elected, Collection<SentinelVote> votes,
			Map<NodeAddress, NodeObservation> observations, long now) {
		NodeAddress primary = (this.election.leader() != null) ? this.election.leader() : elected;
		List<SentinelVote> own = votes.stream().filter((vote) -> vote.primary().equals(primary)).toList();
		Set<NodeAddress> candidates = votes.stream().map(SentinelVote::primary).collect(Collectors.toSet());
		Set<NodeAddress> nodes;
		if (primary == null) {
			nodes = new HashSet<>();
			votes.forEach((vote) -> nodes.addAll(Objects.requireNonNullElse(vote.replicas(), Set.of())));
		}
		else {
			nodes = own.isEmpty() ? this.members.nodes()
					: this.members.find(primary, own, observations.getOrDefault(primary, NodeObservation.NONE), now);
		}
		return new Membership(primary, nodes, candidates);
	}

	@Override
	public List<SentinelReport> sentinels() {
		return this.watches.stream().map(SentinelTopologySource::report).toList();
	}

	@Override
	public String describe() {
		return "the Sentinels " + this.watches.stream().map(SentinelWatch::address).toList() + " of '" + this.masterName
				+ "'";
	}

	private static SentinelReport report(SentinelWatch watch) {
		SentinelWatch.View view = watch.view();
		SentinelTrouble trouble = watch.trouble();
		return new SentinelReport(watch.address(), (view != null) ? view.vote().primary() : null,
				(trouble != null) ? trouble.words() : null);
	}

}
