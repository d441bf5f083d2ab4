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

import java.nio.ByteBuffer;
import java.util.List;

import io.lagwise.context.ConsistencySessions;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.ReplicationReport;
import io.lagwise.routing.ReplicationReporter;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.BeanNameAware;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionProvider;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;

/**
 * A {@link LettuceConnectionFactory} whose connections read from replicas where that is
 * safe.
 * <p>
 * Keyed, non-blocking reads outside transactions go to a replica that is in step with its
 * primary; everything else goes to the primary on Lettuce's own connection. The nodes are
 * learned from Sentinels, from a static list, or from a single node that leads to the
 * others, and changes of their roles are followed. Which reads may go to replicas can be
 * narrowed with {@link io.lagwise.context.RoutingContext} and, in a Spring application,
 * with annotations.
 * <p>
 * Cluster and domain socket configurations are accepted and behave as they do in the
 * superclass.
 */
public class ReplicaAwareConnectionFactory extends LettuceConnectionFactory
		implements ReplicationReporter, BeanNameAware {

	private static final Log logger = LogFactory.getLog(ReplicaAwareConnectionFactory.class);

	private final RedisConfiguration configuration;

	private ReplicaReadOptions readOptions = ReplicaReadOptions.DEFAULTS;

	private @Nullable String beanName;

	private volatile @Nullable ReplicaRouting routing;

	private final SharedConnection shared = new SharedConnection();

	/**
	 * Create a factory for nodes that Sentinels watch.
	 * @param configuration the Sentinels, the name of the primary and the credentials
	 * @param clientConfiguration how to connect
	 */
	public ReplicaAwareConnectionFactory(RedisSentinelConfiguration configuration,
			LettuceClientConfiguration clientConfiguration) {
		this((RedisConfiguration) configuration, clientConfiguration);
	}

	/**
	 * Create a factory for a list of nodes, of which one is the primary.
	 * @param configuration the nodes and the credentials
	 * @param clientConfiguration how to connect
	 */
	public ReplicaAwareConnectionFactory(RedisStaticMasterReplicaConfiguration configuration,
			LettuceClientConfiguration clientConfiguration) {
		this((RedisConfiguration) configuration, clientConfiguration);
	}

	/**
	 * Create a factory for a primary and the replicas that are attached to it.
	 * @param configuration one node of them and the credentials
	 * @param clientConfiguration how to connect
	 */
	public ReplicaAwareConnectionFactory(RedisStandaloneConfiguration configuration,
			LettuceClientConfiguration clientConfiguration) {
		this((RedisConfiguration) configuration, clientConfiguration);
	}

	/**
	 * Create a factory for a Redis Cluster. Reads are not routed by this class: the
	 * {@code ReadFrom} of the client configuration applies.
	 * @param configuration the nodes and the credentials
	 * @param clientConfiguration how to connect
	 */
	public ReplicaAwareConnectionFactory(RedisClusterConfiguration configuration,
			LettuceClientConfiguration clientConfiguration) {
		this((RedisConfiguration) configuration, clientConfiguration);
	}

	private ReplicaAwareConnectionFactory(RedisConfiguration configuration,
			LettuceClientConfiguration clientConfiguration) {
		super(configuration, ReplicaRouting.supports(configuration)
				? ReplicaPreferredClientConfiguration.of(clientConfiguration) : clientConfiguration);
		this.configuration = configuration;
	}

	/**
	 * Create a factory with the settings of another one, which must not have been
	 * started. The other one is not needed any more.
	 * @param original the factory whose settings to take
	 * @return a factory that behaves like the original but for its reads
	 */
	public static ReplicaAwareConnectionFactory replacing(LettuceConnectionFactory original) {
		Assert.isTrue(!original.isRunning(), "'original' must not be running");
		// these have no getters
		DirectFieldAccessor fields = new DirectFieldAccessor(original);
		RedisConfiguration configuration = (RedisConfiguration) fields.getPropertyValue("configuration");
		Assert.state(configuration != null, "'original' has no configuration");
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(configuration,
				original.getClientConfiguration());
		if (fields.getPropertyValue("executor") instanceof AsyncTaskExecutor executor) {
			factory.setExecutor(executor);
		}
		if (fields
			.getPropertyValue("pipeliningFlushPolicy") instanceof LettuceConnection.PipeliningFlushPolicy policy) {
			factory.setPipeliningFlushPolicy(policy);
		}
		factory.setPhase(original.getPhase());
		factory.setAutoStartup(original.isAutoStartup());
		factory.setEarlyStartup(original.isEarlyStartup());
		factory.setConvertPipelineAndTxResults(original.getConvertPipelineAndTxResults());
		factory.setEagerInitialization(original.getEagerInitialization());
		factory.setShareNativeConnection(original.getShareNativeConnection());
		factory.setValidateConnection(original.getValidateConnection());
		return factory;
	}

	/**
	 * Set how to read from replicas. Takes effect at the next start.
	 * @param readOptions the options, {@link ReplicaReadOptions#DEFAULTS} unless set
	 */
	public void setReadOptions(ReplicaReadOptions readOptions) {
		Assert.notNull(readOptions, "'readOptions' must not be null");
		this.readOptions = readOptions;
	}

	/**
	 * Return how to read from replicas.
	 * @return the options
	 */
	public ReplicaReadOptions getReadOptions() {
		return this.readOptions;
	}

	/**
	 * Set the name by which log lines call the factory. Takes effect at the next start.
	 */
	@Override
	public void setBeanName(String beanName) {
		this.beanName = beanName;
	}

	/**
	 * Return the nodes as they are known now.
	 * @return the topology, {@link ReplicationTopology#UNKNOWN} while the factory is not
	 * running or has not heard of any node
	 */
	public ReplicationTopology getTopology() {
		ReplicaRouting routing = this.routing;
		return (routing != null) ? routing.topology() : ReplicationTopology.UNKNOWN;
	}

	/**
	 * Return the replicas that serve reads now: those that are in step with their primary
	 * and that the factory is connected to.
	 * @return the addresses, none while the factory is not running
	 */
	public List<NodeAddress> getReadableReplicas() {
		ReplicaRouting routing = this.routing;
		return (routing != null) ? routing.readableReplicas() : List.of();
	}

	/**
	 * Return a view of this factory for what must never see a replica: its connections
	 * read from the primary, whatever they are used for and on whatever thread. The view
	 * shares the client of this factory and needs neither start nor end.
	 * @return the view, or this factory where reads are not routed for its configuration
	 */
	public LettuceConnectionFactory primaryOnly() {
		return ReplicaRouting.supports(this.configuration) ? new PrimaryConnectionFactory(this, this.configuration)
				: this;
	}

	/**
	 * Return what opens sessions. Sessions last as long as the factory runs; one that was
	 * opened before a restart of the factory counts as none.
	 * @return the sessions
	 * @throws IllegalStateException if the factory is not running, or replicas are not
	 * routed for its configuration
	 */
	public ConsistencySessions getConsistencySessions() {
		ReplicaRouting routing = this.routing;
		Assert.state(routing != null, "Sessions can be opened while the connection factory runs, for Sentinels, a "
				+ "list of nodes or a single node");
		return routing.sessions();
	}

	/**
	 * Return what is known of each node now, for people.
	 * @return the report, without nodes while the factory is not running
	 */
	@Override
	public ReplicationReport report() {
		ReplicaRouting routing = this.routing;
		return (routing != null) ? routing.report() : new ReplicationReport("a factory that is not running", List.of());
	}

	@Override
	public void stop() {
		ReplicaRouting routing = this.routing;
		this.routing = null;
		if (routing != null) {
			routing.close();
		}
		this.shared.replace(super::stop);
	}

	@Override
	public void resetConnection() {
		this.shared.replace(super::resetConnection);
	}

	@Override
	public void validateConnection() {
		this.shared.replace(super::validateConnection);
	}

	@Override
	protected @Nullable StatefulRedisConnection<byte[], byte[]> getSharedConnection() {
		StatefulRedisConnection<byte[], byte[]> known = this.shared.get();
		if (known != null && !getValidateConnection()) {
			return known;
		}
		return getShareNativeConnection() ? this.shared.obtain(super::getSharedConnection) : null;
	}

	@Override
	protected AbstractRedisClient createClient() {
		if (!ReplicaRouting.supports(this.configuration)) {
			logger.info("Lagwise neither routes reads to replicas nor lets writes wait for them with a "
					+ this.configuration.getClass().getSimpleName());
			return super.createClient();
		}
		ReplicaRouting routing = new ReplicaRouting(this.configuration, getClientConfiguration(), this.readOptions,
				this.beanName);
		this.routing = routing;
		return routing.primaryClient();
	}

	@Override
	protected LettuceConnectionProvider doCreateConnectionProvider(AbstractRedisClient client, RedisCodec<?, ?> codec) {
		ReplicaRouting routing = this.routing;
		return (routing != null) ? new PrimaryConnectionProvider(routing.primaryClient(), codec, routing.primaryUris(),
				routing.dispatcher()) : super.doCreateConnectionProvider(client, codec);
	}

	@Override
	protected LettuceConnection doCreateLettuceConnection(
			@Nullable StatefulRedisConnection<byte[], byte[]> sharedConnection,
			LettuceConnectionProvider connectionProvider, long timeout, int database) {
		ReplicaRouting routing = this.routing;
		if (routing == null) {
			return super.doCreateLettuceConnection(sharedConnection, connectionProvider, timeout, database);
		}
		return RoutedLettuceConnection.create(sharedConnection, connectionProvider, timeout, database,
				routing.dispatcher(), isBoundToTransaction() ? ConnectionUse.beginAtPrimary() : ConnectionUse.begin());
	}

	@Override
	protected @Nullable StatefulConnection<ByteBuffer, ByteBuffer> getSharedReactiveConnection() {
		StatefulConnection<ByteBuffer, ByteBuffer> connection = super.getSharedReactiveConnection();
		ReplicaRouting routing = this.routing;
		return (routing != null && connection instanceof StatefulRedisConnection<ByteBuffer, ByteBuffer> primary)
				? new RoutedConnection<>(PrimaryAccess.sharing(primary), routing.dispatcher(), ConnectionUse.begin())
				: connection;
	}

	/**
	 * In a transaction that is bound to the thread Spring Data sends reads at once, over
	 * another connection than the writes that wait for {@code EXEC}.
	 */
	private boolean isBoundToTransaction() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& !TransactionSynchronizationManager.isCurrentTransactionReadOnly()
				&& TransactionSynchronizationManager.hasResource(this);
	}

}
