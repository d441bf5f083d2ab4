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
import io.lettuce.core.protocol.DemandAware;
import io.lettuce.core.protocol.RedisCommand;

/**
 * A read on its way to the primary, or to its place in a transaction there, whose answer
 * is noted before its reader learns of it.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
class NotedRead<K, V, T> extends CommandWrapper<K, V, T> {

	private final ReadMark mark;

	private NotedRead(RedisCommand<K, V, T> command, ReadMark mark) {
		super(command);
		this.mark = mark;
	}

	static <K, V, T> NotedRead<K, V, T> of(RedisCommand<K, V, T> command, ReadMark mark) {
		return (command instanceof DemandAware.Sink sink) ? new StreamedRead<>(command, sink, mark)
				: new NotedRead<>(command, mark);
	}

	@Override
	public void complete() {
		this.mark.answered(System.nanoTime());
		super.complete();
	}

	/**
	 * A read whose answer is passed on as the subscriber asks for it.
	 */
	private static final class StreamedRead<K, V, T> extends NotedRead<K, V, T> implements DemandAware.Sink {

		private final DemandAware.Sink sink;

		StreamedRead(RedisCommand<K, V, T> command, DemandAware.Sink sink, ReadMark mark) {
			super(command, mark);
			this.sink = sink;
		}

		@Override
		public boolean hasDemand() {
			return this.sink.hasDemand();
		}

		@Override
		public void setSource(DemandAware.Source source) {
			this.sink.setSource(source);
		}

		@Override
		public void removeSource() {
			this.sink.removeSource();
		}

	}

}
