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

package io.lagwise.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionSniffer}.
 */
class ConnectionSnifferTests {

	private final ConnectionSniffer sniffer = new ConnectionSniffer();

	@Test
	void replicaIsKnownByThePortItAnnounces() {
		assertThat(inspect(command("PING"))).isEqualTo(ConnectionOrigin.UNKNOWN);
		assertThat(inspect(command("AUTH", "user", "secret"))).isEqualTo(ConnectionOrigin.UNKNOWN);
		assertThat(inspect(command("REPLCONF", "listening-port", "6380"))).isEqualTo(ConnectionOrigin.replica(6380));
	}

	@Test
	void replicaIsKnownWhenItSaysOtherThingsFirst() {
		assertThat(inspect(command("REPLCONF", "capa", "eof"))).isEqualTo(ConnectionOrigin.UNKNOWN);
		assertThat(inspect(command("replconf", "ip-address", "127.0.0.1", "LISTENING-PORT", "1")))
			.isEqualTo(ConnectionOrigin.replica(1));
	}

	@Test
	void sentinelIsKnownByItsName() {
		assertThat(inspect(
				command("AUTH", "secret") + command("CLIENT", "SETNAME", "sentinel-0a1b2c3d-cmd") + command("PING")))
			.isEqualTo(ConnectionOrigin.SENTINEL);
	}

	@Test
	void clientWithAnotherNameIsAClient() {
		assertThat(inspect(command("CLIENT", "SETNAME", "sentinel-of-the-shop"))).isEqualTo(ConnectionOrigin.CLIENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HELLO", "GET", "INFO", "CLIENT", "PSYNC", "SELECT" })
	void everybodyElseIsAClient(String command) {
		assertThat(inspect(command("PING") + command(command))).isEqualTo(ConnectionOrigin.CLIENT);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PING\r\n", "*x\r\n$4\r\nPING\r\n", "*1\r\n$x\r\n", "GET / HTTP/1.1\r\n" })
	void nonsenseNeverFails(String bytes) {
		assertThat(inspect(bytes)).isIn(ConnectionOrigin.CLIENT, ConnectionOrigin.UNKNOWN);
	}

	@Test
	void endlessNonsenseIsAClient() {
		assertThat(inspect("*1\r\n$9999\r\n" + "x".repeat(9000))).isEqualTo(ConnectionOrigin.CLIENT);
	}

	@Test
	void commandsMayArriveInPieces() {
		String handshake = command("PING") + command("REPLCONF", "listening-port", "6380");
		for (char next : handshake.substring(0, handshake.length() - 1).toCharArray()) {
			assertThat(inspect(String.valueOf(next))).isEqualTo(ConnectionOrigin.UNKNOWN);
		}
		assertThat(inspect("\n")).isEqualTo(ConnectionOrigin.replica(6380));
	}

	@Test
	void bytesAreNotConsumed() {
		ByteBuffer bytes = ByteBuffer.wrap(command("GET", "key").getBytes(StandardCharsets.US_ASCII));
		this.sniffer.inspect(bytes);
		assertThat(bytes.position()).isZero();
	}

	private ConnectionOrigin inspect(String bytes) {
		return this.sniffer.inspect(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII)));
	}

	private static String command(String... arguments) {
		StringBuilder command = new StringBuilder("*" + arguments.length + "\r\n");
		for (String argument : arguments) {
			command.append("$" + argument.length() + "\r\n" + argument + "\r\n");
		}
		return command.toString();
	}

}
