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
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * One server with everything that belongs to it: its process, the proxy at its official
 * address, and a way to talk to it past the proxy.
 */
final class Server implements AutoCloseable {

	static final Duration START_LIMIT = Duration.ofSeconds(30);

	private static final Set<String> ROLE_SETTINGS = Set.of("replicaof", "slaveof");

	private final RedisNode node;

	private final int port;

	private final ServerProcess process;

	private final ServerAccess access;

	private final @Nullable NodeProxy proxy;

	private final boolean savesOnStop;

	private Map<String, String> initialSettings = Map.of();

	private volatile boolean frozen;

	private boolean killed;

	Server(RedisNode node, int port, ServerProcess process, ServerAccess access, @Nullable NodeProxy proxy,
			boolean savesOnStop) {
		this.node = node;
		this.port = port;
		this.process = process;
		this.access = access;
		this.proxy = proxy;
		this.savesOnStop = savesOnStop;
	}

	RedisNode node() {
		return this.node;
	}

	@Nullable NodeProxy proxy() {
		return this.proxy;
	}

	boolean isFrozen() {
		return this.frozen;
	}

	boolean isRunning() {
		return this.process.isRunning();
	}

	/**
	 * Return whether it can answer.
	 * @return whether it runs and is not frozen
	 */
	boolean isLive() {
		return !this.frozen && isRunning();
	}

	String log() {
		return this.process.log();
	}

	synchronized void launch() {
		this.process.start();
		this.killed = false;
		if (this.proxy != null) {
			this.proxy.open();
		}
	}

	void awaitReady() {
		try {
			Await.until(this.node + " to start", START_LIMIT, () -> {
				if (!isRunning()) {
					throw new IllegalStateException(this.node + " has ended at once");
				}
				return "PONG".equals(call("PING")) ? null : "no PONG";
			});
		}
		catch (IllegalStateException ex) {
			throw new IllegalStateException(ex.getMessage() + "; its log ends with:\n" + this.process.log(), ex);
		}
	}

	synchronized void start() {
		if (isRunning()) {
			return;
		}
		if (this.killed && this.savesOnStop) {
			this.process.wipe();
		}
		launch();
		awaitReady();
	}

	/**
	 * End it the way an operator does. A server without persistence of its own is told to
	 * save its data before.
	 */
	synchronized void stop() {
		if (!isRunning()) {
			return;
		}
		thaw();
		if (this.savesOnStop) {
			call("CONFIG", "SET", "save", "3600 1000000");
		}
		this.process.terminate();
		if (this.proxy != null) {
			this.proxy.refuse();
		}
	}

	synchronized void kill() {
		if (!isRunning()) {
			return;
		}
		if (this.proxy != null) {
			this.proxy.refuse();
		}
		this.process.kill();
		this.frozen = false;
		this.killed = true;
	}

	synchronized void restartEmpty() {
		kill();
		this.process.wipe();
		launch();
		awaitReady();
	}

	synchronized void freeze() {
		if (!isRunning()) {
			throw new IllegalStateException(this.node + " cannot be frozen: it does not run");
		}
		if (!this.frozen) {
			this.process.freeze();
			this.frozen = true;
		}
	}

	synchronized void thaw() {
		if (this.frozen) {
			this.process.thaw();
			this.frozen = false;
		}
	}

	void rememberSettings() {
		this.initialSettings = settings();
	}

	/**
	 * Take back what was changed by {@code CONFIG SET}.
	 */
	void restoreSettings() {
		Map<String, String> settings = settings();
		this.initialSettings.forEach((name, value) -> {
			if (!ROLE_SETTINGS.contains(name) && !value.equals(settings.get(name))) {
				call("CONFIG", "SET", name, value);
			}
		});
	}

	private Map<String, String> settings() {
		return ReplyFields.of(call("CONFIG", "GET", "*"));
	}

	ReplicationInfo replication() {
		return ReplicationInfo.parse(text("INFO", "replication"));
	}

	String text(String... command) {
		return String.valueOf(call(command));
	}

	@Nullable Object call(String... command) {
		if (this.frozen) {
			throw new IllegalStateException(this.node + " is frozen and cannot answer to " + command[0]);
		}
		try {
			return this.access.call(this.port, command);
		}
		catch (ServerErrorException ex) {
			throw new ServerErrorException(
					"%s answered to %s with '%s'".formatted(this.node, String.join(" ", command), ex.getMessage()));
		}
		catch (IOException ex) {
			throw new ServerUnreachableException("%s did not answer %s: %s".formatted(this.node, command[0], ex), ex);
		}
	}

	@Override
	public void close() {
		if (this.proxy != null) {
			this.proxy.close();
		}
		this.process.close();
		Ports.release(this.port);
		Ports.release(this.node.port());
	}

}
