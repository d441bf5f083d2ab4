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

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.DemandAware;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * A read on its way to a node. Counts as in flight there until it is over, whichever way
 * that happens, and then tells the trace who answered.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
class RoutedCommand<K, V, T> extends CommandWrapper<K, V, T> {

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<RoutedCommand> OVER = AtomicIntegerFieldUpdater
		.newUpdater(RoutedCommand.class, "over");

	private final NodeAddress node;

	private final NodeRole role;

	private final @Nullable ReadTrace trace;

	private final @Nullable AtomicInteger inFlight;

	// accessed via OVER
	@SuppressWarnings("unused")
	private volatile int over;

	RoutedCommand(RedisCommand<K, V, T> command, NodeAddress node, NodeRole role, @Nullable ReadTrace trace,
			@Nullable AtomicInteger inFlight) {
		super(command);
		this.node = node;
		this.role = role;
		this.trace = trace;
		this.inFlight = inFlight;
	}

	static <K, V, T> RoutedCommand<K, V, T> of(RedisCommand<K, V, T> command, NodeAddress node, NodeRole role,
			@Nullable ReadTrace trace, @Nullable AtomicInteger inFlight) {
		return (command instanceof DemandAware.Sink sink)
				? new RoutedStreamingCommand<>(command, sink, node, role, trace, inFlight)
				: new RoutedCommand<>(command, node, role, trace, inFlight);
	}

	@Override
	public void complete() {
		if (this.trace != null) {
			this.trace.answered(this.node, this.role);
		}
		finish();
		super.complete();
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		finish();
		return super.completeExceptionally(throwable);
	}

	@Override
	public void cancel() {
		finish();
		super.cancel();
	}

	// a command that its caller has cancelled is dropped without a call to complete
	@Override
	public boolean isDone() {
		boolean done = super.isDone();
		if (done) {
			finish();
		}
		return done;
	}

	private void finish() {
		if (this.inFlight != null && OVER.compareAndSet(this, 0, 1)) {
			this.inFlight.decrementAndGet();
		}
	}

	/**
	 * A read whose answer is passed on as the subscriber asks for it.
	 */
	private static final class RoutedStreamingCommand<K, V, T> extends RoutedCommand<K, V, T>
			implements DemandAware.Sink {

		private final DemandAware.Sink sink;

		RoutedStreamingCommand(RedisCommand<K, V, T> command, DemandAware.Sink sink, NodeAddress node, NodeRole role,
				@Nullable ReadTrace trace, @Nullable AtomicInteger inFlight) {
			super(command, node, role, trace, inFlight);
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
