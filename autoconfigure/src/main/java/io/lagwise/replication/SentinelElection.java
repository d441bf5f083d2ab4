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

package io.lagwise.replication;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.lagwise.replication.NodeObservation.Reachability;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the nodes that Sentinels name is in charge, also where they disagree.
 * Used by one thread.
 * <p>
 * The vote with the highest epoch is the newest, and among equals the majority decides.
 * Votes are hearsay, though: one Sentinel may have been restored from an old file or may
 * watch another Redis under the same name. Three things are therefore asked of a node
 * before it takes over.
 * <ul>
 * <li>It says itself that it is a primary. One that does not is waited for, but not for
 * ever: after {@link PrimaryElection#PATIENCE} a node may be preferred that says so, is
 * named by as many Sentinels and followed by as many nodes, and has more of either.</li>
 * <li>It belongs here: two Sentinels name it, or its history continues one that is known,
 * or nodes follow it that are known. Otherwise one Sentinel does not suffice while others
 * say something else or another node has been in charge.</li>
 * <li>It is not what the one in charge has left behind: a node in charge is never given
 * up for one of an older epoch, nor for one on a history that its own continues.</li>
 * </ul>
 */
public final class SentinelElection {

	/**
	 * How long to wait at the start for Sentinels that have not been heard of, unless the
	 * majority agrees already.
	 */
	static final Duration FIRST_VOTES = Duration.ofMillis(500);

	private static final int HISTORIES = 8;

	private final int sentinels;

	private final Map<NodeAddress, Long> unconfirmedSince = new HashMap<>();

	private final Deque<String> formerHistories = new ArrayDeque<>();

	private @Nullable String history;

	private @Nullable NodeAddress leader;

	private @Nullable Long firstVoteAt;

	/**
	 * Create an election.
	 * @param sentinels how many Sentinels there are, whether they answer or not
	 */
	public SentinelElection(int sentinels) {
		this.sentinels = sentinels;
	}

	/**
	 * Return the node in charge: the last one that was elected and has said itself that
	 * it is a primary.
	 * @return the node, or {@code null} while there is none
	 */
	public @Nullable NodeAddress leader() {
		return this.leader;
	}

	/**
	 * Find the node that is to be in charge.
	 * @param votes what each Sentinel says
	 * @param complete whether every Sentinel has answered or failed
	 * @param members the nodes that are known to belong together
	 * @param observations what the nodes say of themselves
	 * @param now the time in nanoseconds of the process's monotonic clock
	 * @return the node, which may still have to confirm, or {@code null} if it cannot be
	 * told yet
	 */
	public @Nullable NodeAddress elect(Collection<SentinelVote> votes, boolean complete, Set<NodeAddress> members,
			Map<NodeAddress, NodeObservation> observations, long now) {
		learn(observations);
		List<Candidate> candidates = candidates(votes, members, observations, now);
		if (candidates.isEmpty()) {
			return this.leader;
		}
		if (this.leader == null && !isReady(candidates, complete, now)) {
			return null;
		}
		Candidate elected = elect(candidates, now);
		if (elected == null) {
			return this.leader;
		}
		if (elected.claims() && !elected.address().equals(this.leader)) {
			this.leader = elected.address();
			learn(observations);
		}
		return elected.address();
	}

	private @Nullable Candidate elect(List<Candidate> candidates, long now) {
		Candidate first = null;
		for (Candidate candidate : candidates) {
			if (candidate.claims()) {
				if (candidate.trusted() && (first == null || outweighs(candidate, first))) {
					return candidate;
				}
			}
			else if (first == null) {
				first = candidate;
				if (isPending(candidate, now)) {
					return candidate;
				}
			}
		}
		return (this.leader != null) ? first : leastDoubtful(candidates, first);
	}

	/**
	 * With nothing to go by but votes: whoever says that it is a primary, unless more
	 * Sentinels name another.
	 */
	private static Candidate leastDoubtful(List<Candidate> candidates, @Nullable Candidate silent) {
		return candidates.stream()
			.filter(Candidate::claims)
			.filter((candidate) -> silent == null || candidate.voices() >= silent.voices())
			.max(Comparator.comparingInt(Candidate::voices)
				.thenComparing((candidate) -> candidate.followers() > 0)
				.thenComparing(candidates::indexOf, Comparator.reverseOrder()))
			.orElseGet(() -> (silent != null) ? silent : candidates.get(0));
	}

	private boolean isReady(List<Candidate> candidates, boolean complete, long now) {
		if (this.firstVoteAt == null) {
			this.firstVoteAt = now;
		}
		Candidate best = candidates.get(0);
		if (best.voices() * 2 > this.sentinels && (candidates.size() == 1 || best.claims())) {
			return true;
		}
		if (!complete && now - this.firstVoteAt < FIRST_VOTES.toNanos()) {
			return false;
		}
		return candidates.size() == 1 || candidates.stream()
			.noneMatch((candidate) -> candidate.reachability() == Reachability.UNKNOWN && isPending(candidate, now));
	}

	private boolean isPending(Candidate candidate, long now) {
		Long since = this.unconfirmedSince.get(candidate.address());
		return since != null && now - since < PrimaryElection.PATIENCE.toNanos()
				&& (candidate.reachability() == Reachability.UNKNOWN
						|| candidate.reachability() == Reachability.SILENT);
	}

	private boolean outweighs(Candidate candidate, Candidate first) {
		if (candidate.leftBehind() || (first.address().equals(this.leader) && candidate.epoch() < first.epoch())) {
			return false;
		}
		return candidate.voices() >= first.voices() && candidate.followers() >= first.followers()
				&& (candidate.voices() > first.voices() || candidate.followers() > first.followers());
	}

	/**
	 * Note which histories the node in charge has continued.
	 */
	private void learn(Map<NodeAddress, NodeObservation> observations) {
		ReplicationStatus status = (this.leader != null) ? claim(observations.get(this.leader)) : null;
		if (status != null && !status.replicationId().equals(this.history)) {
			leaveBehind(this.history);
			leaveBehind(status.formerReplicationId());
			this.history = status.replicationId();
			this.formerHistories.remove(this.history);
		}
	}

	private void leaveBehind(@Nullable String history) {
		if (history != null && !this.formerHistories.contains(history)) {
			this.formerHistories.addLast(history);
			if (this.formerHistories.size() > HISTORIES) {
				this.formerHistories.removeFirst();
			}
		}
	}

	private List<Candidate> candidates(Collection<SentinelVote> votes, Set<NodeAddress> members,
			Map<NodeAddress, NodeObservation> observations, long now) {
		boolean comparable = votes.stream().allMatch(SentinelVote::hasEpoch);
		List<Candidate> candidates = new ArrayList<>();
		votes.stream()
			.map(SentinelVote::primary)
			.distinct()
			.forEach((address) -> candidates.add(candidate(address, votes, comparable, members, observations, now)));
		this.unconfirmedSince.keySet().retainAll(candidates.stream().map(Candidate::address).toList());
		candidates.forEach((candidate) -> {
			if (candidate.claims()) {
				this.unconfirmedSince.remove(candidate.address());
			}
			else {
				this.unconfirmedSince.putIfAbsent(candidate.address(), now);
			}
		});
		candidates.sort(Comparator.comparingLong(Candidate::epoch)
			.thenComparingLong(Candidate::voicesOfEpoch)
			.thenComparingInt((candidate) -> standing(candidate, observations, now))
			.thenComparing(Candidate::address, NodeAddress.ORDER)
			.reversed());
		return candidates;
	}

	private Candidate candidate(NodeAddress address, Collection<SentinelVote> votes, boolean comparable,
			Set<NodeAddress> members, Map<NodeAddress, NodeObservation> observations, long now) {
		List<SentinelVote> own = votes.stream().filter((vote) -> vote.primary().equals(address)).toList();
		long epoch = comparable ? own.stream().mapToLong(SentinelVote::epoch).max().orElse(0) : 0;
		long ofEpoch = own.stream().filter((vote) -> !comparable || vote.epoch() == epoch).count();
		NodeObservation observation = observations.getOrDefault(address, NodeObservation.NONE);
		ReplicationStatus status = claim(observation);
		Set<NodeAddress> followers = followers(address, status, observations);
		boolean known = address
			.equals(this.leader) || own.size() > 1 || isRelated(address, status, observations) || followers.stream()
				.anyMatch((follower) -> members.contains(follower)
						|| votes.stream().anyMatch((vote) -> !vote.primary().equals(address) && vote.names(follower)));
		boolean uncontested = (this.leader != null) ? this.sentinels == 1 && isGone(observations, now)
				: own.size() == votes.size();
		return new Candidate(address, epoch, ofEpoch, own.size(), status != null, observation.reachability(),
				followers.size(), known || uncontested,
				status != null && this.formerHistories.contains(status.replicationId()));
	}

	/**
	 * Return whether what a node holds goes back to what others hold, or the node in
	 * charge held.
	 */
	private boolean isRelated(NodeAddress address, @Nullable ReplicationStatus status,
			Map<NodeAddress, NodeObservation> observations) {
		if (status == null) {
			return false;
		}
		Set<String> histories = new HashSet<>(this.formerHistories);
		if (this.history != null) {
			histories.add(this.history);
		}
		observations.forEach((other, observation) -> {
			ReplicationStatus its = observation.status();
			if (!other.equals(address) && its != null && !address.equals(its.upstream())) {
				histories.add(its.replicationId());
			}
		});
		return histories.contains(status.replicationId())
				|| (status.formerReplicationId() != null && histories.contains(status.formerReplicationId()));
	}

	private static Set<NodeAddress> followers(NodeAddress address, @Nullable ReplicationStatus status,
			Map<NodeAddress, NodeObservation> observations) {
		Set<NodeAddress> followers = new HashSet<>();
		observations.forEach((other, observation) -> {
			ReplicationStatus its = observation.status();
			if (observation.reachability() == Reachability.ANSWERS && its != null && its.link() == LinkStatus.UP
					&& address.equals(its.upstream())) {
				followers.add(other);
			}
		});
		if (status != null) {
			followers.addAll(status.attachedReplicas());
		}
		return followers;
	}

	/**
	 * Where neither epoch nor number of votes decides: the node in charge stays unless it
	 * is gone; otherwise whoever says that it is a primary, rather with followers.
	 */
	private int standing(Candidate candidate, Map<NodeAddress, NodeObservation> observations, long now) {
		if (candidate.address().equals(this.leader)) {
			return isGone(observations, now) ? 1 : 4;
		}
		if (!candidate.claims() || candidate.leftBehind()) {
			return 0;
		}
		return (candidate.followers() > 0) ? 3 : 2;
	}

	/**
	 * Return whether the node in charge has stopped to be a primary, or has been silent
	 * for so long that it is no pause.
	 */
	private boolean isGone(Map<NodeAddress, NodeObservation> observations, long now) {
		NodeObservation observation = observations.getOrDefault(Objects.requireNonNull(this.leader),
				NodeObservation.NONE);
		if (observation.claimsPrimary()) {
			return false;
		}
		return observation.reachability() == Reachability.ANSWERS
				|| now - observation.answeredAt() >= PrimaryElection.PATIENCE.toNanos();
	}

	private static @Nullable ReplicationStatus claim(@Nullable NodeObservation observation) {
		return (observation != null && observation.claimsPrimary()) ? observation.status() : null;
	}

	/**
	 * A node that is named.
	 *
	 * @param address the node
	 * @param epoch the highest epoch under which it is named, zero where epochs cannot be
	 * compared
	 * @param voicesOfEpoch how many Sentinels name it under that epoch
	 * @param voices how many Sentinels name it
	 * @param claims whether it answers that it is a primary
	 * @param reachability how it takes questions
	 * @param followers how many nodes follow it
	 * @param trusted whether it belongs here
	 * @param leftBehind whether it holds a history that the node in charge has continued
	 */
	private record Candidate(NodeAddress address, long epoch, long voicesOfEpoch, int voices, boolean claims,
			Reachability reachability, int followers, boolean trusted, boolean leftBehind) {

	}

}
