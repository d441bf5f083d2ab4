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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.RoutePlan;
import io.lagwise.routing.RoutingReason;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisAsyncCommandsImpl;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisReactiveCommandsImpl;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.api.push.PushListener;
import io.lettuce.core.api.reactive.RedisReactiveCommands;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import org.jspecify.annotations.Nullable;

/**
 * A view of a connection to the primary through which reads go to replicas.
 * <p>
 * Everything else is the primary connection's own: its transactions, its listeners, its
 * life. A view is cheap and belongs to one use of the connection; it never closes what it
 * is a view of unless its user asks for that.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class RoutedConnection<K, V> implements StatefulRedisConnection<K, V>, ReadOrigin<K, V> {

	private final PrimaryAccess<K, V> primary;

	private final ReadDispatcher dispatcher;

	private final ConnectionUse use;

	private final boolean holdsPipelines;

	private @Nullable RedisAsyncCommands<K, V> async;

	private @Nullable RedisCommands<K, V> sync;

	private @Nullable RedisReactiveCommands<K, V> reactive;

	private @Nullable PipelinedReads<K, V> pipelinedReads;

	RoutedConnection(PrimaryAccess<K, V> primary, ReadDispatcher dispatcher, ConnectionUse use) {
		this(primary, dispatcher, use, true);
	}

	private RoutedConnection(PrimaryAccess<K, V> primary, ReadDispatcher dispatcher, ConnectionUse use,
			boolean holdsPipelines) {
		this.primary = primary;
		this.dispatcher = dispatcher;
		this.use = use;
		this.holdsPipelines = holdsPipelines;
	}

	/**
	 * Return a view for a caller who waits for answers while a pipeline is open.
	 */
	RoutedConnection<K, V> sendingAtOnce() {
		return new RoutedConnection<>(this.primary, this.dispatcher, this.use, false);
	}

	/**
	 * Note that nobody uses the view any more.
	 */
	void release() {
		this.primary.leave();
	}

	/**
	 * Return what this is a view of, or {@code null} while that was not needed.
	 */
	@Nullable StatefulRedisConnection<K, V> primary() {
		return this.primary.opened();
	}

	@Override
	public <T> RedisCommand<K, V, T> dispatch(RedisCommand<K, V, T> command) {
		RedisCommand<K, V, T> traced = TracedCommands.of(command, getResources().tracing());
		RedisCommand<K, V, T> sent = send(traced);
		return (sent != traced) ? sent : command;
	}

	private <T> RedisCommand<K, V, T> send(RedisCommand<K, V, T> command) {
		CommandPlacement placement = this.dispatcher.placement(command);
		if (placement == CommandPlacement.PRIMARY_MAY_WRITE) {
			this.use.markWrite(command.getType());
			try {
				enterScope();
			}
			catch (RuntimeException ex) {
				command.completeExceptionally(ex);
				return command;
			}
			this.primary.sends(command.getType(), this.use);
			sendPipelinedReadsToPrimary();
			return write(SortPatterns.isIn(command) ? this.dispatcher.noted(command, this.use) : command);
		}
		if (placement == CommandPlacement.PRIMARY) {
			ReadLog.tied(command);
			return sendToPrimary(own(), this.dispatcher.noted(command, this.use));
		}
		ReadRequirement requirement = requirement(command);
		boolean pipelined = this.holdsPipelines && this.use.isPipelining();
		if (pipelined && (this.use.mayHaveWritten() || requirement.requiresPrimary())) {
			// in order with the writes that may follow
			own();
		}
		if (this.use.mayHaveWritten()) {
			readFromPrimary(command, requirement, RoutingReason.AFTER_WRITE, RoutingContext.currentTrace(),
					this.dispatcher.demand(requirement, command));
		}
		else if (pipelined && !requirement.requiresPrimary()) {
			pipeline(command, requirement);
		}
		else {
			this.dispatcher.dispatch(command, requirement, this);
		}
		return command;
	}

	@Override
	public Collection<RedisCommand<K, V, ?>> dispatch(Collection<? extends RedisCommand<K, V, ?>> commands) {
		List<RedisCommand<K, V, ?>> batch = new ArrayList<>(TracedCommands.of(commands, getResources().tracing()));
		if (batch.stream().allMatch(this::mayGoToReplica)) {
			this.dispatcher.dispatch(batch, requirement(batch), this);
			return batch;
		}
		List<RedisCommand<K, V, ?>> unsafe = batch.stream().filter(this::mayWrite).toList();
		if (!unsafe.isEmpty()) {
			unsafe.forEach((command) -> this.use.markWrite(command.getType()));
			try {
				enterScope();
			}
			catch (RuntimeException ex) {
				batch.forEach((command) -> command.completeExceptionally(ex));
				return batch;
			}
			unsafe.forEach((command) -> this.primary.sends(command.getType(), this.use));
		}
		sendPipelinedReadsToPrimary();
		OrderedWrites<K, V> writes = writes();
		if (writes == null) {
			return this.primary.own().dispatch(batch);
		}
		writes.send(batch.stream().map(this::notedUnlessWrite).toList());
		return batch;
	}

	/**
	 * Send the reads of a pipeline that turned out to contain nothing else.
	 */
	void sendPipelinedReads() {
		PipelinedReads<K, V> reads = this.pipelinedReads;
		if (reads == null) {
			return;
		}
		if (this.use.mayHaveWritten()) {
			sendPipelinedReadsToPrimary();
		}
		else {
			this.pipelinedReads = null;
			this.dispatcher.dispatch(reads.commands, reads.requirement, this);
		}
	}

	@Override
	public <T> void retry(ReadAttempt<K, V, T> failed, AttemptFailure failure) {
		try {
			// a read that is overtaken by MULTI on its own connection must not become
			// part of it
			if (this.primary.any().isMulti()) {
				this.dispatcher.reject(failed.command(), failed.plan(), failure, failed.demand());
			}
			else {
				this.dispatcher.retry(failed, failure, this);
			}
		}
		catch (RuntimeException ex) {
			// nobody else is there to tell the caller
			failed.command().completeExceptionally(ex);
		}
	}

	@Override
	public <T> void recheck(ReadAttempt<K, V, T> miss) {
		try {
			// it must not become part of a transaction
			if (this.primary.any().isMulti()) {
				miss.stand(System.nanoTime());
			}
			else {
				this.dispatcher.recheck(miss, this);
			}
		}
		catch (RuntimeException ex) {
			// nobody else is there to tell the caller
			miss.command().completeExceptionally(ex);
		}
	}

	@Override
	public void resume(List<? extends RedisCommand<K, V, ?>> reads, Runnable proceed) {
		List<? extends RedisCommand<K, V, ?>> waiting = reads.stream().filter((read) -> !read.isDone()).toList();
		if (waiting.isEmpty()) {
			return;
		}
		try {
			if (this.primary.any().isMulti()) {
				// they must not become part of it
				waiting.forEach((read) -> this.dispatcher.reject(read,
						RoutePlan.noReplica(ReadRequirement.consistent()), null, null));
			}
			else {
				proceed.run();
			}
		}
		catch (RuntimeException ex) {
			waiting.forEach((read) -> read.completeExceptionally(ex));
		}
	}

	@Override
	public <T> void readFromPrimary(RedisCommand<K, V, T> command, ReadRequirement requirement, RoutingReason reason,
			@Nullable ReadTrace trace, @Nullable ReadDemand demand) {
		ReadListener listener = this.dispatcher.listener();
		ReplicationTopology topology = this.dispatcher.topology();
		StatefulRedisConnection<K, V> primary = this.primary.any();
		boolean unheard = trace == null && demand == null && !ReadLog.isOn()
				&& (listener == ReadListener.NONE || topology.replicas().isEmpty());
		if (unheard || primary.isMulti()) {
			sendToPrimary(primary, noted(command, demand));
			return;
		}
		boolean noted = demand != null && demand.isNoted() && !this.use.isElsewhere();
		RedisCommand<K, V, T> read = noted ? command : noted(command, demand);
		sendToPrimary(primary,
				PrimaryRead.of(read, listener, requirement, reason, this.dispatcher.primaryAddress(), trace, demand));
	}

	private <T> RedisCommand<K, V, T> noted(RedisCommand<K, V, T> command, @Nullable ReadDemand demand) {
		return this.dispatcher.noted(command, (demand != null) ? demand.reader() : null, this.use);
	}

	private RedisCommand<K, V, ?> notedUnlessWrite(RedisCommand<K, V, ?> command) {
		return (this.dispatcher.placement(command) == CommandPlacement.PRIMARY)
				? this.dispatcher.noted(command, this.use) : command;
	}

	private boolean mayGoToReplica(RedisCommand<K, V, ?> command) {
		return !this.use.mayHaveWritten() && this.dispatcher.placement(command) == CommandPlacement.ANY_NODE;
	}

	private void pipeline(RedisCommand<K, V, ?> command, ReadRequirement requirement) {
		if (this.pipelinedReads == null) {
			this.pipelinedReads = new PipelinedReads<>(requirement);
		}
		this.pipelinedReads.add(command, requirement);
	}

	private void sendPipelinedReadsToPrimary() {
		PipelinedReads<K, V> reads = this.pipelinedReads;
		this.pipelinedReads = null;
		if (reads != null) {
			// in order with the write that follows
			this.primary.own();
			ReadTrace trace = RoutingContext.currentTrace();
			reads.commands.forEach((read) -> readFromPrimary(read, reads.requirement, RoutingReason.AFTER_WRITE, trace,
					this.dispatcher.demand(reads.requirement, read)));
		}
	}

	/**
	 * Return what reads ask for together that the current thread sends now.
	 */
	private ReadRequirement requirement(List<RedisCommand<K, V, ?>> reads) {
		ReadRequirement requirement = this.dispatcher.requirement(this.use);
		return (!requirement.isForLookUps() || reads.stream().allMatch(RoutedConnection::isLookUp)) ? requirement
				: ReadRequirement.primary();
	}

	private ReadRequirement requirement(RedisCommand<K, V, ?> read) {
		ReadRequirement requirement = this.dispatcher.requirement(this.use);
		return (!requirement.isForLookUps() || isLookUp(read)) ? requirement : ReadRequirement.primary();
	}

	private static boolean isLookUp(RedisCommand<?, ?, ?> read) {
		return read.getType() == CommandType.GET;
	}

	/**
	 * Send what may write where the scope of the current thread can confirm it, if there
	 * is one.
	 */
	private void enterScope() {
		ConfirmedWrites scope = this.dispatcher.writeScopes().current();
		if (scope != null) {
			try {
				this.primary.enter(scope, this.use, this::mayWrite, this::inOrder);
			}
			catch (RuntimeException ex) {
				scope.cannotConfirm("there was no connection: " + ex.getMessage());
				throw ex;
			}
		}
	}

	private OrderedWrites<K, V> inOrder(WriteRoute<K, V> route) {
		return new OrderedWrites<>(route, this.dispatcher.refusedWrites(), this.dispatcher.ledger());
	}

	private boolean mayWrite(RedisCommand<?, ?, ?> command) {
		return this.dispatcher.placement(command) == CommandPlacement.PRIMARY_MAY_WRITE;
	}

	/**
	 * Return the connection of the view, opened in the scope of the current thread if
	 * there is one.
	 */
	private StatefulRedisConnection<K, V> own() {
		if (this.primary.isUnopened()) {
			enterScope();
		}
		return this.primary.own();
	}

	private <T> RedisCommand<K, V, T> write(RedisCommand<K, V, T> command) {
		OrderedWrites<K, V> writes = writes();
		if (writes == null) {
			return this.primary.own().dispatch(command);
		}
		writes.send(command);
		return command;
	}

	/**
	 * Return what keeps the writes in their order, or {@code null} while there is no
	 * replica that could become the primary.
	 */
	private @Nullable OrderedWrites<K, V> writes() {
		OrderedWrites<K, V> writes = this.primary.writes();
		if (writes == null && this.dispatcher.keepsTrackOfWrites()) {
			return this.primary.startWrites(this.dispatcher.refusedWrites(), this.dispatcher.ledger());
		}
		return writes;
	}

	private <T> RedisCommand<K, V, T> sendToPrimary(StatefulRedisConnection<K, V> primary,
			RedisCommand<K, V, T> command) {
		OrderedWrites<K, V> writes = this.primary.writes();
		if (writes == null || !writes.isBusy()) {
			return primary.dispatch(command);
		}
		writes.send(command);
		return command;
	}

	@Override
	public boolean isMulti() {
		return this.primary.any().isMulti();
	}

	@Override
	public RedisAsyncCommands<K, V> async() {
		if (this.pipelinedReads == null && this.dispatcher.isPrimaryAlone(this.use)) {
			// what goes past this view may write
			this.use.markWrite();
			return this.primary.own().async();
		}
		if (this.async == null) {
			this.async = new RedisAsyncCommandsImpl<>(this, getCodec(), getOptions().getJsonParser());
		}
		return this.async;
	}

	@Override
	public RedisCommands<K, V> sync() {
		if (this.sync == null) {
			this.sync = new SynchronousFacade<>(this).sync();
		}
		return this.sync;
	}

	@Override
	public RedisReactiveCommands<K, V> reactive() {
		if (this.reactive == null) {
			this.reactive = new RedisReactiveCommandsImpl<>(this, getCodec(), getOptions().getJsonParser());
		}
		return this.reactive;
	}

	@Override
	public void addListener(PushListener listener) {
		this.primary.own().addListener(listener);
	}

	@Override
	public void removeListener(PushListener listener) {
		this.primary.own().removeListener(listener);
	}

	@Override
	public void addListener(RedisConnectionStateListener listener) {
		this.primary.own().addListener(listener);
	}

	@Override
	public void removeListener(RedisConnectionStateListener listener) {
		this.primary.own().removeListener(listener);
	}

	@Override
	public void setTimeout(Duration timeout) {
		this.primary.own().setTimeout(timeout);
	}

	@Override
	public Duration getTimeout() {
		return this.primary.original().getTimeout();
	}

	@Override
	public void close() {
		StatefulRedisConnection<K, V> opened = this.primary.opened();
		if (opened != null) {
			opened.close();
		}
	}

	@Override
	public CompletableFuture<Void> closeAsync() {
		StatefulRedisConnection<K, V> opened = this.primary.opened();
		return (opened != null) ? opened.closeAsync() : CompletableFuture.completedFuture(null);
	}

	@Override
	public boolean isOpen() {
		return this.primary.original().isOpen();
	}

	@Override
	public ClientOptions getOptions() {
		return this.primary.original().getOptions();
	}

	@Override
	public ClientResources getResources() {
		return this.primary.original().getResources();
	}

	@Override
	public void setAutoFlushCommands(boolean autoFlush) {
		StatefulRedisConnection<K, V> own = own();
		this.primary.unsettle();
		own.setAutoFlushCommands(autoFlush);
	}

	@Override
	public void flushCommands() {
		this.primary.own().flushCommands();
	}

	@Override
	public RedisCodec<K, V> getCodec() {
		return this.primary.original().getCodec();
	}

	/**
	 * The reads of a pipeline, held back until it is known whether the pipeline writes.
	 */
	private static final class PipelinedReads<K, V> {

		private final List<RedisCommand<K, V, ?>> commands = new ArrayList<>();

		private ReadRequirement requirement;

		PipelinedReads(ReadRequirement requirement) {
			this.requirement = requirement;
		}

		void add(RedisCommand<K, V, ?> command, ReadRequirement requirement) {
			this.commands.add(command);
			this.requirement = this.requirement.and(requirement);
		}

	}

}
