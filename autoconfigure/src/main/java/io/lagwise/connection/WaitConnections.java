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

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connections to the primary on which writes wait for replicas, a limited number.
 * Each speaks for exactly one server and never sends anything twice: after a reconnect
 * {@code WAIT} would confirm writes that it knows nothing of.
 */
final class WaitConnections implements AutoCloseable {

	/**
	 * How long to wait where commands may take for ever.
	 */
	private static final Duration LONGEST_PATIENCE = Duration.ofMinutes(1);

	private final Function<NodeAddress, CompletionStage<StatefulRedisConnection<byte[], byte[]>>> connector;

	private final Supplier<@Nullable NodeAddress> primary;

	private final int limit;

	private final Duration patience;

	private final Semaphore permits;

	private final Deque<WaitConnection> idle = new ArrayDeque<>();

	/**
	 * What is open, with the node to which it leads.
	 */
	private final Map<StatefulRedisConnection<byte[], byte[]>, NodeAddress> open = new ConcurrentHashMap<>();

	private boolean closed;

	/**
	 * Create an empty pool.
	 * @param connector opens a connection to a node
	 * @param primary returns the node in charge
	 * @param limit how many scopes may have a connection at a time
	 * @param commandTimeout how long a command may take, and so the wait for a connection
	 */
	WaitConnections(Function<NodeAddress, CompletionStage<StatefulRedisConnection<byte[], byte[]>>> connector,
			Supplier<@Nullable NodeAddress> primary, int limit, Duration commandTimeout) {
		this.connector = connector;
		this.primary = primary;
		this.limit = limit;
		this.patience = commandTimeout.isZero() ? LONGEST_PATIENCE : commandTimeout;
		this.permits = new Semaphore(limit, true);
	}

	/**
	 * Return a connection to the node in charge, for a scope that has none yet.
	 * @throws RedisConnectionException if all are in use for too long, or none can be
	 * opened
	 */
	WaitConnection borrow() {
		awaitPermit();
		try {
			return open(true);
		}
		catch (RuntimeException ex) {
			this.permits.release();
			throw ex;
		}
	}

	/**
	 * Return one more connection for a scope that has one already: if it had to wait for
	 * it, scopes could wait for each other.
	 */
	WaitConnection borrowAnother() {
		return open(false);
	}

	/**
	 * Open one more connection for a scope that has one already, without waiting.
	 * @param executor looks up the node and begins to connect
	 */
	CompletableFuture<WaitConnection> openAnother(Executor executor) {
		NodeAddress primary = this.primary.get();
		if (primary == null) {
			return CompletableFuture.failedFuture(unknown());
		}
		return CompletableFuture.supplyAsync(() -> this.connector.apply(primary), executor)
			.thenCompose(Function.identity())
			.thenApply((connection) -> opened(connection, primary, false));
	}

	/**
	 * Take a connection back. It is closed unless it is as good as new.
	 */
	void giveBack(WaitConnection returned) {
		boolean kept;
		synchronized (this) {
			kept = !this.closed && returned.isReusable() && this.idle.size() < this.limit && isInCharge(returned);
			if (kept) {
				this.idle.push(returned);
			}
		}
		if (!kept) {
			close(returned.connection());
		}
		if (returned.isCounted()) {
			this.permits.release();
		}
	}

	/**
	 * Close what leads to a node that is not in charge any more, also what is in use: a
	 * former primary must not acknowledge anything that nobody looks after.
	 * @return whether there was anything
	 */
	boolean closeStrays() {
		if (this.open.isEmpty()) {
			// before the nodes are known the primary has to be waited for
			return false;
		}
		NodeAddress primary = this.primary.get();
		synchronized (this) {
			this.idle.removeIf((connection) -> primary != null && !connection.primary().equals(primary));
		}
		boolean found = false;
		for (Map.Entry<StatefulRedisConnection<byte[], byte[]>, NodeAddress> entry : this.open.entrySet()) {
			if (primary != null && !entry.getValue().equals(primary)) {
				close(entry.getKey());
				found = true;
			}
		}
		return found;
	}

	@Override
	public void close() {
		List<WaitConnection> connections;
		synchronized (this) {
			this.closed = true;
			connections = List.copyOf(this.idle);
			this.idle.clear();
		}
		Closing.await(CompletableFuture.allOf(connections.stream()
			.map((connection) -> close(connection.connection()))
			.toArray(CompletableFuture[]::new)));
	}

	private void awaitPermit() {
		try {
			if (!this.permits.tryAcquire(this.patience.toNanos(), TimeUnit.NANOSECONDS)) {
				throw new RedisConnectionException("None of the " + this.limit
						+ " connections for writes that wait for replicas " + "became free within "
						+ this.patience.toMillis() + " ms. Each method with @WaitForReplicas "
						+ "needs one from its first write on: raise lagwise.wait.max-connections");
			}
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private WaitConnection open(boolean counted) {
		NodeAddress primary = this.primary.get();
		StatefulRedisConnection<byte[], byte[]> connection = takeIdle(primary);
		if (connection != null) {
			return new WaitConnection(Objects.requireNonNull(primary), connection, this, counted);
		}
		try {
			return connect(primary, counted);
		}
		catch (RedisConnectionException ex) {
			NodeAddress present = this.primary.get();
			if (Objects.equals(present, primary)) {
				throw ex;
			}
			return connect(present, counted);
		}
	}

	private synchronized @Nullable StatefulRedisConnection<byte[], byte[]> takeIdle(@Nullable NodeAddress primary) {
		WaitConnection candidate = this.idle.poll();
		while (candidate != null) {
			if (candidate.primary().equals(primary) && candidate.connection().isOpen()) {
				return candidate.connection();
			}
			close(candidate.connection());
			candidate = this.idle.poll();
		}
		return null;
	}

	private WaitConnection connect(@Nullable NodeAddress primary, boolean counted) {
		if (primary == null) {
			throw unknown();
		}
		try {
			StatefulRedisConnection<byte[], byte[]> connection = this.connector.apply(primary)
				.toCompletableFuture()
				.get(this.patience.toNanos(), TimeUnit.NANOSECONDS);
			return opened(connection, primary, counted);
		}
		catch (ExecutionException | TimeoutException ex) {
			Throwable cause = (ex instanceof ExecutionException && ex.getCause() != null) ? ex.getCause() : ex;
			throw new RedisConnectionException(
					"No connection to " + primary + " for writes that wait for replicas: " + Refusal.reason(cause),
					cause);
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
		}
	}

	private WaitConnection opened(StatefulRedisConnection<byte[], byte[]> connection, NodeAddress primary,
			boolean counted) {
		this.open.put(connection, primary);
		if (!primary.equals(this.primary.get())) {
			close(connection);
			throw new RedisConnectionException(primary + " has been replaced while a connection to it was opened");
		}
		return new WaitConnection(primary, connection, this, counted);
	}

	private static RedisConnectionException unknown() {
		return new RedisConnectionException("No primary is known to which to connect");
	}

	private CompletableFuture<?> close(StatefulRedisConnection<byte[], byte[]> connection) {
		return Closing.of(connection).whenComplete((closed, failure) -> this.open.remove(connection));
	}

	boolean isInCharge(WaitConnection connection) {
		return connection.primary().equals(this.primary.get());
	}

	private static RedisCommandInterruptedException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new RedisCommandInterruptedException(ex);
	}

}
