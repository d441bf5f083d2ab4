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

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.replication.NodeState;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.Topology;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.RedisStaticMasterReplicaConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One node under several names, and several behind one, with real servers.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 0, topology = Topology.STATIC)
class NodeIdentityIntegrationTests {

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	NodeIdentityIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	private static Stream<RedisConfiguration> spellings(ReplicatedRedis redis) {
		RedisNode first = redis.nodes().get(0);
		RedisStaticMasterReplicaConfiguration names = new RedisStaticMasterReplicaConfiguration("localhost",
				first.port());
		redis.nodes().stream().skip(1).forEach((node) -> names.addNode("localhost", node.port()));
		RedisStaticMasterReplicaConfiguration twice = TestFactories.fixedConfiguration(redis);
		redis.nodes().forEach((node) -> twice.addNode("localhost", node.port()));
		return Stream.of(new RedisStandaloneConfiguration("localhost", first.port()),
				new RedisStandaloneConfiguration("localhost", redis.nodes().get(1).port()), names, twice);
	}

	@Test
	void aNodeIsOneUnderEveryName() {
		List<RedisConfiguration> spellings = spellings(this.redis).toList();
		for (int i = 0; i < spellings.size(); i++) {
			if (this.factory != null) {
				this.factory.destroy();
			}
			RedisConfiguration spelling = spellings.get(i);
			connect(spelling, TestFactories.clientConfiguration());
			assertThat(this.factory.getTopology().replicas()).as("spelling %d: %s", i, this.factory.getTopology())
				.hasSize(2)
				.allSatisfy((replica) -> assertThat(replica.state()).isEqualTo(NodeState.ONLINE));
			writeToAll("of spelling " + i);
			this.redis.resetStatistics();
			RoutingContext.call(ReadRequirement.consistent(), () -> this.template.opsForValue().get("key"));
			RoutingContext.call(ReadRequirement.consistent(), () -> this.template.opsForValue().get("key"));
			assertThat(this.redis.commandsServed(this.redis.primary(), "get")).as("spelling %d", i).isLessThan(2);
		}
	}

	@Test
	void aPromotionByHandUnderOtherNamesIsFollowedAndMakesNoNodes() {
		connect(new RedisStandaloneConfiguration("localhost", this.redis.primary().port()),
				TestFactories.clientConfiguration());
		RedisNode old = this.redis.primary();
		RedisNode next = this.redis.replicas().get(0);
		RedisNode other = this.redis.replicas().get(1);
		this.redis.promote(next);
		this.redis.demote(other, next);
		this.redis.demote(old, next);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.factory.getTopology().primaryAddress()).map(Object::toString)
				.contains(next.address()));
		TestFactories.awaitReadsFrom(this.factory, 2);
		assertThat(this.factory.getTopology().replicas()).hasSize(2);
		writeToAll("after the promotion");
	}

	@Test
	void whatIsProvenOfOneServerSaysNothingOfAnotherBehindTheSameAddress() throws Exception {
		RedisNode stale = this.redis.replicas().get(0);
		RedisNode fresh = this.redis.replicas().get(1);
		try (Forwarder service = new Forwarder(fresh.port(), stale.port())) {
			RedisNode primary = this.redis.primary();
			RedisStaticMasterReplicaConfiguration configuration = new RedisStaticMasterReplicaConfiguration(
					primary.host(), primary.port());
			configuration.addNode("localhost", service.port());
			this.factory = new ReplicaAwareConnectionFactory(configuration, TestFactories.clientConfiguration());
			this.factory.afterPropertiesSet();
			this.template = new StringRedisTemplate(this.factory);
			await().atMost(Duration.ofSeconds(30)).until(() -> service.connections() >= 2);
			this.redis.delayReplication(stale, Duration.ofMillis(500));
			for (int i = 0; i < 100; i++) {
				String value = "value " + i;
				this.template.opsForValue().set("key", value);
				assertThat(
						RoutingContext.call(ReadRequirement.consistent(), () -> this.template.opsForValue().get("key")))
					.isEqualTo(value);
			}
		}
	}

	@Test
	void connectionsThroughAProxyStayOpen() throws Exception {
		try (Forwarder proxy = new Forwarder(this.redis.primary().port())) {
			ClientResources resources = ClientResources.builder()
				.nettyCustomizer(new ThroughProxy(this.redis.primary().port(), proxy.port()))
				.build();
			connect(new RedisStandaloneConfiguration(this.redis.primary().host(), this.redis.primary().port()),
					LettuceClientConfiguration.builder().clientResources(resources).build());
			this.template.opsForValue().set("key", "value");
			int connections = proxy.connections();
			long until = System.nanoTime() + Duration.ofSeconds(1).toNanos();
			int written = 0;
			while (System.nanoTime() - until < 0) {
				this.template.opsForValue().set("key", "value " + written++);
			}
			assertThat(proxy.connections()).isEqualTo(connections);
			this.factory.destroy();
			resources.shutdown(0, 1, TimeUnit.SECONDS);
		}
	}

	@Test
	void aReplicaThatHidesFromClientsGetsNoReadsAndIsNotWaitedFor() {
		RedisNode hidden = this.redis.replicas().get(0);
		this.redis.execute(hidden, "CONFIG", "SET", "replica-announced", "no");
		try {
			connectTo(new RedisStandaloneConfiguration(this.redis.primary().host(), this.redis.primary().port()),
					TestFactories.clientConfiguration(), 1);
			this.redis.resetStatistics();
			for (int i = 0; i < 50; i++) {
				RoutingContext.call(ReadRequirement.anyReplica(), () -> this.template.opsForValue().get("key"));
			}
			assertThat(this.redis.commandsServed(hidden, "get")).isZero();
			assertThat(this.redis.commandsServed(this.redis.replicas().get(1), "get")).isEqualTo(50);
			this.redis.freeze(hidden);
			writeToAll("not to the hidden one");
		}
		finally {
			this.redis.thaw(hidden);
			this.redis.execute(hidden, "CONFIG", "SET", "replica-announced", "yes");
		}
	}

	@Test
	void anAddressThatLeadsNowhereIsNoReplica() throws Exception {
		int nowhere;
		try (Forwarder forwarder = new Forwarder(this.redis.primary().port())) {
			nowhere = forwarder.port();
		}
		RedisStaticMasterReplicaConfiguration configuration = TestFactories.fixedConfiguration(this.redis);
		configuration.addNode("127.0.0.1", nowhere);
		connect(configuration, TestFactories.clientConfiguration());
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(this.factory.getTopology().toString())
				.contains("node 127.0.0.1:" + nowhere + " " + NodeState.ABSENT.description()));
		writeToAll("though an address leads nowhere");
	}

	private void connect(RedisConfiguration configuration, LettuceClientConfiguration client) {
		connectTo(configuration, client, 2);
	}

	private void connectTo(RedisConfiguration configuration, LettuceClientConfiguration client, int replicas) {
		this.factory = (configuration instanceof RedisStandaloneConfiguration standalone)
				? new ReplicaAwareConnectionFactory(standalone, client)
				: new ReplicaAwareConnectionFactory((RedisStaticMasterReplicaConfiguration) configuration, client);
		this.factory.setReadOptions(ReplicaReadOptions.DEFAULTS.withRampUp(Duration.ZERO));
		this.factory.afterPropertiesSet();
		this.template = new StringRedisTemplate(this.factory);
		this.template.opsForValue().set("key", "value");
		TestFactories.awaitReadsFrom(this.factory, replicas);
	}

	private void writeToAll(String value) {
		WriteRequirement all = new WriteRequirement(WaitForReplicas.ALL, Duration.ofSeconds(10), OnShortfall.FAIL);
		try (WriteScope scope = WriteScope.open(all)) {
			this.template.opsForValue().set("key", value);
			scope.confirm();
		}
	}

	/**
	 * Connects to another address than was asked for, as proxy handlers do.
	 */
	private static final class ThroughProxy implements NettyCustomizer {

		private final int port;

		private final int proxy;

		ThroughProxy(int port, int proxy) {
			this.port = port;
			this.proxy = proxy;
		}

		@Override
		public void afterChannelInitialized(Channel channel) {
			channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

				@Override
				public void connect(ChannelHandlerContext context, SocketAddress remote, SocketAddress local,
						ChannelPromise promise) throws Exception {
					boolean proxied = remote instanceof InetSocketAddress inet
							&& inet.getPort() == ThroughProxy.this.port;
					super.connect(context,
							proxied ? new InetSocketAddress("127.0.0.1", ThroughProxy.this.proxy) : remote, local,
							promise);
				}

			});
		}

	}

	/**
	 * Leads its connections to several servers in turn.
	 */
	private static final class Forwarder implements AutoCloseable {

		private final ServerSocket acceptor = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));

		private final int[] targets;

		private final AtomicInteger connections = new AtomicInteger();

		private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

		Forwarder(int... targets) throws IOException {
			this.targets = targets;
			start(this::accept);
		}

		int port() {
			return this.acceptor.getLocalPort();
		}

		int connections() {
			return this.connections.get();
		}

		private void accept() throws IOException {
			while (true) {
				Socket client = this.acceptor.accept();
				int target = this.targets[this.connections.getAndIncrement() % this.targets.length];
				Socket server = new Socket("127.0.0.1", target);
				this.sockets.addAll(List.of(client, server));
				start(() -> pass(client, server));
				start(() -> pass(server, client));
			}
		}

		private static void pass(Socket from, Socket to) throws IOException {
			try (from; to) {
				from.getInputStream().transferTo(to.getOutputStream());
			}
		}

		private static void start(Job job) {
			Thread thread = new Thread(() -> {
				try {
					job.run();
				}
				catch (IOException ex) {
					// closed
				}
			});
			thread.setDaemon(true);
			thread.start();
		}

		@Override
		public void close() throws IOException {
			this.acceptor.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}

		private interface Job {

			void run() throws IOException;

		}

	}

}
