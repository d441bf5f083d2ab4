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
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NodeClient}.
 */
class NodeClientTests {

	private final ClientResources resources = ClientResources.builder()
		.ioThreadPoolSize(2)
		.computationThreadPoolSize(2)
		.build();

	@AfterEach
	void shutDown() {
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void aServerThatLetsNobodyInIsNotWaitedForAsLongAsForACommand() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			NodeAddress address = new NodeAddress(silent.getInetAddress().getHostAddress(), silent.getLocalPort());
			RedisSentinelConfiguration configuration = new RedisSentinelConfiguration().master("primary")
				.sentinel(address.host(), address.port());
			NodeUris uris = new NodeUris(configuration,
					LettuceClientConfiguration.builder().commandTimeout(Duration.ofMinutes(5)).build(),
					NodeCredentials.NONE);
			try (NodeClient client = new NodeClient(this.resources, ClientOptions.create(), uris, Runnable::run)) {
				Stream<CompletionStage<?>> connections = Stream.of(client.connectForReads(address),
						client.connectForProbes(address),
						client.connectToSentinel(uris.sentinels(configuration).get(0)),
						client.connectToSentinelEvents(uris.sentinels(configuration).get(0)));
				assertThat(connections.toList())
					.allSatisfy((connection) -> assertThat(connection).failsWithin(Duration.ofSeconds(30))
						.withThrowableOfType(ExecutionException.class));
			}
		}
	}

}
