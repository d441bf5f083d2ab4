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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how long this machine keeps a thread waiting that has something to do: what a
 * read takes longer for that reason is not the reader's fault.
 * <p>
 * Two threads pass one byte to and fro through a socket, as a client and a server do, and
 * one asks a real server to which nothing is done: servers may have to wait for a
 * processor when this process has not.
 */
final class MachinePauses implements AutoCloseable {

	private static final long INTERVAL = Duration.ofMillis(5).toNanos();

	private final ServerSocket listening;

	private final Socket client;

	private final Socket server;

	private final AtomicLong longest = new AtomicLong();

	private volatile boolean closed;

	private MachinePauses(Runnable question) throws IOException {
		this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.client = new Socket(this.listening.getInetAddress(), this.listening.getLocalPort());
		this.client.setTcpNoDelay(true);
		this.server = this.listening.accept();
		this.server.setTcpNoDelay(true);
		start(this::answer);
		start(this::ask);
		start(() -> ask(question));
	}

	/**
	 * Begin to measure.
	 * @param question asks a server
	 */
	static MachinePauses measure(Runnable question) {
		try {
			return new MachinePauses(question);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the longest pause so far.
	 */
	Duration longest() {
		return Duration.ofNanos(this.longest.get());
	}

	@Override
	public void close() throws IOException {
		this.closed = true;
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
			note(System.nanoTime() - start - INTERVAL);
		}
	}

	private void ask(Runnable question) {
		while (!this.closed) {
			LockSupport.parkNanos(INTERVAL);
			long start = System.nanoTime();
			question.run();
			note(System.nanoTime() - start);
		}
	}

	private void note(long pause) {
		this.longest.accumulateAndGet(pause, Math::max);
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
