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

import io.lagwise.testkit.RedisNode;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long this machine keeps a thread waiting that has something to do: what a
 * read takes longer for that reason is not the reader's fault.
 * <p>
 * Two threads pass one byte to and fro through a socket, as a client and a server do, and
 * one asks a real server to which nothing is done, the way applications do: the threads
 * of a client and the server all may have to wait for a processor.
 */
final class MachinePauses implements AutoCloseable {

	private static final long INTERVAL = Duration.ofMillis(5).toNanos();

	private final ServerSocket listening;

	private final Socket client;

	private final Socket server;

	private final @Nullable RedisClient asking;

	private @Nullable Thread asker;

	private final AtomicLong longest = new AtomicLong();

	private volatile boolean closed;

	private MachinePauses(@Nullable RedisNode untouched) throws IOException {
		this.listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
		this.client = new Socket(this.listening.getInetAddress(), this.listening.getLocalPort());
		this.client.setTcpNoDelay(true);
		this.server = this.listening.accept();
		this.server.setTcpNoDelay(true);
		start(this::answer);
		start(this::ask);
		this.asking = (untouched != null) ? client(untouched) : null;
		if (this.asking != null) {
			StatefulRedisConnection<String, String> connection = this.asking.connect();
			this.asker = start(() -> ask(connection.sync()));
		}
	}

	/**
	 * Begin to measure.
	 * @param untouched a server to which hardly anything is done, or {@code null} if
	 * there is none
	 */
	static MachinePauses measure(@Nullable RedisNode untouched) {
		try {
			return new MachinePauses(untouched);
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
	public void close() throws Exception {
		this.closed = true;
		this.client.close();
		this.server.close();
		this.listening.close();
		if (this.asking != null && this.asker != null) {
			this.asker.join(Duration.ofSeconds(10).toMillis());
			this.asking.shutdown(Duration.ZERO, Duration.ofSeconds(10));
		}
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

	private void ask(RedisCommands<String, String> server) {
		try {
			while (!this.closed) {
				LockSupport.parkNanos(INTERVAL);
				long start = System.nanoTime();
				server.ping();
				note(System.nanoTime() - start);
			}
		}
		catch (RedisException ex) {
			// it is gone
		}
	}

	private void note(long pause) {
		this.longest.accumulateAndGet(pause, Math::max);
	}

	private void answer() throws IOException {
		this.server.getInputStream().transferTo(this.server.getOutputStream());
	}

	private static RedisClient client(RedisNode node) {
		RedisClient client = RedisClient.create(RedisURI.create(node.host(), node.port()));
		client.setOptions(ClientOptions.builder().autoReconnect(false).build());
		return client;
	}

	private static Thread start(Exchange exchange) {
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
		return thread;
	}

	private interface Exchange {

		void run() throws IOException;

	}

}
