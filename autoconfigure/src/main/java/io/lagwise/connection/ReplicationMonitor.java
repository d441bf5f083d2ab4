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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyAssessment;
import io.lagwise.routing.ReadRouter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Watches every node of one replicated Redis and tells the router which replicas may
 * serve reads.
 * <p>
 * One thread per connection factory does all the work and never waits for a server: it
 * sends questions, and answers wake it. Each question is asked on a connection of the
 * monitor's own, at most one per node at a time.
 */
final class ReplicationMonitor implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(ReplicationMonitor.class);

	/**
	 * How long the first look at the nodes may take.
	 */
	private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

	private final TopologySource source;

	private final NodeClient client;

	private final ReadRouter router;

	private final PrimaryClient primaryClient;

	private final Duration interval;

	private final ScheduledThreadPoolExecutor executor;

	private final AtomicBoolean assessmentPending = new AtomicBoolean();

	private final CompletableFuture<NodeAddress> firstPrimary = new CompletableFuture<>();

	private final CompletableFuture<Void> firstLook = new CompletableFuture<>();

	// the maps below belong to the monitor's thread
	private final Map<NodeAddress, NodeProbe> probes = new LinkedHashMap<>();

	private final Map<NodeAddress, ReplicaReads> reads = new LinkedHashMap<>();

	private final List<ReplicaReads> retired = new ArrayList<>();

	private @Nullable NodeAddress primary;

	private boolean absenceReported;

	private boolean refusalReported;

	private volatile long primaryProvenAt = System.nanoTime();

	private volatile List<NodeAddress> routed = List.of();

	private volatile ReplicationTopology topology = ReplicationTopology.UNKNOWN;

	ReplicationMonitor(TopologySourceFactory sourceFactory, NodeClient client, PrimaryClient primaryClient,
			ReadRouter router, Duration interval) {
		this.client = client;
		this.primaryClient = primaryClient;
		this.router = router;
		this.interval = interval;
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "lagwise-monitor");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.source = sourceFactory.create(this::assessSoon);
	}

	/**
	 * Call an action at intervals, on the monitor's thread.
	 */
	void every(Duration interval, Runnable action) {
		this.executor.scheduleWithFixedDelay(guarded(action), interval.toNanos(), interval.toNanos(),
				TimeUnit.NANOSECONDS);
	}

	void start() {
		this.executor.schedule(() -> this.firstLook.complete(null), FIRST_LOOK.toNanos(), TimeUnit.NANOSECONDS);
		this.executor.scheduleWithFixedDelay(guarded(this::tick), 0, this.interval.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Return the newest topology.
	 */
	ReplicationTopology topology() {
		return this.topology;
	}

	/**
	 * Return when the primary in charge has last said that it is one, or became the one
	 * in charge, in nanoseconds of the monotonic clock.
	 */
	long primaryProvenAt() {
		return this.primaryProvenAt;
	}

	/**
	 * Ask everybody at once: something has shown that the nodes are not as they seemed.
	 */
	void refreshSoon() {
		this.source.expire();
		assessSoon();
	}

	/**
	 * Return the replicas that reads go to now.
	 */
	List<NodeAddress> readableReplicas() {
		return this.routed;
	}

	/**
	 * Return the first primary that is found.
	 */
	CompletableFuture<NodeAddress> firstPrimary() {
		return this.firstPrimary;
	}

	/**
	 * Return a future that completes when every node has been judged for the first time
	 * and the replicas that are fit are connected, or when that takes too long.
	 */
	CompletableFuture<Void> firstLook() {
		return this.firstLook;
	}

	/**
	 * Describe where the nodes come from, for messages.
	 */
	String describeSource() {
		return this.source.describe();
	}

	/**
	 * Stop watching and sending reads. The connections are closed with their client.
	 */
	@Override
	public void close() {
		this.executor.shutdown();
		try {
			this.executor.awaitTermination(2, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.router.update(List.of());
		this.firstPrimary.cancel(false);
		this.firstLook.complete(null);
	}

	private void tick() {
		this.source.refresh(System.nanoTime());
		assess();
		this.primaryClient.closeStrays();
		this.probes.values().forEach(NodeProbe::ask);
	}

	/**
	 * Keep an action going: a scheduled one that throws is never run again.
	 */
	private static Runnable guarded(Runnable action) {
		return () -> {
			try {
				action.run();
			}
			catch (RuntimeException ex) {
				logger.error("Replication monitor failed; it goes on with the next interval", ex);
			}
		};
	}

	private void assessSoon() {
		if (this.assessmentPending.compareAndSet(false, true)) {
			try {
				this.executor.execute(guarded(() -> {
					this.assessmentPending.set(false);
					tick();
				}));
			}
			catch (RejectedExecutionException ex) {
				logger.trace("Replication monitor is closed", ex);
			}
		}
	}

	private void assess() {
		Map<NodeAddress, NodeObservation> observations = new HashMap<>();
		this.probes.forEach((address, probe) -> observations.put(address, probe.observation()));
		Membership named = this.source.membership(observations);
		admit(named);
		noteProof(observations);
		Membership confirmed = new Membership(confirm(named.primary(), observations), named.nodes());
		ReplicationTopology topology = TopologyAssessment.assess(confirmed, observations);
		boolean changed = !topology.equals(this.topology);
		this.topology = topology;
		route(topology);
		if (changed) {
			report(topology);
		}
	}

	/**
	 * Watch the nodes that belong to the topology, and no others.
	 */
	private void admit(Membership membership) {
		for (NodeAddress node : membership.nodes()) {
			if (!this.probes.containsKey(node)) {
				NodeProbe probe = new NodeProbe(node, this.client, this::assessSoon, System::nanoTime);
				this.probes.put(node, probe);
				probe.ask();
			}
		}
		for (Iterator<NodeProbe> it = this.probes.values().iterator(); it.hasNext();) {
			NodeProbe probe = it.next();
			if (!membership.nodes().contains(probe.address())) {
				it.remove();
				probe.close();
				retire(this.reads.remove(probe.address()));
			}
		}
	}

	/**
	 * Follow a primary only once the node itself says that it is one.
	 */
	private @Nullable NodeAddress confirm(@Nullable NodeAddress named, Map<NodeAddress, NodeObservation> observations) {
		if (named != null && !named.equals(this.primary)
				&& observations.getOrDefault(named, NodeObservation.NONE).claimsPrimary()) {
			this.primary = named;
			this.primaryClient.follow(named);
			this.primaryProvenAt = System.nanoTime();
			this.firstPrimary.complete(named);
		}
		return this.primary;
	}

	private void noteProof(Map<NodeAddress, NodeObservation> observations) {
		NodeObservation observation = (this.primary != null) ? observations.get(this.primary) : null;
		if (observation != null && observation.claimsPrimary()) {
			this.primaryProvenAt = observation.answeredAt();
		}
	}

	private void route(ReplicationTopology topology) {
		long now = System.nanoTime();
		List<NodeAddress> online = topology.onlineReplicas().stream().map((node) -> node.address()).toList();
		for (NodeAddress node : online) {
			NodeProbe probe = Objects.requireNonNull(this.probes.get(node));
			this.reads.computeIfAbsent(node, (address) -> new ReplicaReads(probe, this.client, this::assessSoon))
				.ensureOpen(now);
		}
		List<ReplicaReads> open = online.stream().map(this.reads::get).filter(ReplicaReads::isOpen).toList();
		List<NodeAddress> addresses = open.stream().map(ReplicaReads::address).toList();
		this.reads.values().forEach((replica) -> replica.setRouted(open.contains(replica)));
		if (!addresses.equals(this.routed)) {
			this.routed = addresses;
			this.router.update(open);
		}
		this.retired.removeIf((reads) -> reads.closeIfIdle(now));
		if (!this.firstLook.isDone() && topology.isJudged() && open.size() == online.size()) {
			this.firstLook.complete(null);
		}
	}

	/**
	 * Let a node that has left answer the reads that it still owes.
	 */
	private void retire(@Nullable ReplicaReads reads) {
		if (reads != null) {
			reads.setRouted(false);
			this.retired.add(reads);
		}
	}

	private void report(ReplicationTopology topology) {
		if (!this.refusalReported
				&& this.probes.values().stream().anyMatch((probe) -> probe.observation().isRefused())) {
			this.refusalReported = true;
			logger.warn("A node refuses INFO, without which no replica can be judged: the primary serves every read "
					+ "until it is granted. With an ACL, add +info to the user of the application on every node");
		}
		// nodes that are about to be heard of would make a line each
		if (!topology.isJudged()) {
			return;
		}
		logger.info("Redis topology from " + this.source.describe() + ": " + topology);
		if (topology.replicas().isEmpty() && !this.absenceReported) {
			this.absenceReported = true;
			logger.info("No replica is known: the primary serves every read");
		}
	}

	/**
	 * Creates a source that runs a callback whenever it learns something.
	 */
	@FunctionalInterface
	interface TopologySourceFactory {

		TopologySource create(Runnable onChange);

	}

}
