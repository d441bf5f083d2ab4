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
import java.util.function.Function;
import java.util.function.Predicate;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * The way of one view over the connections of a scope, which do not follow the primary:
 * what is refused is sent again over another one, and counts as written there.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class ScopeRoute<K, V> implements WriteRoute<K, V> {

	/**
	 * How long to wait after a failed attempt to connect.
	 */
	private static final long RETRY_DELAY = Duration.ofMillis(250).toNanos();

	private final ConfirmedWrites scope;

	private final boolean exclusive;

	private final Duration timeout;

	private final Predicate<RedisCommand<?, ?, ?>> writes;

	private final OrderedWrites<K, V> order;

	private volatile WaitConnection target;

	// used by the thread that sends again
	private @Nullable CompletableFuture<WaitConnection> opening;

	private long retryAt = System.nanoTime();

	/**
	 * Create a route.
	 * @param scope the scope
	 * @param target the connection with which to begin
	 * @param exclusive whether the view has its connection for itself
	 * @param timeout how long a command may take, zero for ever
	 * @param writes knows what may write
	 * @param order creates what keeps the commands in their order
	 */
	ScopeRoute(ConfirmedWrites scope, WaitConnection target, boolean exclusive, Duration timeout,
			Predicate<RedisCommand<?, ?, ?>> writes, Function<WriteRoute<K, V>, OrderedWrites<K, V>> order) {
		this.scope = scope;
		this.target = target;
		this.exclusive = exclusive;
		this.timeout = timeout;
		this.writes = writes;
		this.order = order.apply(this);
	}

	ConfirmedWrites scope() {
		return this.scope;
	}

	WaitConnection target() {
		return this.target;
	}

	OrderedWrites<K, V> writes() {
		return this.order;
	}

	/**
	 * Return whether what was refused waits for being sent again.
	 */
	boolean isWaiting() {
		return this.order.isWaiting();
	}

	/**
	 * Return whether the view stays on its way. One that has the connection for itself
	 * does, even if it is lost, until its transaction is over.
	 */
	boolean isOpen() {
		WaitConnection target = this.target;
		if (target.isOver()) {
			return false;
		}
		boolean usable = this.exclusive ? target.connection().isOpen() || target.isTransactional() : target.isFree();
		return usable || isWaiting();
	}

	/**
	 * Let others use the connection that the view had for itself.
	 */
	void leave() {
		if (this.exclusive && !this.target.isOver()) {
			this.target.leave();
		}
	}

	// nothing below the dispatch of a connection depends on its codec
	@Override
	@SuppressWarnings("unchecked")
	public StatefulRedisConnection<K, V> connection() {
		return (StatefulRedisConnection<K, V>) (StatefulRedisConnection<?, ?>) this.target.connection();
	}

	@Override
	public Duration timeout() {
		return this.timeout;
	}

	@Override
	public boolean isReplaceable() {
		return this.target.isReplaceable();
	}

	@Override
	public boolean prepare(long now) {
		WaitConnection target = this.target;
		if (target.isInCharge()) {
			return true;
		}
		if (!target.isReplaceable()) {
			return false;
		}
		CompletableFuture<WaitConnection> opening = this.opening;
		if (opening == null) {
			if (now - this.retryAt >= 0) {
				this.retryAt = now + RETRY_DELAY;
				this.opening = this.scope.replacement(target.connection().getResources().eventExecutorGroup(),
						this.exclusive);
			}
			return false;
		}
		if (opening.isDone()) {
			this.opening = null;
			if (!opening.isCompletedExceptionally()) {
				leave();
				this.target = opening.join();
			}
		}
		return this.target.isInCharge();
	}

	@Override
	public void sends(RedisCommand<?, ?, ?> command) {
		if (this.writes.test(command)) {
			this.target.sends(command.getType());
		}
	}

	@Override
	public void takesBack(RedisCommand<?, ?, ?> command) {
		if (this.writes.test(command)) {
			this.target.takesBack(command.getType());
		}
	}

}
