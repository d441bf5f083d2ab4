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
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.lagwise.replication.NodeAddress;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.netty.bootstrap.Bootstrap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Moves the connections of a {@link PrimaryClient} between real servers.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class PrimaryClientIntegrationTests {

	private final AtomicReference<Runnable> beforeConnect = new AtomicReference<>();

	private final ClientResources resources = ClientResources.builder()
		.ioThreadPoolSize(2)
		.computationThreadPoolSize(2)
		.nettyCustomizer(new NettyCustomizer() {

			@Override
			public void afterBootstrapInitialized(Bootstrap bootstrap) {
				Runnable action = PrimaryClientIntegrationTests.this.beforeConnect.getAndSet(null);
				if (action != null) {
					action.run();
				}
			}

		})
		.build();

	private final ReplicatedRedis redis;

	private final RedisURI uri;

	private final PrimaryClient client;

	PrimaryClientIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.uri = new NodeUris(TestFactories.sentinelConfiguration(redis), TestFactories.clientConfiguration(),
				NodeCredentials.NONE)
			.primary(TestFactories.sentinelConfiguration(redis));
		this.client = new PrimaryClient(this.resources, this.uri, null, ReadCommands.of(ClientOptions.create()),
				() -> false, () -> {
				}, null);
	}

	@AfterEach
	void shutDown() {
		this.client.shutdown();
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void connectionsMoveToTheNewPrimaryAndBackWithoutBeingAskedTo() {
		try (StatefulRedisConnection<String, String> connection = this.client.connect(this.uri)) {
			assertThat(portOf(connection)).isEqualTo(this.redis.primary().port());
			for (RedisNode node : this.redis.nodes()) {
				this.client.follow(address(node));
				await().atMost(Duration.ofSeconds(10))
					.ignoreExceptions()
					.untilAsserted(() -> assertThat(portOf(connection)).isEqualTo(node.port()));
			}
		}
	}

	@Test
	void aConnectionThatWasOnItsWayWhenThePrimaryChangedArrivesAtTheNewOne() {
		RedisNode old = this.redis.primary();
		RedisNode next = this.redis.replicas().get(0);
		this.client.follow(address(old));
		this.beforeConnect.set(() -> this.client.follow(address(next)));
		try (StatefulRedisConnection<String, String> connection = this.client.connect(this.uri)) {
			assertThat(portOf(connection)).isEqualTo(old.port());
			this.client.closeStrays();
			await().atMost(Duration.ofSeconds(10))
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(portOf(connection)).isEqualTo(next.port()));
		}
	}

	@Test
	void aConnectionThatWaitsForAHostThatIsGoneMovesToTheNewPrimary() throws IOException {
		this.client.setOptions(ClientOptions.builder()
			.socketOptions(SocketOptions.builder().connectTimeout(Duration.ofMinutes(5)).build())
			.build());
		this.uri.setTimeout(Duration.ofMinutes(5));
		try (UnreachableHost gone = new UnreachableHost();
				StatefulRedisConnection<String, String> connection = this.client.connect(this.uri)) {
			this.client.follow(gone.address());
			await().atMost(Duration.ofSeconds(20)).until(this.client::isConnecting);
			RedisNode next = this.redis.replicas().get(0);
			this.client.follow(address(next));
			await().atMost(Duration.ofSeconds(20))
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(portOf(connection)).isEqualTo(next.port()));
		}
	}

	@Test
	void connectionsToSentinelsOutliveAChangeOfThePrimary() {
		AtomicInteger losses = new AtomicInteger();
		try (StatefulRedisSentinelConnection<String, String> connection = this.client.connectSentinel(this.uri);
				StatefulRedisConnection<String, String> data = this.client.connect(this.uri)) {
			connection.addListener(new LossCounter(losses));
			RedisNode next = this.redis.replicas().get(0);
			this.client.follow(address(next));
			await().atMost(Duration.ofSeconds(10))
				.ignoreExceptions()
				.untilAsserted(() -> assertThat(portOf(data)).isEqualTo(next.port()));
			assertThat(connection.sync().ping()).isEqualTo("PONG");
			assertThat(losses).hasValue(0);
		}
	}

	private static int portOf(StatefulRedisConnection<String, String> connection) {
		String announced = connection.sync().configGet("replica-announce-port").get("replica-announce-port");
		return Integer.parseInt(announced);
	}

	private static NodeAddress address(RedisNode node) {
		return new NodeAddress(node.host(), node.port());
	}

	/**
	 * An address where nobody answers, not even the kernel: its queue is full.
	 */
	private static final class UnreachableHost implements AutoCloseable {

		private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

		private final List<Socket> queue = new ArrayList<>();

		UnreachableHost() throws IOException {
			boolean full = false;
			while (!full) {
				Socket socket = new Socket();
				this.queue.add(socket);
				try {
					socket.connect(this.server.getLocalSocketAddress(), 500);
				}
				catch (SocketTimeoutException ex) {
					full = true;
				}
			}
		}

		NodeAddress address() {
			return new NodeAddress(this.server.getInetAddress().getHostAddress(), this.server.getLocalPort());
		}

		@Override
		public void close() throws IOException {
			for (Socket socket : this.queue) {
				socket.close();
			}
			this.server.close();
		}

	}

	private record LossCounter(AtomicInteger losses) implements RedisConnectionStateListener {

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
			this.losses.incrementAndGet();
		}

	}

}
