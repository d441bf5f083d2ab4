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
import java.util.concurrent.atomic.AtomicBoolean;

import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps an idle connection open to a server that closes those which are idle: the
 * shortest {@code timeout} that a server can have is one second.
 */
final class KeepAlive {

	/**
	 * How often connections are looked at.
	 */
	static final Duration INTERVAL = Duration.ofMillis(250);

	private static final long IDLE = Duration.ofMillis(400).toNanos();

	private final AtomicBoolean asked = new AtomicBoolean();

	private volatile long askedAt = System.nanoTime();

	/**
	 * The connection whose user has no right to send a PING.
	 */
	private volatile @Nullable StatefulRedisConnection<?, ?> refused;

	/**
	 * Send a PING if the connection has not been used for a while.
	 * @param connection the connection if it is open
	 * @param heardAt when something has last been heard on it
	 * @param now the time
	 */
	void keep(@Nullable StatefulRedisConnection<?, ?> connection, long heardAt, long now) {
		if (connection == null || connection == this.refused || now - heardAt < IDLE || now - this.askedAt < IDLE
				|| !this.asked.compareAndSet(false, true)) {
			return;
		}
		this.askedAt = now;
		UntracedQuestion.ping().send(connection).whenComplete((pong, failure) -> {
			this.asked.set(false);
			if (failure != null && Refusal.ofCommand(failure) != null) {
				// the server may close it, and it is opened again
				this.refused = connection;
			}
		});
	}

}
