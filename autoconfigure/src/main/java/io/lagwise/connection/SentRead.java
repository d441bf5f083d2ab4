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

import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;

/**
 * A read that is given to the connection of a replica: since when the replica owes the
 * answer, and how long it was its turn.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
abstract class SentRead<K, V, T> extends CommandWrapper<K, V, T> {

	/**
	 * How long before a read is late it is looked whether its answer is there already.
	 */
	static final long AHEAD = AttemptDeadlines.RESOLUTION.multipliedBy(2).toNanos();

	private final long startedAt;

	/**
	 * One more than the microseconds from the start until the read was written, or zero
	 * as long as it was not: the read is small enough for the field to pay.
	 */
	private volatile int sentAfter;

	/**
	 * The number of the read among those on its connection.
	 */
	private int number;

	SentRead(RedisCommand<K, V, T> command, long startedAt) {
		super(command);
		this.startedAt = startedAt;
	}

	abstract ReplicaReads node();

	final long startedAt() {
		return this.startedAt;
	}

	@Override
	public final void encode(ByteBuf buffer) {
		super.encode(buffer);
		sent(System.nanoTime());
	}

	/**
	 * Note that the read is written now.
	 */
	final void sent(long now) {
		this.number = node().signs().sending(now);
		this.sentAfter = 1 + (int) ((now - this.startedAt) / 1000);
	}

	/**
	 * Note that the read is answered now.
	 * @return how long it was the node's turn to answer it
	 */
	final long served(long now) {
		return isSent() ? node().signs().served(this.number, sentAt(), now) : 0;
	}

	/**
	 * Return since when the read waits for the node.
	 */
	final long waitingSince() {
		return node().signs().waitingSince(sentAt(), isSent());
	}

	/**
	 * Return whether nothing of the node has been overlooked since the read waits for it.
	 * @param patience how long it may wait, in nanoseconds
	 */
	final boolean hasLooked(long patience, long now) {
		return node().signs().hasReadUntil(waitingSince() + patience - AHEAD, now, patience);
	}

	/**
	 * Return which of the reads that wait on its connection the read is, from one on.
	 */
	final int placeInLine() {
		return isSent() ? node().signs().position(this.number) : 1;
	}

	/**
	 * Return whether all that was sent before the read has been answered.
	 */
	final boolean isNext() {
		return isSent() && node().signs().isNext(this.number);
	}

	/**
	 * Return whether the node was heard of until it got the read, and nothing but that
	 * read can be what keeps it busy.
	 */
	final boolean isSudden() {
		return isNext() && node().isAliveSince(sentAt() - node().patience().lately());
	}

	private boolean isSent() {
		return this.sentAfter > 0;
	}

	private long sentAt() {
		return isSent() ? this.startedAt + (this.sentAfter - 1) * 1000L : this.startedAt;
	}

}
