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

import java.util.List;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.routing.RoutingReason;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Where reads come from, and to whom they return when no replica can serve them. May be
 * called on any thread and does not block.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
interface ReadOrigin<K, V> {

	/**
	 * Return the codec of the reads.
	 */
	RedisCodec<K, V> getCodec();

	/**
	 * Send the read of a failed attempt to the next node, or fail it.
	 */
	<T> void retry(ReadAttempt<K, V, T> failed, AttemptFailure failure);

	/**
	 * Ask the primary as well about what a replica does not have.
	 */
	<T> void recheck(ReadAttempt<K, V, T> miss);

	/**
	 * Let the primary serve a read.
	 */
	<T> void readFromPrimary(RedisCommand<K, V, T> command, ReadRequirement requirement, RoutingReason reason,
			@Nullable ReadTrace trace, @Nullable ReadDemand demand);

	/**
	 * Go on with reads that have waited.
	 * @param reads the reads
	 * @param proceed goes on with them
	 */
	void resume(List<? extends RedisCommand<K, V, ?>> reads, Runnable proceed);

}
