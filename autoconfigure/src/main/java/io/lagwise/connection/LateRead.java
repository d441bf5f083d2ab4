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
import org.jspecify.annotations.Nullable;

/**
 * A read that a node has kept waiting though it was quick until then, and that another
 * node has been asked for meanwhile. Where that one takes long as well, the command is
 * the reason, and not the nodes.
 */
final class LateRead {

	private final RedisCommand<?, ?, ?> command;

	private final ReplicaReads node;

	private final Patience patience;

	private volatile @Nullable ReadAttempt<?, ?, ?> next;

	private long turn;

	private long elsewhere;

	LateRead(RedisCommand<?, ?, ?> command, ReplicaReads node) {
		this.command = command;
		this.node = node;
		this.patience = node.patience();
	}

	/**
	 * Return how long ago a node must have been heard of for its silence to be sudden.
	 */
	long lately() {
		return this.patience.lately();
	}

	/**
	 * Note which attempt asks another replica.
	 */
	void setNext(@Nullable ReadAttempt<?, ?, ?> next) {
		this.next = next;
	}

	/**
	 * End the attempt that asks another replica, for the answer is there.
	 * @return whether it had not been answered
	 */
	boolean overtake() {
		ReadAttempt<?, ?, ?> next = this.next;
		return next != null && next.end();
	}

	/**
	 * Let the suspicion that the command is slow be the reason for what the node does not
	 * do.
	 */
	void explain(long now) {
		this.node.explain(now);
	}

	/**
	 * Note that the node has answered after all.
	 * @param turn how long it was its turn
	 */
	void answered(long turn, long now) {
		learn(turn, this.elsewhere, now);
	}

	/**
	 * Note that another node takes long, too.
	 */
	void isSlowElsewhere(long now) {
		learn(this.turn, Long.MAX_VALUE, now);
	}

	/**
	 * Note that another node has answered.
	 * @param nanos how long it has taken
	 */
	void answeredElsewhere(long nanos, long now) {
		learn(this.turn, nanos, now);
	}

	private synchronized void learn(long turn, long elsewhere, long now) {
		this.turn = Math.max(this.turn, turn);
		this.elsewhere = Math.max(this.elsewhere, elsewhere);
		long least = Math.min(this.turn, this.elsewhere);
		if (least >= this.patience.timeout()) {
			this.patience.slowCommands().learn(this.command, least, now);
			this.node.explain(now);
		}
	}

}
