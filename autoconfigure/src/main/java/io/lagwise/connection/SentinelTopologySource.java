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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.PrimaryElection;
import io.lettuce.core.RedisURI;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the Sentinels say. Every Sentinel is asked at intervals, and at once when any of
 * them announces a change.
 */
final class SentinelTopologySource implements TopologySource {

	private static final Log logger = LogFactory.getLog(SentinelTopologySource.class);

	private final String masterName;

	private final List<SentinelWatch> watches;

	private final Duration refreshInterval;

	private long refreshedAt;

	private volatile boolean refreshNow = true;

	private boolean answered;

	private boolean silenceReported;

	private final Set<Refusal> refusalsReported = new HashSet<>();

	private @Nullable NodeAddress primary;

	private Membership membership = Membership.withoutPrimary(Set.of());

	SentinelTopologySource(String masterName, List<RedisURI> sentinels, NodeClient client, Duration refreshInterval,
			Runnable onChange) {
		this.masterName = masterName;
		this.refreshInterval = refreshInterval;
		this.watches = sentinels.stream()
			.map((uri) -> new SentinelWatch(uri, masterName, refreshInterval.multipliedBy(5), client, () -> {
				expire();
				onChange.run();
			}, onChange))
			.toList();
	}

	@Override
	public void refresh(long now) {
		boolean due = now - this.refreshedAt >= this.refreshInterval.toNanos();
		if (due || this.refreshNow) {
			this.refreshNow = false;
			this.refreshedAt = now;
			this.watches.forEach((watch) -> watch.ask(now));
		}
	}

	@Override
	public void expire() {
		this.refreshNow = true;
	}

	@Override
	public Membership membership(Map<NodeAddress, NodeObservation> observations) {
		List<SentinelWatch.View> views = this.watches.stream()
			.map(SentinelWatch::view)
			.filter(Objects::nonNull)
			.collect(Collectors.toCollection(ArrayList::new));
		if (views.isEmpty()) {
			reportSilence();
			return this.membership;
		}
		this.answered = true;
		this.silenceReported = false;
		reportRefusals();
		NodeAddress primary = PrimaryElection.byVotes(views.stream().map(SentinelWatch.View::vote).toList(),
				this.primary);
		this.primary = primary;
		Set<NodeAddress> nodes = views.stream()
			.filter((view) -> view.vote().primary().equals(primary))
			.flatMap((view) -> view.replicas().stream())
			.collect(Collectors.toCollection(() -> new TreeSet<>(NodeAddress.ORDER)));
		this.membership = new Membership(primary, nodes);
		return this.membership;
	}

	@Override
	public String describe() {
		return "the Sentinels " + addresses() + " of '" + this.masterName + "'";
	}

	private void reportRefusals() {
		Map<Refusal, List<String>> refusals = new HashMap<>();
		for (SentinelWatch watch : this.watches) {
			Refusal refusal = watch.refusal();
			if (refusal != null && !this.refusalsReported.contains(refusal)) {
				refusals.computeIfAbsent(refusal, (key) -> new ArrayList<>()).add(watch.address());
			}
		}
		this.refusalsReported.addAll(refusals.keySet());
		refusals.forEach((refusal, sentinels) -> logger
			.warn("What is asked of the Sentinels is refused by " + String.join(", ", sentinels) + " ("
					+ refusal.words() + "): a failover may be noticed later. " + advice(refusal.kind())));
	}

	private void reportSilence() {
		if (this.silenceReported || this.watches.stream().anyMatch(SentinelWatch::isUndecided)) {
			return;
		}
		this.silenceReported = true;
		String failures = this.watches.stream().map(SentinelWatch::describeFailure).collect(Collectors.joining(", "));
		logger.warn("No Sentinel names the primary of '" + this.masterName + "': " + failures + ". "
				+ (this.answered ? "The nodes known so far stay in use."
						: "Reads and writes go where Lettuce connects by itself until one does. " + advice()));
	}

	private String advice() {
		return this.watches.stream()
			.map(SentinelWatch::refusal)
			.filter(Objects::nonNull)
			.findFirst()
			.map((refusal) -> advice(refusal.kind()))
			.orElse("Check spring.data.redis.sentinel.nodes and spring.data.redis.sentinel.master.");
	}

	private static String advice(Refusal.Kind kind) {
		return (kind == Refusal.Kind.ENCRYPTION)
				? "Check spring.data.redis.ssl.bundle, and whether the certificate names the address."
				: "Check spring.data.redis.sentinel.username and spring.data.redis.sentinel.password, "
						+ "and what that user may do.";
	}

	private List<String> addresses() {
		return this.watches.stream().map(SentinelWatch::address).toList();
	}

}
