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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.Lineage;
import io.lagwise.consistency.PrimaryHistory;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadRouter;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.WaitListener;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.Channel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

/**
 * Everything that one started connection factory needs to read from replicas.
 */
final class ReplicaRouting implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(ReplicaRouting.class);

	/**
	 * How often to look at what connections to the primary owe.
	 */
	private static final Duration LINK_INTERVAL = LinkActivity.LIMIT.dividedBy(8);

	private final PrimaryClient primaryClient;

	private final Supplier<RedisURI> primaryUris;

	private final NodeClient nodeClient;

	private final ReplicationMonitor monitor;

	private final RefusedWrites refusedWrites;

	private final DefaultConsistencySessions sessions;

	private final ParkedReads parkedReads;

	private final ReadDispatcher dispatcher;

	private final ReplicationBarrier barrier;

	private final WriteScopes writeScopes;

	private final PrimaryAnswers answers;

	private final ElasticThreads callbacks = new ElasticThreads("lagwise-callback");

	private final ElasticThreads dialling = new ElasticThreads("lagwise-dial");

	/**
	 * Create and start everything.
	 * @param configuration the servers
	 * @param clientConfiguration how to connect
	 * @param readOptions how to read
	 * @param name the name of the connection factory, or {@code null} if it has none
	 */
	ReplicaRouting(RedisConfiguration configuration, LettuceClientConfiguration clientConfiguration,
			ReplicaReadOptions readOptions, @Nullable String name) {
		ReplicaReadOptions options = withGuardedListeners(
				withTimeForAnotherNode(readOptions, clientConfiguration.getCommandTimeout()));
		NodeUris uris = new NodeUris(configuration, clientConfiguration, options.nodeCredentials());
		ClientOptions clientOptions = clientConfiguration.getClientOptions().orElseGet(ClientOptions::create);
		ClientResources resources = clientConfiguration.getClientResources().orElse(null);
		ReadCommands reads = ReadCommands.of(clientOptions);
		AcknowledgedWrites acknowledged = new AcknowledgedWrites();
		Lineage lineage = new Lineage();
		PrimaryHistory history = new PrimaryHistory(acknowledged, lineage, System::nanoTime);
		Duration patience = patience(clientConfiguration.getCommandTimeout());
		this.answers = new PrimaryAnswers(System::nanoTime, patience, this.callbacks);
		PrimaryWatch primaryWatch = new PrimaryWatch(this.answers, history);
		ServerHistories histories = ServerHistories.of(options.application(), configuration);
		SessionHistory application = histories.use(RedisConfiguration.getDatabaseOrElse(configuration, () -> 0),
				System.nanoTime());
		this.sessions = new DefaultConsistencySessions(options.sessionTokens(), history, lineage, this.answers,
				primaryWatch, configuration instanceof RedisSentinelConfiguration, options.replicationListener(),
				this::topology, clientConfiguration.getCommandTimeout(), histories.peers(), System::nanoTime);
		WriteLedger ledger = new WriteLedger(application, histories, acknowledged, this.sessions::current,
				System::nanoTime);
		this.primaryUris = () -> primaryUri(configuration, uris);
		this.primaryClient = new PrimaryClient(resources, this.primaryUris.get(),
				(configuration instanceof RedisStaticMasterReplicaConfiguration) ? this::discoverPrimary : null, reads,
				this::isAlone, primaryWatch::doubt, ledger);
		this.primaryClient.setOptions(clientOptions);
		this.nodeClient = new NodeClient(this.primaryClient.getResources(), clientOptions, uris, this.dialling);
		ReadFromDefaults defaults = ReadFromDefaults.of(clientConfiguration.getReadFrom());
		ReadRouter router = ReadRouter
			.create(Objects.requireNonNullElse(options.loadBalancer(), defaults.loadBalancer()));
		this.monitor = new ReplicationMonitor((onChange) -> source(configuration, uris, options, onChange),
				this.nodeClient, this.primaryClient, this::closeStrays, router, options,
				Patience.of(options, commandTimeout(clientOptions, clientConfiguration)), primaryWatch, ledger,
				histories.peers(), new TopologyNews(options.replicationListener(), name, System::nanoTime),
				this.callbacks);
		ReadRequirement requirement = Objects.requireNonNullElse(options.defaultRequirement(), defaults.requirement());
		this.refusedWrites = new RefusedWrites(this.monitor::refreshSoon, this.callbacks);
		AttemptDeadlines deadlines = new AttemptDeadlines(options.attemptTimeout(), System::nanoTime, this.callbacks);
		RefusedCommands refusedCommands = new RefusedCommands();
		this.barrier = new ReplicationBarrier(this.nodeClient, this.monitor::topology, this.monitor.watermarks(),
				refusedCommands, options, System::nanoTime, this.callbacks);
		this.writeScopes = new WriteScopes(
				new WaitConnections(this.nodeClient::connectForWrites, this::primary, options.waitConnections(),
						clientConfiguration.getCommandTimeout()),
				this.monitor::topology, this.monitor.watermarks(), refusedCommands, options);
		this.parkedReads = new ParkedReads(this.barrier, System::nanoTime, this.callbacks);
		this.dispatcher = new ReadDispatcher(reads, router, requirement, this.monitor, deadlines, options,
				this.refusedWrites,
				new Consistency(application, histories, this.sessions, ledger, this.parkedReads, options),
				this.writeScopes);
		this.monitor.every(AttemptDeadlines.RESOLUTION, deadlines::sweep);
		this.monitor.every(AttemptDeadlines.RESOLUTION, this::sweepRefusedWrites);
		this.monitor.every(AttemptDeadlines.RESOLUTION, this.barrier::sweep);
		this.monitor.every(AttemptDeadlines.RESOLUTION, this.parkedReads::sweepSoon);
		this.monitor.every(AttemptDeadlines.RESOLUTION, this.answers::sweep);
		this.monitor.every(options.monitorInterval(), this::closeStrays);
		this.monitor.every(KeepAlive.INTERVAL, this.monitor::keepAlive);
		this.monitor.every(KeepAlive.INTERVAL, this.barrier::keepAlive);
		this.monitor.every(LINK_INTERVAL, new SilentLinks(this::links, this::proveWriting, System::nanoTime)::look);
		this.monitor.start();
	}

	/**
	 * Return whether replicas can be known for a configuration of that kind.
	 */
	static boolean supports(@Nullable RedisConfiguration configuration) {
		return configuration instanceof RedisSentinelConfiguration
				|| configuration instanceof RedisStaticMasterReplicaConfiguration
				|| configuration instanceof RedisStandaloneConfiguration;
	}

	PrimaryClient primaryClient() {
		return this.primaryClient;
	}

	/**
	 * Return what makes a URI for each connection to the primary.
	 */
	Supplier<RedisURI> primaryUris() {
		return this.primaryUris;
	}

	ReadDispatcher dispatcher() {
		return this.dispatcher;
	}

	DefaultConsistencySessions sessions() {
		return this.sessions;
	}

	ReplicationTopology topology() {
		return this.monitor.topology();
	}

	ReplicationReport report() {
		return this.monitor.report();
	}

	List<NodeAddress> readableReplicas() {
		return this.monitor.readableReplicas();
	}

	@Override
	public void close() {
		this.monitor.close();
		// what goes on there must not meet what ends here
		this.callbacks.close();
		this.parkedReads.close();
		this.answers.close();
		this.barrier.close();
		this.writeScopes.close();
		this.refusedWrites.close();
		this.dialling.abandon();
		this.nodeClient.close();
	}

	/**
	 * Close connections that lead to a former primary.
	 * @return whether there are any left
	 */
	private boolean closeStrays() {
		return this.primaryClient.closeStrays() | this.writeScopes.closeStrays();
	}

	/**
	 * Send writes again once they cannot arrive at the old primary any more.
	 */
	private void sweepRefusedWrites() {
		if (!this.refusedWrites.isEmpty() && !closeStrays()) {
			this.refusedWrites.sweep(System.nanoTime(), this.monitor.primaryProvenAt());
		}
	}

	private boolean isAlone() {
		return this.monitor.isAlone();
	}

	/**
	 * Return the connections that may write. With no replica they are left to Lettuce.
	 */
	private List<Channel> links() {
		if (isAlone()) {
			return List.of();
		}
		List<Channel> links = new ArrayList<>(this.primaryClient.channels());
		links.addAll(this.nodeClient.writingChannels());
		return links;
	}

	/**
	 * Find out whether the node in charge takes writes, unless it does not even answer
	 * the monitor.
	 */
	private CompletableFuture<?> proveWriting() {
		NodeAddress primary = this.primaryClient.primary();
		boolean answers = System.nanoTime() - this.monitor.primaryProvenAt() < LinkActivity.LIMIT.toNanos();
		return (primary != null && answers)
				? this.nodeClient.proveWriting(primary, this.primaryClient.getResources().eventExecutorGroup())
				: CompletableFuture.failedFuture(new IllegalStateException("The primary does not answer"));
	}

	/**
	 * Return how long a read may wait for what the primary says of its history: as long
	 * as its command may take, or as Lettuce lets commands take by default.
	 */
	private static Duration patience(Duration commandTimeout) {
		return commandTimeout.isZero() ? RedisURI.DEFAULT_TIMEOUT_DURATION : commandTimeout;
	}

	/**
	 * Keep what a listener throws away from reads and from the monitor, and let nobody
	 * wait for those who are told of changes.
	 */
	private ReplicaReadOptions withGuardedListeners(ReplicaReadOptions options) {
		ReplicationListener listener = ReplicationListener.of(List.of(options.replicationListener()));
		OrderedTasks events = new OrderedTasks("events for replication listeners", this.callbacks);
		return options.withNodeGuards(OrderedGuards.of(options.nodeGuards(), this.callbacks))
			.withReadListener(ReadListener.of(List.of(options.readListener())))
			.withWaitListener(WaitListener.of(List.of(options.waitListener())))
			.withReplicationListener((event) -> events.offer(() -> listener.onEvent(event)));
	}

	/**
	 * Leave enough of a command's own time for another node once an attempt has used up
	 * its share.
	 */
	private static ReplicaReadOptions withTimeForAnotherNode(ReplicaReadOptions options, Duration commandTimeout) {
		Duration share = commandTimeout.dividedBy(3);
		if (share.toMillis() == 0 || options.attemptTimeout().compareTo(share) <= 0) {
			return options;
		}
		logger.info("An attempt timeout of " + options.attemptTimeout().toMillis()
				+ " ms leaves no time for another node within the command timeout of " + commandTimeout.toMillis()
				+ " ms; " + share.toMillis() + " ms are used instead");
		return options.withAttemptTimeout(share);
	}

	/**
	 * Return how long a command may take, or zero where commands have no timeouts.
	 */
	private static Duration commandTimeout(ClientOptions options, LettuceClientConfiguration configuration) {
		return options.getTimeoutOptions().isTimeoutCommands() ? configuration.getCommandTimeout() : Duration.ZERO;
	}

	private TopologySource source(RedisConfiguration configuration, NodeUris uris, ReplicaReadOptions options,
			Runnable onChange) {
		if (configuration instanceof RedisSentinelConfiguration sentinel) {
			return new SentinelTopologySource(masterName(sentinel), uris.sentinels(sentinel), this.nodeClient,
					options.topologyRefreshInterval(), onChange);
		}
		if (configuration instanceof RedisStaticMasterReplicaConfiguration nodes) {
			return new StaticTopologySource(addresses(nodes), System::nanoTime);
		}
		return new StandaloneTopologySource(seed(configuration), System::nanoTime);
	}

	/**
	 * Return the node in charge, which right after the start is waited for.
	 */
	private @Nullable NodeAddress primary() {
		NodeAddress primary = this.primaryClient.primary();
		if (primary != null) {
			return primary;
		}
		return this.monitor.firstPrimary()
			.copy()
			.completeOnTimeout(null, 5, TimeUnit.SECONDS)
			.exceptionally((failure) -> null)
			.join();
	}

	private Mono<NodeAddress> discoverPrimary(RedisURI uri) {
		Duration timeout = uri.getTimeout();
		return Mono.fromFuture(this.monitor.firstPrimary(), true)
			.timeout(timeout, Mono.error(() -> new RedisConnectionException("No primary among "
					+ this.monitor.describeSource() + " within " + timeout + ": " + this.monitor.topology())));
	}

	private static RedisURI primaryUri(RedisConfiguration configuration, NodeUris uris) {
		if (configuration instanceof RedisSentinelConfiguration sentinel) {
			return uris.primary(sentinel);
		}
		if (configuration instanceof RedisStaticMasterReplicaConfiguration nodes) {
			return uris.primary(addresses(nodes).get(0));
		}
		return uris.primary(seed(configuration));
	}

	private static String masterName(RedisSentinelConfiguration sentinel) {
		return Objects.requireNonNull(
				Objects.requireNonNull(sentinel.getMaster(), "'master' must not be null").getName(),
				"'master' must have a name");
	}

	private static List<NodeAddress> addresses(RedisStaticMasterReplicaConfiguration configuration) {
		return configuration.getNodes()
			.stream()
			.map((node) -> new NodeAddress(node.getHostName(), node.getPort()))
			.toList();
	}

	private static NodeAddress seed(RedisConfiguration configuration) {
		return new NodeAddress(RedisConfiguration.getHostOrElse(configuration, () -> "localhost"),
				RedisConfiguration.getPortOrElse(configuration, () -> 6379));
	}

}
