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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import io.lagwise.consistency.PeerProofs;
import io.lagwise.consistency.Succession;
import io.lagwise.replication.Attendance;
import io.lagwise.replication.Membership;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeIdentities;
import io.lagwise.replication.NodeObservation;
import io.lagwise.replication.NodeRole;
import io.lagwise.replication.NodeState;
import io.lagwise.replication.ReplicationStatus;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.replication.TopologyAssessment;
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.NodeReport;
import io.lagwise.routing.ReadRouter;
import io.lagwise.routing.ReplicationReport;
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
final class ReplicationMonitor implements KnownNodes, AutoCloseable {

	private static final Log logger = LogFactory.getLog(ReplicationMonitor.class);

	/**
	 * How long the first look at the nodes may take.
	 */
	private static final Duration FIRST_LOOK = Duration.ofSeconds(1);

	/**
	 * How much later than it should a look at the nodes may come for what it finds to be
	 * held against them: after a pause of this process the answers are still in its
	 * sockets.
	 */
	private static final long LATE = Duration.ofMillis(100).toNanos();

	/**
	 * How long a write may take to end that nobody keeps track of, because it was sent
	 * just when the first replica was found.
	 */
	private static final long UNTRACKED = Duration.ofSeconds(1).toNanos();

	/**
	 * How often failures are logged: a task that fails may do so at each interval.
	 */
	private static final long REPORT_INTERVAL = Duration.ofMinutes(1).toNanos();

	/**
	 * How much earlier than the replicas the primary is asked.
	 */
	private static final long HEAD_START = Duration.ofMillis(2).toNanos();

	/**
	 * How often everybody is asked while somebody looks for another primary.
	 */
	private static final long SEARCH_INTERVAL = Duration.ofMillis(100).toNanos();

	private final TopologySource source;

	private final NodeClient client;

	private final ReadRouter router;

	private final PrimaryClient primaryClient;

	private final ReplicaReadOptions options;

	private final Patience patience;

	private final ScheduledThreadPoolExecutor executor;

	/**
	 * Runs what may be, or lead to, users' code.
	 */
	private final Executor callbacks;

	private final OrderedTasks updates;

	private final AtomicBoolean assessmentPending = new AtomicBoolean();

	private final AtomicBoolean questionPending = new AtomicBoolean();

	private final CompletableFuture<NodeAddress> firstPrimary = new CompletableFuture<>();

	private final CompletableFuture<Void> firstLook = new CompletableFuture<>();

	// changed by the monitor's thread only
	private final Map<NodeAddress, NodeProbe> probes = new ConcurrentHashMap<>();

	private final Map<NodeAddress, ReplicaReads> reads = new ConcurrentHashMap<>();

	private final List<ReplicaReads> retired = new ArrayList<>();

	private final NodeIdentities identities;

	private final Attendance attendance = new Attendance();

	private final Watermarks watermarks;

	private final PrimaryWatch primaryWatch;

	private final WriteLedger ledger;

	private final PeerProofs peers;

	private Set<NodeAddress> members = Set.of();

	private Set<NodeAddress> watched = Set.of();

	private @Nullable NodeAddress primary;

	private final RefusalLog refusals;

	private final SilenceLog silence = new SilenceLog();

	private final UnmatchedNodes unmatched;

	private final TopologyNews news;

	private long lookedAt = System.nanoTime();

	// may lose a race, of which a line too many comes
	private volatile long failureReportedAt;

	private volatile long primaryProvenAt = System.nanoTime();

	/**
	 * The replicas of which the router is told, or will be at once.
	 */
	private volatile @Nullable List<NodeAddress> announced = List.of();

	private volatile List<NodeAddress> routed = List.of();

	private volatile ReplicationTopology topology = ReplicationTopology.UNKNOWN;

	/**
	 * Whether there has been a replica.
	 */
	private volatile boolean replicated;

	/**
	 * Create a monitor.
	 * @param strays closes connections that lead to a former primary and tells whether
	 * any are left
	 * @param news is told what changes
	 * @param callbacks runs what may be users' code
	 */
	ReplicationMonitor(TopologySourceFactory sourceFactory, NodeClient client, PrimaryClient primaryClient,
			BooleanSupplier strays, ReadRouter router, ReplicaReadOptions options, Patience patience,
			PrimaryWatch primaryWatch, WriteLedger ledger, PeerProofs peers, TopologyNews news, Executor callbacks) {
		this.callbacks = callbacks;
		this.updates = new OrderedTasks("updates of the routes", callbacks);
		this.patience = patience;
		this.primaryWatch = primaryWatch;
		this.peers = peers;
		this.ledger = ledger;
		this.client = client;
		this.primaryClient = primaryClient;
		this.router = router;
		this.options = options;
		this.refusals = new RefusalLog(options.nodeCredentials());
		this.news = news;
		this.unmatched = UnmatchedNodes.of(options);
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "lagwise-monitor");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.source = sourceFactory.create(this::assessSoon);
		this.identities = new NodeIdentities(this.source.configured());
		this.source.nameBy(this.identities::kept);
		this.watermarks = new Watermarks(this.identities);
		primaryWatch.connect(strays, this::askPrimarySoon, this::historyEnded);
		primaryWatch.searchWith(this::searchPrimary);
	}

	/**
	 * Call an action at intervals, on the monitor's thread.
	 */
	void every(Duration interval, Runnable action) {
		this.executor.scheduleWithFixedDelay(guarded(action), interval.toNanos(), interval.toNanos(),
				TimeUnit.NANOSECONDS);
	}

	void start() {
		// whatever the load balancer does
		this.executor.schedule(() -> this.callbacks.execute(() -> this.firstLook.complete(null)), FIRST_LOOK.toNanos(),
				TimeUnit.NANOSECONDS);
		this.executor.scheduleWithFixedDelay(guarded(this::tick), 0, this.options.monitorInterval().toNanos(),
				TimeUnit.NANOSECONDS);
	}

	@Override
	public ReplicationTopology topology() {
		return this.topology;
	}

	@Override
	public @Nullable NodeAddress primaryAddress() {
		return this.topology.primaryAddress().orElseGet(this.primaryClient::connectedTo);
	}

	@Override
	public boolean isPrimaryAliveSince(long instant) {
		NodeProbe probe = this.topology.primaryAddress().map(this.probes::get).orElse(null);
		return probe != null && probe.isAliveSince(instant);
	}

	Watermarks watermarks() {
		return this.watermarks;
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
	 * Ask everybody at once, because there may be another primary.
	 * @return what is done when that may have been found
	 */
	private CompletableFuture<Void> searchPrimary() {
		CompletableFuture<Void> done = new CompletableFuture<>();
		refreshSoon();
		onMonitorThread(() -> this.callbacks.execute(() -> done.complete(null)), SEARCH_INTERVAL);
		return done;
	}

	/**
	 * Keep idle connections open. Called at intervals.
	 */
	void keepAlive() {
		long now = System.nanoTime();
		this.probes.values().forEach((probe) -> probe.keepAlive(now));
		this.reads.values().forEach((reads) -> reads.keepAlive(now));
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

	@Override
	public CompletableFuture<Void> firstLook() {
		return this.firstLook;
	}

	@Override
	public boolean isAlone() {
		return !this.replicated && this.firstLook.isDone();
	}

	@Override
	public String describe(@Nullable ReadDemand demand) {
		return this.topology.describe((replica) -> {
			ReplicaReads reads = this.reads.get(replica);
			return (reads != null) ? reads.obstacle(demand) : null;
		});
	}

	/**
	 * Return what is known of every node.
	 */
	ReplicationReport report() {
		ReplicationTopology topology = this.topology;
		List<NodeReport> nodes = new ArrayList<>();
		NodeReports reports = new NodeReports(topology, this.probes, this.reads, this.watermarks);
		if (topology.primary() != null) {
			nodes.add(reports.of(topology.primary()));
		}
		topology.replicas().forEach((replica) -> nodes.add(reports.of(replica)));
		return new ReplicationReport(this.source.describe(), nodes, this.source.sentinels());
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
		this.updates.offer(() -> this.router.update(List.of()));
		this.options.nodeGuards().retain(List.of());
		this.firstPrimary.cancel(false);
		this.firstLook.complete(null);
	}

	private void tick() {
		long now = System.nanoTime();
		boolean late = now - this.lookedAt > this.options.monitorInterval().toNanos() + LATE;
		this.lookedAt = now;
		this.source.refresh(now);
		if (!late) {
			this.probes.values().forEach((probe) -> probe.judgeSilence(now));
		}
		assess(late);
		ask();
	}

	// after the router knows; reads that wait for the first look go on where it is told
	// of
	private void lookedAtFirst() {
		this.updates.offer(() -> this.callbacks.execute(() -> this.firstLook.complete(null)));
	}

	/**
	 * One question is enough for all who want an answer before it is sent.
	 */
	private void askPrimarySoon() {
		if (this.questionPending.compareAndSet(false, true)) {
			onMonitorThread(() -> {
				this.questionPending.set(false);
				NodeProbe primary = (this.primary != null) ? this.probes.get(this.primary) : null;
				if (primary != null) {
					primary.ask();
				}
			}, 0);
		}
	}

	/**
	 * Ask the primary first: what it has written by then can be compared with what the
	 * replicas have applied a moment later, not only with what they tell the next time.
	 */
	private void ask() {
		NodeProbe primary = (this.primary != null) ? this.probes.get(this.primary) : null;
		if (primary == null) {
			this.probes.values().forEach(NodeProbe::ask);
			return;
		}
		primary.ask();
		long headStart = Math.min(HEAD_START, this.options.monitorInterval().toNanos() / 4);
		onMonitorThread(() -> this.probes.values().stream().filter((probe) -> probe != primary).forEach(NodeProbe::ask),
				headStart);
	}

	/**
	 * Keep an action going: a scheduled one that throws is never run again.
	 */
	private Runnable guarded(Runnable action) {
		return () -> {
			try {
				action.run();
			}
			catch (Throwable ex) {
				report(ex);
			}
		};
	}

	private void report(Throwable failure) {
		try {
			long now = System.nanoTime();
			if (this.failureReportedAt == 0 || now - this.failureReportedAt > REPORT_INTERVAL) {
				this.failureReportedAt = now;
				logger
					.error("Replication monitor failed; it goes on with the next interval. Further failures are logged "
							+ "once a minute, and all at DEBUG", failure);
			}
			else {
				logger.debug("Replication monitor failed", failure);
			}
		}
		catch (Throwable ex) {
			// nothing can be said any more, for want of memory for example
		}
	}

	private void assessSoon() {
		if (this.assessmentPending.compareAndSet(false, true)) {
			onMonitorThread(() -> {
				this.assessmentPending.set(false);
				tick();
			}, 0);
		}
	}

	private void assess(boolean late) {
		Map<NodeAddress, NodeObservation> all = new HashMap<>();
		this.probes.forEach((address, probe) -> all.put(address, probe.observation()));
		this.identities.learn(this.members, this.primary, all);
		Map<NodeAddress, NodeObservation> observations = this.identities.named(this.watched, all);
		Membership named = this.identities.named(this.source.membership(observations));
		this.members = named.nodes();
		this.watched = named.watched();
		admit();
		noteProof(observations);
		Membership confirmed = new Membership(confirm(named.primary(), observations), named.nodes());
		ReplicationTopology topology = this.attendance.take(TopologyAssessment.assess(confirmed, observations),
				observations, System.nanoTime());
		boolean changed = !topology.equals(this.topology);
		if (topology.isReplicated() && !this.replicated) {
			boolean tracked = !isAlone();
			this.replicated = true;
			if (!tracked) {
				// some writes may have been on their way to their connection just now
				this.ledger.wroteAnything(System.nanoTime() + UNTRACKED);
				this.primaryClient.trackWrites();
			}
		}
		this.topology = topology;
		route(topology, observations);
		if (!late) {
			judge(topology);
		}
		if (changed) {
			this.news.changed(this.source.describe(), topology);
		}
		this.news.remind();
		List<NodeProbe> probes = this.members.stream().map(this.probes::get).filter(Objects::nonNull).toList();
		this.refusals.report(probes);
		this.silence.report(this.source, this.primary, probes);
		this.unmatched.report(topology, System.nanoTime());
	}

	/**
	 * Watch the nodes that belong to the topology or may do so, and no others but those
	 * that may be the same under another name.
	 */
	private void admit() {
		Set<NodeAddress> watched = new HashSet<>(this.watched);
		watched.addAll(this.identities.inQuestion());
		for (NodeAddress node : watched) {
			if (!this.probes.containsKey(node)) {
				NodeProbe probe = new NodeProbe(node, this.client, this.options.attemptTimeout(), new Answers(),
						this::assessSoon, System::nanoTime);
				this.probes.put(node, probe);
				probe.ask();
			}
		}
		for (Iterator<NodeProbe> it = this.probes.values().iterator(); it.hasNext();) {
			NodeProbe probe = it.next();
			if (!watched.contains(probe.address())) {
				it.remove();
				probe.close();
				retire(this.reads.remove(probe.address()));
				this.options.nodeGuards().retain(this.probes.keySet());
				this.watermarks.retain(this.probes.keySet());
			}
		}
	}

	private void answered(NodeAddress node, int connection, long sentAt, long answeredAt, ReplicationStatus status) {
		this.watermarks.answered(node, sentAt, status);
		NodeProbe probe = this.probes.get(node);
		String process = (probe != null) ? probe.runId(connection) : null;
		if (process != null) {
			this.peers.answered(process, sentAt, status);
		}
		if (node.equals(this.watermarks.primary()) && status.role() == NodeRole.PRIMARY) {
			this.primaryWatch.answered(connection, sentAt, answeredAt, status);
		}
	}

	/**
	 * After the news of the primary.
	 */
	private void historyEnded(Succession succession) {
		onMonitorThread(() -> this.news.succeeded(succession, Objects.requireNonNull(this.primary), this.topology), 0);
	}

	private void onMonitorThread(Runnable action, long delay) {
		try {
			this.executor.schedule(guarded(action), delay, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.trace("Replication monitor is closed", ex);
		}
	}

	/**
	 * Follow a primary only once the node itself says that it is one.
	 */
	private @Nullable NodeAddress confirm(@Nullable NodeAddress named, Map<NodeAddress, NodeObservation> observations) {
		if (named != null && !named.equals(this.primary)
				&& (observations.getOrDefault(named, NodeObservation.NONE).claimsPrimary()
						|| this.source.disowns(this.primary))) {
			this.primary = named;
			this.primaryWatch.handedOver(System.nanoTime());
			this.watermarks.follow(named, System.nanoTime());
			this.primaryClient.follow(named);
			this.primaryProvenAt = System.nanoTime();
			// whoever waits for it goes on to look up its name
			this.callbacks.execute(() -> this.firstPrimary.complete(named));
		}
		return this.primary;
	}

	private void noteProof(Map<NodeAddress, NodeObservation> observations) {
		NodeObservation observation = (this.primary != null) ? observations.get(this.primary) : null;
		if (observation != null && observation.claimsPrimary()) {
			this.primaryProvenAt = observation.answeredAt();
		}
	}

	private void route(ReplicationTopology topology, Map<NodeAddress, NodeObservation> observations) {
		long now = System.nanoTime();
		List<NodeAddress> online = topology.onlineReplicas().stream().map((node) -> node.address()).toList();
		online.forEach((node) -> this.reads.computeIfAbsent(node, this::reads));
		this.reads.forEach((node, reads) -> reads.update(online.contains(node),
				observations.getOrDefault(node, NodeObservation.NONE).askedAt(), this.watermarks.behind(node), now));
		List<ReplicaReads> fit = online.stream().map(this.reads::get).filter(ReplicaReads::isRouted).toList();
		List<NodeAddress> addresses = fit.stream().map(ReplicaReads::address).toList();
		if (!addresses.equals(this.announced)) {
			// before it can fail
			this.announced = addresses;
			if (!this.updates.offer(() -> update(fit, addresses))) {
				this.announced = null;
			}
		}
		this.retired.removeIf((reads) -> reads.closeIfIdle(now));
		if (!this.firstLook.isDone() && topology.isJudged() && fit.size() == online.size()) {
			lookedAtFirst();
		}
	}

	/**
	 * Let the router arrange the replicas, with a load balancer that may be the user's.
	 */
	private void update(List<ReplicaReads> fit, List<NodeAddress> addresses) {
		boolean updated = false;
		try {
			this.router.update(fit);
			this.routed = addresses;
			updated = true;
		}
		finally {
			if (!updated) {
				this.announced = null;
			}
		}
	}

	private ReplicaReads reads(NodeAddress node) {
		return new ReplicaReads(Objects.requireNonNull(this.probes.get(node)), this.client,
				this.options.nodeGuards().guard(node), this.watermarks.of(node, System.nanoTime()), this.peers,
				this.options, this.patience, this::assessSoon);
	}

	/**
	 * Hold against the replicas what they have made readers and the monitor wait for.
	 */
	private void judge(ReplicationTopology topology) {
		long now = System.nanoTime();
		Map<NodeAddress, Duration> latencies = new HashMap<>();
		for (TopologyNode replica : topology.replicas()) {
			ReplicaReads reads = this.reads.get(replica.address());
			if (reads != null && replica.state() == NodeState.UNREACHABLE) {
				reads.missed(this.options.attemptTimeout(), now);
			}
			else if (reads != null && reads.isRouted()) {
				Duration latency = reads.takeLatency(now);
				if (latency != null) {
					latencies.put(replica.address(), latency);
				}
			}
		}
		this.options.nodeGuards().compare(latencies);
	}

	/**
	 * Let a node that has left answer the reads that it still owes.
	 */
	private void retire(@Nullable ReplicaReads reads) {
		if (reads != null) {
			reads.update(false, 0, ReplicaLag.UNKNOWN, System.nanoTime());
			this.retired.add(reads);
		}
	}

	/**
	 * Passes on what the nodes answer, on the threads of their connections.
	 */
	private final class Answers implements NodeProbe.AnswerListener {

		@Override
		public void answered(NodeAddress node, int connection, long sentAt, long answeredAt, ReplicationStatus status) {
			ReplicationMonitor.this.answered(node, connection, sentAt, answeredAt, status);
		}

		@Override
		public void processChanged(NodeAddress node, long now) {
			ReplicationMonitor.this.watermarks.processChanged(node, now);
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
