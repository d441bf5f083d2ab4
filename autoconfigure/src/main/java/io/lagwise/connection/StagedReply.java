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
import java.nio.charset.StandardCharsets;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The reply to one attempt, kept away from the command until it is certain that no other
 * attempt is going to answer.
 * <p>
 * A reply that is one value arrives at once and goes straight through. A reply with
 * several elements may break off in the middle: its parts are written down, and handed on
 * when it is complete.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class StagedReply<K, V, T> extends CommandOutput<K, V, T> {

	private static final int PARTS_BETWEEN_SIGNS_OF_LIFE = 256;

	/**
	 * The type of a key that is not there.
	 */
	private static final ByteBuffer NO_TYPE = ByteBuffer.wrap("none".getBytes(StandardCharsets.US_ASCII));

	private final Attempt<K, V, T> attempt;

	private @Nullable ByteBuf parts;

	private int count;

	private boolean miss;

	private boolean something;

	@SuppressWarnings("NullAway")
	StagedReply(RedisCodec<K, V> codec, Attempt<K, V, T> attempt) {
		super(codec, null);
		this.attempt = attempt;
	}

	/**
	 * Return what the node said if it refused to answer because of its own state, or
	 * {@code null}.
	 */
	@Nullable String refusal() {
		String error = this.error;
		return (error != null && (error.startsWith("LOADING") || error.startsWith("MASTERDOWN"))) ? error : null;
	}

	/**
	 * Return whether the node does not have what was read, and that was held back.
	 */
	boolean isMiss() {
		return this.miss;
	}

	/**
	 * Return whether the reply is what a node says that does not have the key: it may say
	 * the same of one that it has.
	 */
	boolean isNothing() {
		return !this.something && (this.parts != null || this.miss || this.error != null);
	}

	/**
	 * Hand on what has been written down. Called once, by whoever has ended the attempt.
	 */
	void deliverTo(CommandOutput<K, V, T> target) {
		if (this.error != null) {
			target.setError(this.error);
		}
		if (this.miss) {
			target.set((ByteBuffer) null);
		}
		ByteBuf parts = this.parts;
		if (parts != null) {
			while (parts.isReadable()) {
				Part.VALUES[parts.readByte()].deliver(parts, target);
			}
			drop(parts);
		}
	}

	@Override
	public void set(@Nullable ByteBuffer bytes) {
		if (bytes == null && this.parts == null && this.attempt.rechecksMisses()) {
			this.miss = true;
		}
		else if (goesThrough()) {
			target().set(bytes);
		}
		else {
			write(Part.BYTES, bytes);
		}
	}

	@Override
	public void setSingle(@Nullable ByteBuffer bytes) {
		if (goesThrough()) {
			target().setSingle(bytes);
		}
		else {
			write(Part.SINGLE, bytes);
		}
	}

	@Override
	public void setBigNumber(@Nullable ByteBuffer bytes) {
		if (goesThrough()) {
			target().setBigNumber(bytes);
		}
		else {
			write(Part.BIG_NUMBER, bytes);
		}
	}

	@Override
	public void set(long integer) {
		if (goesThrough()) {
			target().set(integer);
		}
		else {
			write(Part.INTEGER, integer);
		}
	}

	@Override
	public void set(double number) {
		if (goesThrough()) {
			target().set(number);
		}
		else {
			write(Part.DOUBLE, Double.doubleToRawLongBits(number));
		}
	}

	@Override
	public void set(boolean value) {
		if (goesThrough()) {
			target().set(value);
		}
		else {
			write(Part.BOOLEAN, value ? 1 : 0);
		}
	}

	@Override
	public void setError(ByteBuffer error) {
		if (this.parts == null) {
			super.setError(error);
		}
		else {
			write(Part.ERROR, error);
		}
	}

	@Override
	public void multi(int count) {
		begin(Part.MULTI, count);
	}

	@Override
	public void multiArray(int count) {
		begin(Part.ARRAY, count);
	}

	@Override
	public void multiPush(int count) {
		begin(Part.PUSH, count);
	}

	@Override
	public void multiMap(int count) {
		begin(Part.MAP, count);
	}

	@Override
	public void multiSet(int count) {
		begin(Part.SET, count);
	}

	@Override
	public void complete(int depth) {
		if (this.parts != null) {
			write(Part.COMPLETE, depth);
		}
		else if (this.error == null && this.attempt.isAnswering()) {
			target().complete(depth);
		}
	}

	private boolean goesThrough() {
		if (this.parts != null) {
			return false;
		}
		if (!isHeldBack() && this.attempt.claim()) {
			return true;
		}
		// it may have become conditional just now
		if (isHeldBack() && !this.attempt.isDone()) {
			this.parts = ReplyBuffers.take();
		}
		return false;
	}

	private boolean isHeldBack() {
		return this.attempt.isConditional() || this.attempt.isFromLackingNode();
	}

	private CommandOutput<K, V, T> target() {
		return this.attempt.command().getOutput();
	}

	private void begin(Part part, int count) {
		if (this.parts == null && !this.attempt.isDone()) {
			this.parts = ReplyBuffers.take();
		}
		write(part, count);
	}

	private void write(Part part, long value) {
		this.something |= part.isNumber() && value > 0;
		ByteBuf parts = openParts();
		if (parts != null) {
			parts.writeByte(part.ordinal()).writeLong(value);
		}
	}

	private void write(Part part, @Nullable ByteBuffer bytes) {
		this.something |= part != Part.ERROR && bytes != null && bytes.hasRemaining() && !bytes.equals(NO_TYPE);
		ByteBuf parts = openParts();
		if (parts != null) {
			parts.writeByte(part.ordinal()).writeInt((bytes != null) ? bytes.remaining() : -1);
			if (bytes != null) {
				parts.writeBytes(bytes);
			}
		}
	}

	private @Nullable ByteBuf openParts() {
		if (this.count++ % PARTS_BETWEEN_SIGNS_OF_LIFE == 0) {
			this.attempt.alive(System.nanoTime());
		}
		ByteBuf parts = this.parts;
		if (parts != null && this.attempt.isDone()) {
			// what is still to come is dropped
			drop(parts);
			return null;
		}
		return parts;
	}

	private void drop(ByteBuf parts) {
		this.parts = Unpooled.EMPTY_BUFFER;
		if (parts != Unpooled.EMPTY_BUFFER) {
			ReplyBuffers.giveBack(parts);
		}
	}

	/**
	 * A part of a reply, as it is written down.
	 */
	private enum Part {

		BYTES {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.set(readBytes(parts));
			}
		},

		SINGLE {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.setSingle(readBytes(parts));
			}
		},

		BIG_NUMBER {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.setBigNumber(readBytes(parts));
			}
		},

		ERROR {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.setError(readBytes(parts));
			}
		},

		INTEGER {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.set(parts.readLong());
			}
		},

		DOUBLE {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.set(Double.longBitsToDouble(parts.readLong()));
			}
		},

		BOOLEAN {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.set(parts.readLong() == 1);
			}
		},

		MULTI {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.multi((int) parts.readLong());
			}
		},

		ARRAY {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.multiArray((int) parts.readLong());
			}
		},

		PUSH {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.multiPush((int) parts.readLong());
			}
		},

		MAP {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.multiMap((int) parts.readLong());
			}
		},

		SET {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.multiSet((int) parts.readLong());
			}
		},

		COMPLETE {
			@Override
			void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target) {
				target.complete((int) parts.readLong());
			}
		};

		private static final Part[] VALUES = values();

		boolean isNumber() {
			return this == INTEGER || this == DOUBLE || this == BOOLEAN;
		}

		abstract void deliver(ByteBuf parts, CommandOutput<?, ?, ?> target);

		@SuppressWarnings("NullAway")
		private static ByteBuffer readBytes(ByteBuf parts) {
			int length = parts.readInt();
			if (length < 0) {
				return null;
			}
			ByteBuffer bytes = parts.internalNioBuffer(parts.readerIndex(), length);
			parts.skipBytes(length);
			return bytes;
		}

	}

}
