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

import io.lettuce.core.protocol.RedisCommand;

/**
 * One of several tries to have a command answered, with a {@link StagedReply} of its own.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
interface Attempt<K, V, T> {

	/**
	 * Return the command that is to be answered.
	 */
	RedisCommand<K, V, T> command();

	/**
	 * Return whether nothing that arrives from now on matters.
	 */
	boolean isDone();

	/**
	 * Return whether the reply may have to be dropped once it is there.
	 */
	boolean isConditional();

	/**
	 * Return whether somebody else may have to be asked as well if there is nothing to
	 * reply.
	 */
	boolean rechecksMisses();

	/**
	 * Return whether the node may lack what its primary has, so that a reply of nothing
	 * proves nothing.
	 */
	boolean isFromLackingNode();

	/**
	 * Claim the command for this attempt's reply.
	 * @return whether the reply may touch the command
	 */
	boolean claim();

	/**
	 * Return whether the reply has touched the command.
	 */
	boolean isAnswering();

	/**
	 * Note that the reply makes progress.
	 */
	void alive(long now);

}
