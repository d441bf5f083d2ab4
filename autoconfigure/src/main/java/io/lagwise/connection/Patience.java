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

/**
 * How long reads wait for a replica.
 *
 * @param timeout how many nanoseconds a node may take to begin an answer
 * @param limit after how many nanoseconds a read has failed, however busy the replica is
 * with what was sent before it
 * @param lately how many nanoseconds ago a node must have been heard of for its silence
 * to be sudden
 * @param slowCommands the commands that are known to take longer than others
 */
record Patience(long timeout, long limit, long lately, SlowCommands slowCommands) {

	private static final int MOST_LATE_QUESTIONS = 2;

	/**
	 * Return the patience of a connection factory.
	 * @param options how it reads
	 * @param commandTimeout how long a command may take, zero if there is no limit
	 */
	static Patience of(ReplicaReadOptions options, Duration commandTimeout) {
		Duration half = options.attemptTimeout().dividedBy(2);
		Duration polls = options.monitorInterval().multipliedBy(MOST_LATE_QUESTIONS);
		return new Patience(options.attemptTimeout().toNanos(),
				commandTimeout.isZero() ? Long.MAX_VALUE : commandTimeout.toNanos(),
				((polls.compareTo(half) < 0) ? polls : half).toNanos(), new SlowCommands(options.slowCommands()));
	}

}
