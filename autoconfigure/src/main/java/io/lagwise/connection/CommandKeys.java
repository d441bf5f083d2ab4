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
import java.util.Arrays;

import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The hashes of the keys that a command may touch. Where it cannot be told which of its
 * arguments are keys, all of them count: that makes a session stricter, never wrong.
 */
final class CommandKeys {

	static final CommandKeys NONE = new CommandKeys(0, null);

	/**
	 * What stands for all keys where they do not matter.
	 */
	static final CommandKeys ONE = new CommandKeys(0, null);

	static final CommandKeys ANYTHING = new CommandKeys(0, null);

	// most commands have one key
	private final int first;

	private final int @Nullable [] several;

	private CommandKeys(int first, int @Nullable [] several) {
		this.first = first;
		this.several = several;
	}

	/**
	 * Return the keys of a command. To be called before it is sent.
	 */
	static CommandKeys of(RedisCommand<?, ?, ?> command) {
		CommandArgs<?, ?> args = command.getArgs();
		return switch (KeyPosition.of(command.getType())) {
			case NONE -> NONE;
			case ANYTHING -> ANYTHING;
			case FIRST -> first(args);
			case EVERY -> every(args);
		};
	}

	/**
	 * Return the keys of which the answer to a read may tell something. To be called
	 * before it is sent.
	 */
	static CommandKeys shownBy(RedisCommand<?, ?, ?> read) {
		CommandKeys keys = of(read);
		// without a key it tells which ones there are
		return (keys.isNone() || SortPatterns.isIn(read)) ? ANYTHING : keys;
	}

	/**
	 * Return whether any key may be touched.
	 */
	boolean isAnything() {
		return this == ANYTHING;
	}

	/**
	 * Return whether no key is touched.
	 */
	boolean isNone() {
		return this == NONE;
	}

	/**
	 * Return how many keys there are.
	 */
	int size() {
		if (this == NONE || this == ANYTHING) {
			return 0;
		}
		return (this.several != null) ? this.several.length : 1;
	}

	/**
	 * Return the hash of one of the keys.
	 * @param index which one, from zero
	 */
	int hash(int index) {
		return (this.several != null) ? this.several[index] : this.first;
	}

	private static CommandKeys of(int[] hashes, int size) {
		if (size == 0) {
			return NONE;
		}
		if (size == 1) {
			return new CommandKeys(hashes[0], null);
		}
		return new CommandKeys(hashes[0], (size < hashes.length) ? Arrays.copyOf(hashes, size) : hashes);
	}

	private static CommandKeys first(@Nullable CommandArgs<?, ?> args) {
		ByteBuffer key = (args != null) ? args.getFirstEncodedKey() : null;
		return (key != null) ? new CommandKeys(hash(key), null) : every(args);
	}

	private static CommandKeys every(@Nullable CommandArgs<?, ?> args) {
		if (args == null || args.count() == 0) {
			return NONE;
		}
		ByteBuf encoded = PooledByteBufAllocator.DEFAULT.buffer();
		try {
			args.encode(encoded);
			return read(encoded, args.count());
		}
		finally {
			encoded.release();
		}
	}

	/**
	 * Read what Redis reads: each argument is {@code $length}, a line break, that many
	 * bytes and a line break.
	 */
	private static CommandKeys read(ByteBuf encoded, int count) {
		int[] hashes = new int[count];
		int size = 0;
		while (encoded.isReadable()) {
			encoded.skipBytes(1);
			int length = 0;
			for (byte digit = encoded.readByte(); digit != '\r'; digit = encoded.readByte()) {
				length = length * 10 + digit - '0';
			}
			encoded.skipBytes(1);
			if (size == hashes.length) {
				hashes = Arrays.copyOf(hashes, size * 2);
			}
			hashes[size++] = hash(encoded, encoded.readerIndex(), length);
			encoded.skipBytes(length + 2);
		}
		return of(hashes, size);
	}

	private static int hash(ByteBuf bytes, int start, int length) {
		int hash = 0;
		for (int i = start; i < start + length; i++) {
			hash = 31 * hash + bytes.getByte(i);
		}
		return hash;
	}

	private static int hash(ByteBuffer bytes) {
		int hash = 0;
		for (int i = bytes.position(); i < bytes.limit(); i++) {
			hash = 31 * hash + bytes.get(i);
		}
		return hash;
	}

}
