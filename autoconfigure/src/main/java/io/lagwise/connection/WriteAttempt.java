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

import java.io.IOException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.lagwise.routing.WriteOutcomeUnknownException;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * A command on its way to the primary that waits, and is sent again, when the node
 * refuses to execute it because it is not the primary, or not yet.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class WriteAttempt<K, V, T> extends CommandWrapper<K, V, T> {

	private static final int SENT = 0;

	private static final int WAITING = 1;

	private static final int OVER = 2;

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<WriteAttempt> STATE = AtomicIntegerFieldUpdater
		.newUpdater(WriteAttempt.class, "state");

	private final OrderedWrites<K, V> order;

	private final WriteReply<K, V, T> reply;

	private final @Nullable WriteMark mark;

	private final long startedAt;

	/**
	 * With whom the attempt is counted as long as it is under way.
	 */
	private int generation;

	// accessed via STATE
	private volatile int state;

	WriteAttempt(RedisCommand<K, V, T> command, OrderedWrites<K, V> order, @Nullable WriteMark mark, long now) {
		super(command);
		this.mark = mark;
		this.order = order;
		this.startedAt = now;
		this.reply = new WriteReply<>(order.codec(), command.getOutput(), WriteRefusal.isComposed(command.getType()));
	}

	RedisCommand<K, V, T> command() {
		return this.command;
	}

	long startedAt() {
		return this.startedAt;
	}

	int generation() {
		return this.generation;
	}

	/**
	 * Note with whom the attempt is counted, before it is sent.
	 */
	void begin(int generation) {
		this.generation = generation;
	}

	@Override
	public CommandOutput<K, V, T> getOutput() {
		return this.reply;
	}

	@Override
	public void complete() {
		if (this.reply.isRefusal() && !this.command.isDone() && this.order.refused(this)) {
			return;
		}
		if (leave(SENT)) {
			this.order.ended(this.generation);
		}
		if (this.reply.isUnknownScript()) {
			this.order.notExecuted(this);
		}
		this.reply.deliverRefusal();
		if (this.mark != null) {
			this.mark.answered(this);
		}
		super.complete();
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		noteFailure();
		if (leave(SENT)) {
			this.order.ended(this.generation);
		}
		else if (leave(WAITING) && this.reply.isRefusal()) {
			giveUp();
			return true;
		}
		return super.completeExceptionally((throwable instanceof IOException)
				? new WriteOutcomeUnknownException(getType().toString(), throwable) : throwable);
	}

	@Override
	public void cancel() {
		noteFailure();
		if (leave(SENT)) {
			this.order.ended(this.generation);
		}
		leave(WAITING);
		super.cancel();
	}

	/**
	 * Begin to wait for being sent, or sent again.
	 * @return whether it waits; if not, it is over
	 */
	boolean await() {
		return STATE.compareAndSet(this, SENT, WAITING);
	}

	/**
	 * End the wait in order to be sent.
	 * @param generation with whom the attempt is counted
	 * @return whether to send; if not, the command is done
	 */
	boolean resume(int generation) {
		this.generation = generation;
		if (this.command.isDone()) {
			leave(WAITING);
			return false;
		}
		this.reply.reset();
		return STATE.compareAndSet(this, WAITING, SENT);
	}

	/**
	 * End the wait in order to be sent by others.
	 */
	void abandon() {
		leave(WAITING);
	}

	/**
	 * Return whether nobody waits for the answer any more.
	 */
	boolean isAbandoned() {
		return this.state == OVER || this.command.isDone();
	}

	boolean isRefused() {
		return this.reply.isRefusal();
	}

	WriteRefusal refusal() {
		return this.reply.refusal();
	}

	/**
	 * End the wait with what the node has said.
	 */
	void fail() {
		if (leave(WAITING)) {
			giveUp();
		}
	}

	private void noteFailure() {
		if (this.mark != null) {
			this.mark.failed();
		}
	}

	private void giveUp() {
		this.reply.deliverRefusal();
		super.complete();
	}

	private boolean leave(int state) {
		return STATE.compareAndSet(this, state, OVER);
	}

}
