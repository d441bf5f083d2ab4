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

import java.util.List;

import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.RedisCommand;

/**
 * A command on its way to the primary of which something has to be noted when it ends.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
final class MarkedWrite<K, V, T> extends CommandWrapper<K, V, T> {

	private final List<WriteMark> marks;

	MarkedWrite(RedisCommand<K, V, T> command, List<WriteMark> marks) {
		super(command);
		this.marks = marks;
	}

	@Override
	public void complete() {
		this.marks.forEach((mark) -> mark.answered(this));
		super.complete();
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		this.marks.forEach(WriteMark::failed);
		return super.completeExceptionally(throwable);
	}

	@Override
	public void cancel() {
		this.marks.forEach(WriteMark::failed);
		super.cancel();
	}

}
