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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lagwise.routing.SessionLostException;
import io.lagwise.routing.StaleAnswerException;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.DemandAware;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * A read on its way to the primary that tells a listener and a trace how it has ended.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 * @param <T> the type of the answer
 */
class PrimaryRead<K, V, T> extends CommandWrapper<K, V, T> {

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<PrimaryRead> ENDED = AtomicIntegerFieldUpdater
		.newUpdater(PrimaryRead.class, "ended");

	private final ReadListener listener;

	private final ReadRequirement requirement;

	private final RoutingReason reason;

	private final @Nullable NodeAddress node;

	private final @Nullable ReadTrace trace;

	private final @Nullable ReadDemand demand;

	private final long startedAt = System.nanoTime();

	// accessed via ENDED
	private volatile int ended;

	private PrimaryRead(RedisCommand<K, V, T> command, ReadListener listener, ReadRequirement requirement,
			RoutingReason reason, @Nullable NodeAddress node, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		super(command);
		this.listener = listener;
		this.requirement = requirement;
		this.reason = reason;
		this.node = node;
		this.trace = trace;
		this.demand = demand;
	}

	static <K, V, T> PrimaryRead<K, V, T> of(RedisCommand<K, V, T> command, ReadListener listener,
			ReadRequirement requirement, RoutingReason reason, @Nullable NodeAddress node, @Nullable ReadTrace trace,
			@Nullable ReadDemand demand) {
		return (command instanceof DemandAware.Sink sink)
				? new StreamedRead<>(command, sink, listener, requirement, reason, node, trace, demand)
				: new PrimaryRead<>(command, listener, requirement, reason, node, trace, demand);
	}

	@Override
	public void complete() {
		if (this.demand == null) {
			answered();
			return;
		}
		answered(this.demand, System.nanoTime());
	}

	private void answered(ReadDemand demand, long answeredAt) {
		CompletableFuture<?> confirmation = demand.confirmation(answeredAt);
		if (confirmation != null) {
			// a read that was under way may have been sent again, to another primary
			confirmation.whenComplete((answer, failure) -> confirmed(demand, answeredAt, failure));
			return;
		}
		RuntimeException objection = objection(demand, System.nanoTime());
		if (objection != null) {
			completeExceptionally(objection);
		}
		else {
			answered();
		}
	}

	private void confirmed(ReadDemand demand, long answeredAt, @Nullable Throwable failure) {
		if (isDone()) {
			return;
		}
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			answered(demand, answeredAt);
		}
	}

	private @Nullable RuntimeException objection(ReadDemand demand, long now) {
		SessionLostException loss = demand.takeLoss();
		if (loss != null) {
			return loss;
		}
		return demand.isWithinBound(this.startedAt, now) ? null : new StaleAnswerException(getType().toString(),
				Duration.ofNanos(now - this.startedAt), demand.bound());
	}

	private void answered() {
		if (end()) {
			if (this.demand != null) {
				this.demand.answeredByPrimary(System.nanoTime());
			}
			if (this.trace != null && this.node != null) {
				this.trace.answered(this.node, NodeRole.PRIMARY);
			}
			this.listener.attemptAnswered(NodeRole.PRIMARY, System.nanoTime() - this.startedAt);
			tell((getOutput() != null && getOutput().hasError()) ? ReadOutcome.ERROR : ReadOutcome.ANSWERED);
		}
		super.complete();
	}

	@Override
	public boolean completeExceptionally(Throwable throwable) {
		if (end()) {
			tell(ReadOutcome.FAILED);
		}
		return super.completeExceptionally(throwable);
	}

	@Override
	public void cancel() {
		if (end()) {
			tell(ReadOutcome.FAILED);
		}
		super.cancel();
	}

	private boolean end() {
		return ENDED.compareAndSet(this, 0, 1);
	}

	private void tell(ReadOutcome outcome) {
		this.listener.readEnded(NodeRole.PRIMARY, this.requirement, this.reason, outcome);
		if (ReadLog.isOn()) {
			ReadRequirement asked = (this.demand != null) ? this.demand.requirement() : this.requirement;
			ReadLog.ended(this.command, asked, ReadLog.describe(NodeRole.PRIMARY, this.node), this.reason, outcome,
					System.nanoTime() - this.startedAt, ReadElsewhere.failures(this.command));
		}
	}

	/**
	 * A read whose answer is passed on as the subscriber asks for it.
	 */
	private static final class StreamedRead<K, V, T> extends PrimaryRead<K, V, T> implements DemandAware.Sink {

		private final DemandAware.Sink sink;

		StreamedRead(RedisCommand<K, V, T> command, DemandAware.Sink sink, ReadListener listener,
				ReadRequirement requirement, RoutingReason reason, @Nullable NodeAddress node,
				@Nullable ReadTrace trace, @Nullable ReadDemand demand) {
			super(command, listener, requirement, reason, node, trace, demand);
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
