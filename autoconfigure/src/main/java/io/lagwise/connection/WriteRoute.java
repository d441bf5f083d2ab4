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

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.RedisCommand;

/**
 * Where the commands of one view are sent to.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
interface WriteRoute<K, V> {

	/**
	 * Return the connection over which commands are sent now.
	 */
	StatefulRedisConnection<K, V> connection();

	/**
	 * Return how long a command may take, zero for ever.
	 */
	default Duration timeout() {
		return connection().getTimeout();
	}

	/**
	 * Return whether what is refused may be sent over another connection.
	 */
	default boolean isReplaceable() {
		return true;
	}

	/**
	 * Prepare to send again what was refused, without waiting for anything. Called by one
	 * thread at a time.
	 * @param now the time in nanoseconds of the monotonic clock
	 * @return whether the connection leads to the node in charge
	 */
	default boolean prepare(long now) {
		return true;
	}

	/**
	 * Take note of a command that is about to be sent after it had to wait.
	 */
	default void sends(RedisCommand<?, ?, ?> command) {
	}

	/**
	 * Take note of a command that was not executed, or not sent, and has to wait.
	 */
	default void takesBack(RedisCommand<?, ?, ?> command) {
	}

}
