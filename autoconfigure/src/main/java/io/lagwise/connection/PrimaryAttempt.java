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
import java.util.function.BooleanSupplier;

import io.lagwise.routing.SessionLostException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.RedisCommand;

/**
 * A question to the primary that a read does not depend on: where it cannot be answered
 * in time, the read has another way to go on.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class PrimaryAttempt<K, V, T> extends Command<K, V, T> implements Attempt<K, V, T> {

	private final RedisCommand<K, V, T> command;

	private final StagedReply<K, V, T> reply;

	private final BooleanSupplier impatient;

	private final Runnable otherwise;

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile long aliveAt;

	/**
	 * Create an attempt.
	 * @param command the read
	 * @param codec its codec
	 * @param now the time
	 * @param impatient whether to give up when the time is up
	 * @param otherwise how the read goes on without an answer
	 */
	@SuppressWarnings("NullAway")
	PrimaryAttempt(RedisCommand<K, V, T> command, RedisCodec<K, V> codec, long now, BooleanSupplier impatient,
			Runnable otherwise) {
		super(command.getType(), null, command.getArgs());
		this.command = command;
		this.reply = new StagedReply<>(codec, this);
		this.impatient = impatient;
		this.otherwise = otherwise;
		this.aliveAt = now;
	}

	/**
	 * Give up when the time is up.
	 * @param now the time in nanoseconds of the monotonic clock
	 * @param timeout how long the primary may stay without sign of life, in nanoseconds
	 * @return whether nothing more has to be watched
	 */
	boolean expire(long now, long timeout) {
		if (isDue(now, timeout)) {
			giveUp();
		}
		return isDone();
	}

	/**
	 * Return whether {@link #expire} would give up.
	 */
	boolean isDue(long now, long timeout) {
		return !isDone() && now - this.aliveAt >= timeout && this.impatient.getAsBoolean();
	}

	@Override
	public CommandOutput<K, V, T> getOutput() {
		return this.reply;
	}

	@Override
	public RedisCommand<K, V, T> command() {
		return this.command;
	}

	@Override
	public boolean isConditional() {
		return true;
	}

	@Override
	public boolean rechecksMisses() {
		return false;
	}

	@Override
	public boolean isFromLackingNode() {
		return false;
	}

	@Override
	public boolean claim() {
		return false;
	}

	@Override
	public boolean isAnswering() {
		return false;
	}

	@Override
	public void alive(long now) {
		this.aliveAt = now;
	}

	@Override
	public void complete() {
		super.complete();
		if (this.reply.refusal() != null) {
			giveUp();
		}
		else if (end()) {
			deliver();
		}
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		super.completeExceptionally(throwable);
		if (!(throwable instanceof SessionLostException)) {
			return giveUp();
		}
		return end() && this.command.completeExceptionally(throwable);
	}

	@Override
	public void cancel() {
		super.cancel();
		giveUp();
	}

	@Override
	public boolean isDone() {
		return this.over.get() || this.command.isDone();
	}

	private boolean end() {
		return this.over.compareAndSet(false, true);
	}

	private boolean giveUp() {
		boolean ended = end();
		if (ended && !this.command.isDone()) {
			this.otherwise.run();
		}
		return ended;
	}

	private void deliver() {
		try {
			this.reply.deliverTo(this.command.getOutput());
			this.command.complete();
		}
		catch (RuntimeException ex) {
			this.command.completeExceptionally(ex);
		}
	}

}
