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
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SilenceLog} with sockets that are no Redis.
 */
@ExtendWith(OutputCaptureExtension.class)
class SilenceLogIntegrationTests {

	@Test
	void anAddressAtWhichNobodyListensIsNamedWithTheWayOut(CapturedOutput output) throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		assertThatItIsSaidOnce(port, output);
	}

	@Test
	void aServerThatHangsUpOnPlainConnectionsIsNamedWithTheWayOut(CapturedOutput output) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			Thread server = new Thread(() -> {
				while (!socket.isClosed()) {
					try (Socket client = socket.accept()) {
						// what an encrypted port says to HELLO: a fatal alert
						client.getInputStream().read();
						client.getOutputStream().write(new byte[] { 0x15, 3, 1, 0, 2, 2, 70 });
					}
					catch (IOException ex) {
						// closed, by either end
					}
				}
			});
			server.setDaemon(true);
			server.start();
			assertThatItIsSaidOnce(socket.getLocalPort(), output);
		}
	}

	private static void assertThatItIsSaidOnce(int port, CapturedOutput output) {
		ReplicaAwareConnectionFactory factory = new ReplicaAwareConnectionFactory(
				new RedisStandaloneConfiguration("127.0.0.1", port), TestFactories.clientConfiguration());
		factory.afterPropertiesSet();
		try {
			String message = "Redis does not answer at 127.0.0.1:" + port;
			await().atMost(Duration.ofSeconds(20)).until(() -> output.toString().contains(message));
			await().during(Duration.ofSeconds(1))
				.atMost(Duration.ofSeconds(2))
				.until(() -> output.toString().split(message, -1).length == 2);
			assertThat(output).contains("Check spring.data.redis.host and spring.data.redis.port, and set "
					+ "spring.data.redis.ssl.enabled=true if it expects encrypted connections");
		}
		finally {
			factory.destroy();
		}
	}

}
