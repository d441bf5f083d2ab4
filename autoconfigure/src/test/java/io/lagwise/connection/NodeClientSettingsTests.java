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

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether connections to single nodes and to Sentinels follow what the application has
 * set for its own: its resources with their customizers, and its certificates as they are
 * when a connection opens.
 */
class NodeClientSettingsTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final List<Channel> customized = new CopyOnWriteArrayList<>();

	private final ClientResources resources = ClientResources.builder()
		.ioThreadPoolSize(2)
		.computationThreadPoolSize(2)
		.nettyCustomizer(new NettyCustomizer() {

			@Override
			public void afterChannelInitialized(Channel channel) {
				NodeClientSettingsTests.this.customized.add(channel);
			}

		})
		.build();

	@AfterEach
	void shutDown() {
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void everyConnectionPassesTheCustomizersOfTheResources() throws Exception {
		connectOfEachKind(ClientOptions.create(), false);
		assertThat(this.customized).hasSize(5);
	}

	@Test
	void everyConnectionReadsTheCertificatesAnew() throws Exception {
		AtomicInteger read = new AtomicInteger();
		SslOptions certificates = SslOptions.builder().trustManager(() -> {
			read.incrementAndGet();
			return new ByteArrayInputStream("none".getBytes(StandardCharsets.US_ASCII));
		}).build();
		connectOfEachKind(ClientOptions.builder().sslOptions(certificates).build(), true);
		assertThat(read).hasValueGreaterThanOrEqualTo(5);
	}

	private void connectOfEachKind(ClientOptions options, boolean encrypted) throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			NodeAddress address = new NodeAddress(silent.getInetAddress().getHostAddress(), silent.getLocalPort());
			RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master("primary")
				.sentinel(address.host(), address.port());
			LettuceClientConfiguration.LettuceClientConfigurationBuilder builder = LettuceClientConfiguration.builder()
				.commandTimeout(Duration.ofMillis(100));
			NodeUris uris = new NodeUris(configuration, encrypted ? builder.useSsl().build() : builder.build(),
					NodeCredentials.NONE);
			try (NodeClient client = new NodeClient(this.resources, options, uris, Runnable::run)) {
				List<Function<NodeClient, CompletionStage<?>>> kinds = List.of((it) -> it.connectForReads(address),
						(it) -> it.connectForWrites(address), (it) -> it.connectForProbes(address),
						(it) -> it.connectToSentinel(uris.sentinels(configuration).get(0)),
						(it) -> it.connectToSentinelEvents(uris.sentinels(configuration).get(0)));
				assertThat(kinds).allSatisfy((kind) -> assertThat(kind.apply(client)).failsWithin(LIMIT));
			}
		}
	}

}
