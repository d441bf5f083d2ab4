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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AttentiveEndpoint}, with a server that sends one value bit by bit, and
 * a large one.
 */
class AttentiveEndpointTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final CountDownLatch rest = new CountDownLatch(1);

	private final SignsOfLife signs = new SignsOfLife(System.nanoTime());

	@Test
	void theBytesOfAValueThatIsNotWholeYetAreSignsOfLife() throws Exception {
		withConnection((connection) -> {
			long before = System.nanoTime();
			RedisFuture<byte[]> reply = connection.async().get("key".getBytes(StandardCharsets.UTF_8));
			await().atMost(LIMIT).until(() -> this.signs.isAliveSince(before));
			assertThat(reply.isDone()).isFalse();
			this.rest.countDown();
			assertThat(reply.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(2);
			assertThat(this.signs.takeBusy()).isFalse();
		});
	}

	@Test
	void aLargeReplyKeepsTheNodeBusy() throws Exception {
		withConnection((connection) -> {
			RedisFuture<byte[]> reply = connection.async().echo("text".getBytes(StandardCharsets.UTF_8));
			assertThat(reply.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).hasSize(ReplyFlow.MUCH);
			assertThat(this.signs.takeBusy()).isTrue();
		});
	}

	private void withConnection(ThrowingConsumer<StatefulRedisConnection<byte[], byte[]>> action) throws Exception {
		ClientResources resources = DefaultClientResources.create();
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread thread = new Thread(() -> serve(server), "server");
			thread.setDaemon(true);
			thread.start();
			NodeAddress node = new NodeAddress("127.0.0.1", server.getLocalPort());
			LettuceClientConfiguration client = LettuceClientConfiguration.defaultConfiguration();
			NodeUris uris = new NodeUris(new RedisStandaloneConfiguration(node.host(), node.port()), client,
					NodeCredentials.NONE);
			try (NodeClient nodes = new NodeClient(resources,
					ClientOptions.builder().protocolVersion(ProtocolVersion.RESP2).build(), uris, Runnable::run)) {
				StatefulRedisConnection<byte[], byte[]> connection = nodes.connectForReads(node)
					.toCompletableFuture()
					.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
				AttentiveEndpoint.listen(connection, this.signs);
				action.accept(connection);
			}
		}
		finally {
			resources.shutdown(0, 0, TimeUnit.SECONDS).get();
		}
	}

	private void serve(ServerSocket server) {
		try (Socket socket = server.accept();
				BufferedReader questions = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
			OutputStream answers = socket.getOutputStream();
			for (String line = questions.readLine(); line != null; line = questions.readLine()) {
				switch (line.toUpperCase(Locale.ROOT)) {
					case "GET" -> {
						answers.write("$2\r\na".getBytes(StandardCharsets.US_ASCII));
						this.rest.await();
						answers.write("b\r\n".getBytes(StandardCharsets.US_ASCII));
					}
					case "ECHO" -> {
						answers.write(("$" + ReplyFlow.MUCH + "\r\n").getBytes(StandardCharsets.US_ASCII));
						answers.write(new byte[ReplyFlow.MUCH]);
						answers.write("\r\n".getBytes(StandardCharsets.US_ASCII));
					}
					case "PING" -> answers.write("+PONG\r\n".getBytes(StandardCharsets.US_ASCII));
					case "CLIENT" -> answers.write("+OK\r\n".getBytes(StandardCharsets.US_ASCII));
					default -> {
						// the rest of a command
					}
				}
			}
		}
		catch (IOException | InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
