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
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long this machine keeps a thread waiting that has something to do: what a
 * read takes longer for that reason is not the reader's fault.
 * <p>
 * Two threads pass one byte to and fro through a socket, as a client and a server do.
 */
final class MachinePauses implements AutoCloseable {

	private static final long INTERVAL = Duration.ofMillis(2).toNanos();

	private final ServerSocket listening;

	private final Socket client;

	private final Socket server;

	private volatile long longest;

	private MachinePauses() throws IOException {
		this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.client = new Socket(this.listening.getInetAddress(), this.listening.getLocalPort());
		this.client.setTcpNoDelay(true);
		this.server = this.listening.accept();
		this.server.setTcpNoDelay(true);
		start(this::answer);
		start(this::ask);
	}

	static MachinePauses measure() {
		try {
			return new MachinePauses();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the longest pause so far.
	 */
	Duration longest() {
		return Duration.ofNanos(this.longest);
	}

	@Override
	public void close() throws IOException {
		this.client.close();
		this.server.close();
		this.listening.close();
	}

	private void ask() throws IOException {
		while (true) {
			long start = System.nanoTime();
			LockSupport.parkNanos(INTERVAL);
			this.client.getOutputStream().write(1);
			if (this.client.getInputStream().read() < 0) {
				return;
			}
			this.longest = Math.max(this.longest, System.nanoTime() - start - INTERVAL);
		}
	}

	private void answer() throws IOException {
		this.server.getInputStream().transferTo(this.server.getOutputStream());
	}

	private static void start(Exchange exchange) {
		Thread thread = new Thread(() -> {
			try {
				exchange.run();
			}
			catch (IOException ex) {
				// it is closed
			}
		}, "pauses");
		thread.setDaemon(true);
		thread.start();
	}

	private interface Exchange {

		void run() throws IOException;

	}

}
