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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one server that is opened again after a loss, by its owner's next call
 * and not by Lettuce: commands for a dead server are refused at once instead of waiting
 * for it to come back.
 *
 * @param <C> the type of the connection
 */
final class ReopeningConnection<C extends StatefulConnection<?, ?>> {

	/**
	 * How long to wait after a failed attempt to connect at least.
	 */
	private static final long SHORTEST_DELAY = Duration.ofMillis(250).toNanos();

	/**
	 * How long to wait at most: whatever has been away for very long may be back.
	 */
	private static final long LONGEST_DELAY = Duration.ofSeconds(10).toNanos();

	private final Supplier<CompletionStage<C>> connector;

	private final Consumer<C> onOpen;

	private final Runnable onChange;

	private volatile @Nullable C connection;

	private volatile @Nullable Throwable failure;

	private boolean connecting;

	private boolean closed;

	private long retryAt;

	/**
	 * The first attempt since the connection was last open.
	 */
	private long failingSince;

	private boolean failing;

	ReopeningConnection(Supplier<CompletionStage<C>> connector, Consumer<C> onOpen, Runnable onChange) {
		this.connector = connector;
		this.onOpen = onOpen;
		this.onChange = onChange;
		this.retryAt = System.nanoTime();
	}

	/**
	 * Return the connection if it is open.
	 */
	@Nullable C get() {
		C connection = this.connection;
		return (connection != null && connection.isOpen()) ? connection : null;
	}

	/**
	 * Return why the last attempt to connect failed, or {@code null} when it has not.
	 */
	@Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * Start to connect unless the connection is open, is being opened, or has just failed
	 * to open.
	 * @param now the time in nanoseconds of the monotonic clock
	 */
	void ensureOpen(long now) {
		synchronized (this) {
			if (this.closed || this.connecting || get() != null || now - this.retryAt < 0) {
				return;
			}
			this.connecting = true;
			if (!this.failing) {
				this.failing = true;
				this.failingSince = now;
			}
			this.retryAt = now + delay(now - this.failingSince);
		}
		drop();
		connect().whenComplete(this::connected);
	}

	/**
	 * Close what is open; a later call may open it again.
	 * @return completes when it is closed
	 */
	CompletableFuture<Void> drop() {
		C connection;
		synchronized (this) {
			connection = this.connection;
			this.connection = null;
		}
		return (connection != null) ? Closing.of(connection) : CompletableFuture.completedFuture(null);
	}

	/**
	 * Close for good.
	 * @return completes when it is closed
	 */
	CompletableFuture<Void> close() {
		synchronized (this) {
			this.closed = true;
		}
		return drop();
	}

	/**
	 * The longer it has been in vain, the less often it is tried, so that what was away
	 * is noticed after a quarter of that time more at most. Not everybody tries at the
	 * same time.
	 */
	private static long delay(long failingFor) {
		long delay = Math.min(Math.max(failingFor / 4, SHORTEST_DELAY), LONGEST_DELAY);
		return delay - (long) (delay * ThreadLocalRandom.current().nextDouble(0.2));
	}

	private CompletionStage<C> connect() {
		try {
			return this.connector.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void connected(@Nullable C connection, @Nullable Throwable failure) {
		if (connection != null) {
			try {
				// before anybody gets it
				this.onOpen.accept(connection);
			}
			catch (Throwable ex) {
				// as if it had not opened: otherwise it would never be tried again
				Closing.of(connection);
				settle(null, ex);
				return;
			}
		}
		settle(connection, failure);
	}

	private void settle(@Nullable C connection, @Nullable Throwable failure) {
		boolean closed;
		synchronized (this) {
			this.connecting = false;
			closed = this.closed;
			this.failure = failure;
			this.failing = this.failing && connection == null;
			if (!closed) {
				this.connection = connection;
			}
		}
		if (connection != null && closed) {
			Closing.of(connection);
		}
		else if (connection != null) {
			connection.addListener(new LossListener());
		}
		this.onChange.run();
	}

	private final class LossListener implements RedisConnectionStateListener {

		@Override
		public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
			ReopeningConnection.this.onChange.run();
		}

	}

}
