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

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a write, which goes straight through to the command unless the node says
 * that it has not executed it: an output that has taken an error cannot take an answer.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class WriteReply<K, V, T> extends CommandOutput<K, V, T> {

	private final CommandOutput<K, V, T> target;

	private final boolean composed;

	private boolean begun;

	/**
	 * Create a reply.
	 * @param codec the codec
	 * @param target where the reply goes
	 * @param composed whether the command can execute several others
	 */
	@SuppressWarnings("NullAway")
	WriteReply(RedisCodec<K, V> codec, CommandOutput<K, V, T> target, boolean composed) {
		super(codec, null);
		this.target = target;
		this.composed = composed;
	}

	/**
	 * Return why the node has not executed the command.
	 */
	WriteRefusal refusal() {
		String error = this.error;
		return (error != null) ? WriteRefusal.of(error, this.composed) : WriteRefusal.NONE;
	}

	boolean isRefusal() {
		return refusal() != WriteRefusal.NONE;
	}

	/**
	 * Return whether the server does not know the script that it was to run.
	 */
	boolean isUnknownScript() {
		// scripts can make up errors after they have written
		return hasError() && getError().startsWith("NOSCRIPT No matching script");
	}

	void deliverRefusal() {
		if (this.error != null) {
			this.target.setError(this.error);
			this.target.complete(0);
		}
	}

	/**
	 * Forget a refusal.
	 */
	@SuppressWarnings("NullAway")
	void reset() {
		this.error = null;
	}

	@Override
	public T get() {
		return this.target.get();
	}

	@Override
	public boolean hasError() {
		return super.hasError() || this.target.hasError();
	}

	@Override
	public String getError() {
		return super.hasError() ? super.getError() : this.target.getError();
	}

	@Override
	public void setError(ByteBuffer error) {
		if (!this.begun) {
			// the buffer may begin with other replies, so it cannot be rewound
			super.setError(error.duplicate());
			if (isRefusal()) {
				return;
			}
			reset();
		}
		target().setError(error);
	}

	@Override
	public void setError(String error) {
		target().setError(error);
	}

	@Override
	public void set(@Nullable ByteBuffer bytes) {
		target().set(bytes);
	}

	@Override
	public void setSingle(@Nullable ByteBuffer bytes) {
		target().setSingle(bytes);
	}

	@Override
	public void setBigNumber(@Nullable ByteBuffer bytes) {
		target().setBigNumber(bytes);
	}

	@Override
	public void set(long integer) {
		target().set(integer);
	}

	@Override
	public void set(double number) {
		target().set(number);
	}

	@Override
	public void set(boolean value) {
		target().set(value);
	}

	@Override
	public void multi(int count) {
		target().multi(count);
	}

	@Override
	public void multiArray(int count) {
		target().multiArray(count);
	}

	@Override
	public void multiPush(int count) {
		target().multiPush(count);
	}

	@Override
	public void multiMap(int count) {
		target().multiMap(count);
	}

	@Override
	public void multiSet(int count) {
		target().multiSet(count);
	}

	@Override
	public void complete(int depth) {
		if (this.error == null) {
			this.target.complete(depth);
		}
	}

	private CommandOutput<K, V, T> target() {
		this.begun = true;
		return this.target;
	}

}
