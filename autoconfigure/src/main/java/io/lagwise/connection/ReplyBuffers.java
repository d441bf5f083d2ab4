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

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one buffer per thread for replies that are written down: a thread of Lettuce
 * mostly finishes one reply before it begins the next.
 * <p>
 * The memory is not pooled. A buffer that does not come back, because its reply has
 * broken off, is garbage like any other.
 */
final class ReplyBuffers {

	/**
	 * The capacity beyond which a buffer is not kept.
	 */
	private static final int KEPT = 1 << 18;

	private static final FastThreadLocal<ReplyBuffers> CURRENT = new FastThreadLocal<>() {
		@Override
		protected ReplyBuffers initialValue() {
			return new ReplyBuffers();
		}
	};

	private @Nullable ByteBuf spare;

	private ReplyBuffers() {
	}

	/**
	 * Return an empty buffer that nobody else uses.
	 */
	static ByteBuf take() {
		ReplyBuffers buffers = CURRENT.get();
		ByteBuf spare = buffers.spare;
		buffers.spare = null;
		return (spare != null) ? spare : Unpooled.buffer();
	}

	/**
	 * Give back a buffer that is not needed any more.
	 */
	static void giveBack(ByteBuf buffer) {
		if (buffer.capacity() <= KEPT) {
			CURRENT.get().spare = buffer.clear();
		}
	}

}
