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

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lagwise.replication.NodeAddress;

/**
 * A server that answers what a test tells it to answer, however odd: commands without an
 * answer of their own are unknown to it.
 */
final class ScriptedServer implements AutoCloseable {

	private final ServerSocket server;

	private final Map<String, String> answers = new ConcurrentHashMap<>();

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final Set<Socket> subscribers = ConcurrentHashMap.newKeySet();

	private final List<String> asked = new CopyOnWriteArrayList<>();

	private ScriptedServer() {
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		answer("PING", "+PONG\r\n");
		start(this::accept);
	}

	static ScriptedServer start() {
		return new ScriptedServer();
	}

	NodeAddress address() {
		return new NodeAddress(this.server.getInetAddress().getHostAddress(), this.server.getLocalPort());
	}

	/**
	 * Answer to whatever begins with these words.
	 */
	ScriptedServer answer(String command, String reply) {
		this.answers.put(command.toUpperCase(Locale.ROOT), reply);
		return this;
	}

	/**
	 * Return how often commands were asked that begin with these words.
	 */
	long asked(String command) {
		return this.asked.stream().filter((it) -> it.startsWith(command.toUpperCase(Locale.ROOT))).count();
	}

	boolean isSubscribed() {
		return !this.subscribers.isEmpty();
	}

	void publish(String channel, String message) {
		this.subscribers.forEach((socket) -> send(socket, list(bulk("message"), bulk(channel), bulk(message))));
	}

	static String bulk(String text) {
		return "$" + text.getBytes(StandardCharsets.UTF_8).length + "\r\n" + text + "\r\n";
	}

	static String list(String... replies) {
		return "*" + replies.length + "\r\n" + String.join("", replies);
	}

	static String texts(String... texts) {
		return list(List.of(texts).stream().map(ScriptedServer::bulk).toArray(String[]::new));
	}

	static String error(String message) {
		return "-" + message + "\r\n";
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				socket.setTcpNoDelay(true);
				this.sockets.add(socket);
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
			while (true) {
				List<String> command = new ArrayList<>();
				for (int left = Integer.parseInt(line(in).substring(1)); left > 0; left--) {
					byte[] argument = new byte[Integer.parseInt(line(in).substring(1))];
					in.readFully(argument);
					line(in);
					command.add(new String(argument, StandardCharsets.UTF_8));
				}
				execute(socket, command);
			}
		}
		catch (IOException ex) {
			this.subscribers.remove(socket);
		}
	}

	private void execute(Socket socket, List<String> command) {
		String words = String.join(" ", command).toUpperCase(Locale.ROOT);
		this.asked.add(words);
		if (words.startsWith("SUBSCRIBE")) {
			for (int i = 1; i < command.size(); i++) {
				send(socket, list(bulk("subscribe"), bulk(command.get(i)), ":" + i + "\r\n"));
			}
			this.subscribers.add(socket);
			return;
		}
		send(socket,
				this.answers.entrySet()
					.stream()
					.filter((it) -> words.startsWith(it.getKey()))
					.map(Map.Entry::getValue)
					.findFirst()
					.orElseGet(() -> error("ERR unknown command '" + command.get(0) + "', with args beginning with: "
							+ String.join(" ", command.subList(1, command.size())))));
	}

	private static void send(Socket socket, String reply) {
		try {
			synchronized (socket) {
				OutputStream out = socket.getOutputStream();
				out.write(reply.getBytes(StandardCharsets.UTF_8));
				out.flush();
			}
		}
		catch (IOException ex) {
			// it has hung up
		}
	}

	private static String line(DataInputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "scripted-server");
		thread.setDaemon(true);
		thread.start();
	}

}
