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

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;

/**
 * Counts the commands of one view that were sent and have not ended.
 * <p>
 * Not each of them says that it has: Lettuce drops without a word what its caller gives
 * up before it is sent. So they are counted in generations. A {@code PING} behind a
 * generation is answered once all of it has been answered or dropped, and then the next
 * one begins.
 */
final class CommandsUnderWay {

	/**
	 * The generation, and in the lower half how many commands of it are under way.
	 */
	private final AtomicLong count = new AtomicLong();

	private final AtomicBoolean asking = new AtomicBoolean();

	/**
	 * Return whether commands are under way, or may be.
	 */
	boolean isAny() {
		return (int) this.count.get() > 0;
	}

	/**
	 * Count commands that are about to be sent.
	 * @return the generation to which they belong
	 */
	int begin(int commands) {
		return generation(this.count.addAndGet(commands));
	}

	/**
	 * Note that a command has ended.
	 * @param generation the generation to which it belongs
	 */
	void end(int generation) {
		long present = this.count.get();
		while (generation(present) == generation && !this.count.compareAndSet(present, present - 1)) {
			present = this.count.get();
		}
	}

	/**
	 * Find out when all have ended. Nobody may begin a transaction on the connection
	 * meanwhile.
	 * @param connection the connection over which they were sent
	 */
	<K, V> void awaitEnd(StatefulRedisConnection<K, V> connection) {
		if (connection.isMulti() || !this.asking.compareAndSet(false, true)) {
			return;
		}
		int generation = generation(this.count.get());
		AsyncCommand<K, V, String> ping = new AsyncCommand<>(
				new Command<>(CommandType.PING, new StatusOutput<>(connection.getCodec())));
		ping.whenComplete((pong, failure) -> {
			this.asking.set(false);
			if (failure == null || failure instanceof RedisCommandExecutionException) {
				endAll(generation);
			}
		});
		connection.dispatch(ping);
		connection.flushCommands();
	}

	private void endAll(int generation) {
		long present = this.count.get();
		while (generation(present) == generation
				&& !this.count.compareAndSet(present, (generation + 1L) << Integer.SIZE)) {
			present = this.count.get();
		}
	}

	private static int generation(long count) {
		return (int) (count >>> Integer.SIZE);
	}

}
