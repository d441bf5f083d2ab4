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

import java.util.ArrayDeque;
import java.util.Deque;

import io.lettuce.core.protocol.RedisCommand;

/**
 * What one view has to hold back while the primary refuses to execute commands.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class Backlog<K, V> {

	/**
	 * What the node has refused, in the order in which it was sent.
	 */
	final Deque<WriteAttempt<K, V, ?>> refused = new ArrayDeque<>();

	/**
	 * What is to be sent after that.
	 */
	final Deque<RedisCommand<K, V, ?>> waiting = new ArrayDeque<>();

	/**
	 * When something was refused last.
	 */
	long refusedAt;

	boolean isEmpty() {
		return this.refused.isEmpty() && this.waiting.isEmpty();
	}

}
