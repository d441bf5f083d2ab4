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

import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.DemandAware;
import io.lettuce.core.protocol.RedisCommand;

/**
 * A read on its way to the primary that tells a trace when it has been answered.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
class TracedRead<K, V, T> extends CommandWrapper<K, V, T> {

	private final NodeAddress node;

	private final ReadTrace trace;

	private TracedRead(RedisCommand<K, V, T> command, NodeAddress node, ReadTrace trace) {
		super(command);
		this.node = node;
		this.trace = trace;
	}

	static <K, V, T> TracedRead<K, V, T> of(RedisCommand<K, V, T> command, NodeAddress node, ReadTrace trace) {
		return (command instanceof DemandAware.Sink sink) ? new StreamedRead<>(command, sink, node, trace)
				: new TracedRead<>(command, node, trace);
	}

	@Override
	public void complete() {
		this.trace.answered(this.node, NodeRole.PRIMARY);
		super.complete();
	}

	/**
	 * A read whose answer is passed on as the subscriber asks for it.
	 */
	private static final class StreamedRead<K, V, T> extends TracedRead<K, V, T> implements DemandAware.Sink {

		private final DemandAware.Sink sink;

		StreamedRead(RedisCommand<K, V, T> command, DemandAware.Sink sink, NodeAddress node, ReadTrace trace) {
			super(command, node, trace);
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
