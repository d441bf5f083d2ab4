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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * The commands that take long on every node, so that asking another one helps nobody:
 * those that the application names, and those that have been slow on two nodes, each with
 * its first key.
 * <p>
 * Asked about reads that wait for long only.
 */
final class SlowCommands {

	private static final int REMEMBERED = 256;

	/**
	 * How long a command stays known that has not been slow again.
	 */
	private static final long MEMORY = Duration.ofMinutes(10).toNanos();

	/**
	 * How much longer than last time a command may take.
	 */
	private static final int MARGIN = 2;

	private final Map<String, Duration> named;

	// the one that was slow last comes last
	private final Map<Long, Observation> observations = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Long, Observation> eldest) {
			return size() > REMEMBERED;
		}

	};

	/**
	 * Create the knowledge.
	 * @param named how long commands may take, by their upper-case names
	 */
	SlowCommands(Map<String, Duration> named) {
		this.named = named;
	}

	/**
	 * Return how long a node may take for a command, in nanoseconds, or zero if nothing
	 * is known of it.
	 */
	synchronized long time(RedisCommand<?, ?, ?> command, long now) {
		Duration named = named(command);
		if (named != null) {
			return named.toNanos();
		}
		Observation observation = this.observations.isEmpty() ? null : this.observations.get(key(command));
		return (observation != null && now - observation.at() < MEMORY) ? MARGIN * observation.nanos() : 0;
	}

	/**
	 * Note that a command has taken long on one node after the other.
	 * @param nanos how long it has taken
	 */
	synchronized void learn(RedisCommand<?, ?, ?> command, long nanos, long now) {
		Long key = key(command);
		this.observations.remove(key);
		this.observations.put(key, new Observation(nanos, now));
	}

	private @Nullable Duration named(RedisCommand<?, ?, ?> command) {
		return this.named.isEmpty() ? null : this.named.get(command.getType().toString().toUpperCase(Locale.ROOT));
	}

	private static long key(RedisCommand<?, ?, ?> command) {
		CommandArgs<?, ?> args = command.getArgs();
		ByteBuffer key = (args != null) ? args.getFirstEncodedKey() : null;
		return ((long) command.getType().toString().hashCode() << Integer.SIZE)
				| ((key != null) ? Integer.toUnsignedLong(key.hashCode()) : 0);
	}

	/**
	 * How long a command has taken.
	 */
	private record Observation(long nanos, long at) {

	}

}
