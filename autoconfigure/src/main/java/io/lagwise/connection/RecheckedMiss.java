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
import java.util.concurrent.atomic.AtomicBoolean;

import io.lagwise.routing.SessionLostException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import org.jspecify.annotations.Nullable;

/**
 * The question to the primary about what a replica does not have. Where the primary
 * cannot tell in time, the replica was right.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class RecheckedMiss<K, V, T> extends Command<K, V, T> {

	private final ReadAttempt<K, V, T> miss;

	private final long askedAt;

	private final AtomicBoolean over = new AtomicBoolean();

	RecheckedMiss(ReadAttempt<K, V, T> miss, RedisCodec<K, V> codec, long now) {
		super(miss.getType(), new Answer<>(codec), miss.getArgs());
		this.miss = miss;
		this.askedAt = now;
	}

	/**
	 * Give up when the time is up.
	 * @param now the time in nanoseconds of the monotonic clock
	 * @param timeout how long the primary may take, in nanoseconds
	 * @return whether nothing more has to be watched
	 */
	boolean expire(long now, long timeout) {
		if (!isOver() && now - this.askedAt >= timeout) {
			letMissStand();
		}
		return isOver();
	}

	@Override
	public void complete() {
		super.complete();
		Answer<K, V, T> answer = (Answer<K, V, T>) getOutput();
		if (answer.isRefusal()) {
			letMissStand();
		}
		else if (this.over.compareAndSet(false, true)) {
			deliver(answer);
		}
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		super.completeExceptionally(throwable);
		if (!(throwable instanceof SessionLostException)) {
			return letMissStand();
		}
		return this.over.compareAndSet(false, true) && this.miss.command().completeExceptionally(throwable);
	}

	@Override
	public void cancel() {
		super.cancel();
		letMissStand();
	}

	@Override
	public boolean isDone() {
		return isOver() || super.isDone();
	}

	private boolean isOver() {
		return this.over.get();
	}

	private boolean letMissStand() {
		boolean stands = this.over.compareAndSet(false, true);
		if (stands) {
			this.miss.stand(System.nanoTime());
		}
		return stands;
	}

	private void deliver(Answer<K, V, T> answer) {
		try {
			answer.deliverTo(this.miss.command().getOutput());
			this.miss.command().complete();
		}
		catch (RuntimeException ex) {
			this.miss.command().completeExceptionally(ex);
		}
	}

	/**
	 * The answer of the primary, kept away from the command of the user, whom the answer
	 * of the replica may have reached.
	 */
	private static final class Answer<K, V, T> extends CommandOutput<K, V, T> {

		private byte @Nullable [] value;

		@SuppressWarnings("NullAway")
		Answer(RedisCodec<K, V> codec) {
			super(codec, null);
		}

		@Override
		public void set(@Nullable ByteBuffer bytes) {
			if (bytes != null) {
				byte[] value = new byte[bytes.remaining()];
				bytes.get(value);
				this.value = value;
			}
		}

		/**
		 * Return whether the primary cannot answer now.
		 */
		boolean isRefusal() {
			String error = this.error;
			return error != null && (error.startsWith("LOADING") || error.startsWith("MASTERDOWN"));
		}

		@SuppressWarnings("NullAway")
		void deliverTo(CommandOutput<K, V, T> target) {
			if (hasError()) {
				target.setError(getError());
			}
			else {
				target.set((this.value != null) ? ByteBuffer.wrap(this.value) : null);
			}
		}

	}

}
