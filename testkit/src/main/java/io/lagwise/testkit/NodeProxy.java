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
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Stands at the official address of one data node and passes everything on to the node,
 * except where it was told to interfere.
 *
 * <p>
 * Sentinel points every replica to the official address of the primary, and would repair
 * a replica that was given another one. So the proxy does not stand in front of a replica
 * but in front of the node that is asked, whoever asks: clients, Sentinels and the
 * replicas that follow it. It tells them apart by their first commands (see
 * {@link ConnectionSniffer}). A rule for the link of one replica is known to the proxies
 * of all nodes, so it holds whichever node is the primary.
 *
 * <p>
 * Two invariants: the order of the bytes in one direction never changes, and a connection
 * that has lost a byte never passes another one on. The latter is why a connection that
 * has swallowed anything is closed when the rule is lifted: replication begins anew with
 * a handshake and cannot continue over a hole.
 *
 * <p>
 * One thread runs everything, so the state of connections needs no locks.
 */
final class NodeProxy implements AutoCloseable {

	private static final int BACKLOG = 512;

	private static final int BUFFER = 64 * 1024;

	private final int target;

	private final InetSocketAddress address;

	private final Map<Integer, Interference> links = new ConcurrentHashMap<>();

	private volatile Interference clients = Interference.NONE;

	private volatile boolean serverGone = true;

	private volatile boolean refusing;

	private final Selector selector;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final List<ProxyConnection> connections = new ArrayList<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

	private final Thread thread;

	private @Nullable ServerSocketChannel acceptor;

	private volatile boolean closed;

	NodeProxy(String name, int port, int target) throws IOException {
		this.address = new InetSocketAddress(RedisNode.HOST, port);
		this.target = target;
		this.selector = Selector.open();
		this.thread = new Thread(this::run, "lagwise-testkit-proxy-" + name);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Begin to accept connections, unless they are to be refused for other reasons.
	 */
	void open() {
		this.serverGone = false;
		applyListening();
	}

	/**
	 * Behave like the port of a server that is gone: refuse and close all connections.
	 */
	void refuse() {
		this.serverGone = true;
		applyListening();
	}

	/**
	 * Refuse and close all connections although the server is there, until
	 * {@link #healClients()}.
	 */
	void refuseDespiteServer() {
		this.refusing = true;
		applyListening();
	}

	/**
	 * Let the connections that clients have open swallow everything; new ones work.
	 */
	void stallClients() {
		perform(() -> this.connections.forEach(ProxyConnection::stall));
	}

	void healClients() {
		this.clients = Interference.NONE;
		this.refusing = false;
		perform(() -> this.connections.forEach(ProxyConnection::endStall));
		applyRules();
		applyListening();
	}

	void interfereWithLink(int replica, Interference interference) {
		this.links.put(replica, interference);
		applyRules();
	}

	void interfereWithClients(Interference interference) {
		this.clients = interference;
		applyRules();
	}

	void heal() {
		this.links.clear();
		healClients();
	}

	Interference ruleFor(ConnectionOrigin origin) {
		return switch (origin.kind()) {
			case CLIENT -> this.clients;
			case REPLICA -> this.links.getOrDefault(origin.port(), Interference.NONE);
			case SENTINEL, UNKNOWN -> Interference.NONE;
		};
	}

	private void applyRules() {
		perform(() -> this.connections.forEach(ProxyConnection::applyRule));
	}

	private void applyListening() {
		perform(() -> {
			if (this.serverGone || this.refusing) {
				if (this.acceptor != null) {
					closeQuietly(this.acceptor);
					this.acceptor = null;
				}
				this.connections.forEach(ProxyConnection::close);
			}
			else if (this.acceptor == null) {
				this.acceptor = listen();
			}
		});
	}

	private void perform(Runnable change) {
		if (this.closed) {
			return;
		}
		CompletableFuture<Void> done = new CompletableFuture<>();
		this.tasks.add(() -> {
			try {
				change.run();
				// a channel is really closed when its selector has noticed
				this.selector.selectNow();
				done.complete(null);
			}
			catch (IOException | RuntimeException ex) {
				done.completeExceptionally(ex);
			}
		});
		this.selector.wakeup();
		try {
			done.orTimeout(10, TimeUnit.SECONDS).join();
		}
		catch (CompletionException ex) {
			throw new IllegalStateException("The proxy at %s failed: %s".formatted(this.address, ex.getCause()), ex);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.selector.wakeup();
		try {
			this.thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		try (this.selector) {
			while (!this.closed) {
				await();
				runTasks();
				this.selector.selectedKeys().forEach(this::handle);
				this.selector.selectedKeys().clear();
				this.connections.forEach(ProxyConnection::flushDue);
				this.connections.removeIf(ProxyConnection::isClosed);
			}
			runTasks();
			this.connections.forEach(ProxyConnection::close);
			if (this.acceptor != null) {
				this.acceptor.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void await() throws IOException {
		long wait = Long.MAX_VALUE;
		for (ProxyConnection connection : this.connections) {
			wait = Math.min(wait, connection.nanosUntilDue());
		}
		if (wait == Long.MAX_VALUE) {
			this.selector.select();
		}
		else if (wait <= 0) {
			this.selector.selectNow();
		}
		else {
			this.selector.select(TimeUnit.NANOSECONDS.toMillis(wait) + 1);
		}
	}

	private void runTasks() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	private void handle(SelectionKey key) {
		if (key.attachment() instanceof ProxyConnection connection) {
			connection.handle(key, this.buffer);
		}
		else if (key.isValid() && key.isAcceptable()) {
			accept((ServerSocketChannel) key.channel());
		}
	}

	private void accept(ServerSocketChannel listening) {
		try {
			SocketChannel client = listening.accept();
			if (client != null) {
				connect(client);
			}
		}
		catch (IOException ex) {
			// the caller has given up already
		}
	}

	private void connect(SocketChannel client) throws IOException {
		SocketChannel server = null;
		try {
			server = SocketChannel.open();
			configure(client);
			configure(server);
			boolean connected = server.connect(new InetSocketAddress(RedisNode.HOST, this.target));
			this.connections.add(new ProxyConnection(this, this.selector, client, server, connected));
		}
		catch (IOException ex) {
			closeQuietly(client);
			if (server != null) {
				closeQuietly(server);
			}
		}
	}

	private ServerSocketChannel listen() {
		try {
			ServerSocketChannel channel = ServerSocketChannel.open();
			channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
			channel.configureBlocking(false);
			channel.bind(this.address, BACKLOG);
			channel.register(this.selector, SelectionKey.OP_ACCEPT);
			return channel;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Could not listen on " + this.address, ex);
		}
	}

	private static void configure(SocketChannel channel) throws IOException {
		channel.configureBlocking(false);
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
	}

	static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			// it is closed as well as can be
		}
	}

}
