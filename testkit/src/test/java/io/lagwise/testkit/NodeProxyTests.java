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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NodeProxy} in front of a server that echoes.
 */
@Timeout(30)
class NodeProxyTests {

	private static final String CLIENT = "*1\r\n$3\r\nGET\r\n";

	private static final String REPLICA = "*3\r\n$8\r\nREPLCONF\r\n$14\r\nlistening-port\r\n$4\r\n6380\r\n";

	private static final String SENTINEL = "*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$21\r\nsentinel-0a1b2c3d-cmd\r\n";

	private final int port = Ports.next();

	private ServerSocket server;

	private Thread acceptor;

	private NodeProxy proxy;

	@BeforeEach
	void startServerAndProxy() throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.acceptor = new Thread(this::acceptAll);
		this.acceptor.setDaemon(true);
		this.acceptor.start();
		this.proxy = new NodeProxy("test", this.port, this.server.getLocalPort());
		this.proxy.open();
	}

	@AfterEach
	void stop() throws IOException {
		this.proxy.close();
		this.server.close();
	}

	@Test
	void bytesArePassedOnInBothDirections() throws IOException {
		byte[] content = new byte[5_000_000];
		new Random(1).nextBytes(content);
		try (Socket socket = connect()) {
			Thread sender = new Thread(() -> {
				try {
					socket.getOutputStream().write(content);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
			sender.start();
			assertThat(socket.getInputStream().readNBytes(content.length)).isEqualTo(content);
		}
	}

	@Test
	void ruleForOneReplicaAffectsNobodyElse() throws IOException {
		this.proxy.interfereWithLink(6380, Interference.delay(Duration.ofMillis(300)));
		this.proxy.interfereWithLink(6381, Interference.REFUSE);
		try (Socket client = connect(); Socket sentinel = connect(); Socket replica = connect()) {
			assertThat(roundTrip(client, CLIENT)).isLessThan(Duration.ofMillis(250));
			assertThat(roundTrip(sentinel, SENTINEL)).isLessThan(Duration.ofMillis(250));
			assertThat(roundTrip(replica, REPLICA)).isBetween(Duration.ofMillis(300), Duration.ofMillis(900));
		}
	}

	@Test
	void shorterDelayDoesNotOvertakeALongerOne() throws IOException {
		try (Socket replica = connect()) {
			roundTrip(replica, REPLICA);
			this.proxy.interfereWithLink(6380, Interference.delay(Duration.ofSeconds(5)));
			send(replica, "first");
			this.proxy.interfereWithLink(6380, Interference.delay(Duration.ofMillis(50)));
			send(replica, "second");
			assertThat(receive(replica, "firstsecond".length())).isEqualTo("firstsecond");
		}
	}

	@Test
	void swallowedConnectionIsNeverUsedAgain() throws IOException {
		try (Socket replica = connect()) {
			roundTrip(replica, REPLICA);
			this.proxy.interfereWithLink(6380, Interference.SWALLOW);
			send(replica, "lost");
			this.proxy.interfereWithLink(6380, Interference.NONE);
			assertThat(replica.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void swallowedBytesNeverArriveAndNobodyIsTold() throws IOException {
		try (Socket replica = connect()) {
			roundTrip(replica, REPLICA);
			this.proxy.interfereWithLink(6380, Interference.SWALLOW);
			send(replica, "lost");
			replica.setSoTimeout(200);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> replica.getInputStream().read());
		}
	}

	@Test
	void stalledClientIsNotToldAndNewOnesWork() throws IOException {
		try (Socket client = connect(); Socket replica = connect()) {
			roundTrip(client, CLIENT);
			roundTrip(replica, REPLICA);
			this.proxy.stallClients();
			this.proxy.interfereWithLink(6381, Interference.REFUSE);
			send(client, "lost");
			client.setSoTimeout(200);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> client.getInputStream().read());
			roundTrip(replica, "kept");
			try (Socket another = connect()) {
				roundTrip(another, CLIENT);
				roundTrip(another, "kept");
			}
			client.setSoTimeout(10_000);
			this.proxy.healClients();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void refusedClientIsClosedAtItsFirstCommand() throws IOException {
		this.proxy.interfereWithClients(Interference.REFUSE);
		try (Socket client = connect(); Socket sentinel = connect(); Socket replica = connect()) {
			send(client, CLIENT);
			assertThat(client.getInputStream().read()).isEqualTo(-1);
			roundTrip(sentinel, SENTINEL);
			roundTrip(replica, REPLICA);
		}
	}

	@Test
	void resetClientIsResetAtItsFirstCommand() throws IOException {
		this.proxy.interfereWithClients(Interference.RESET);
		try (Socket client = connect(); Socket sentinel = connect(); Socket replica = connect()) {
			send(client, CLIENT);
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> client.getInputStream().read())
				.withMessageContaining("reset");
			roundTrip(sentinel, SENTINEL);
			roundTrip(replica, REPLICA);
		}
	}

	@Test
	void proxyThatRefusesDespiteItsServerListensAgainWhenHealed() throws IOException {
		try (Socket client = connect()) {
			roundTrip(client, CLIENT);
			this.proxy.refuseDespiteServer();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		this.proxy.open();
		assertThatExceptionOfType(IOException.class).isThrownBy(this::connect);
		this.proxy.healClients();
		try (Socket client = connect()) {
			roundTrip(client, CLIENT);
		}
	}

	@Test
	void healingDoesNotOpenThePortOfAServerThatIsGone() {
		this.proxy.refuse();
		this.proxy.heal();
		assertThatExceptionOfType(IOException.class).isThrownBy(this::connect);
	}

	@Test
	void connectionIsClosedWhenTheServerIsGone() throws IOException, InterruptedException {
		SocketAddress address = this.server.getLocalSocketAddress();
		this.server.close();
		// until it is woken up it can still accept a connection
		this.acceptor.join();
		try (Socket reserved = new Socket()) {
			// a port that somebody else takes would answer
			reserved.bind(address);
			try (Socket client = connect()) {
				assertThat(client.getInputStream().read()).isEqualTo(-1);
			}
		}
		catch (SocketException ex) {
			assertThat(ex).hasMessageContaining("reset");
		}
	}

	@Test
	void refusingProxyListensNoMoreUntilItIsOpened() throws IOException {
		this.proxy.refuse();
		assertThatExceptionOfType(IOException.class).isThrownBy(this::connect);
		this.proxy.open();
		try (Socket client = connect()) {
			roundTrip(client, CLIENT);
		}
	}

	@Test
	void portIsFreeAfterClose() throws IOException {
		this.proxy.close();
		new ServerSocket(this.port, 1, InetAddress.getLoopbackAddress()).close();
	}

	private Duration roundTrip(Socket socket, String bytes) throws IOException {
		long start = System.nanoTime();
		send(socket, bytes);
		assertThat(receive(socket, bytes.length())).isEqualTo(bytes);
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private static void send(Socket socket, String bytes) throws IOException {
		socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
	}

	private static String receive(Socket socket, int length) throws IOException {
		return new String(socket.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
		socket.setSoTimeout(10_000);
		return socket;
	}

	private void acceptAll() {
		while (!this.server.isClosed()) {
			try {
				Socket accepted = this.server.accept();
				Thread thread = new Thread(() -> echo(accepted));
				thread.setDaemon(true);
				thread.start();
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private static void echo(Socket socket) {
		try (socket) {
			socket.getInputStream().transferTo(socket.getOutputStream());
		}
		catch (IOException ex) {
			// the proxy has closed the connection
		}
	}

}
