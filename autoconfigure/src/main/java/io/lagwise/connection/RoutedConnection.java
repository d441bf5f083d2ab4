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
import io.lagwise.replication.TopologyNode;
import io.lagwise.routing.NoEligibleReplicaException;
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
final class RoutedConnection<K, V> implements StatefulRedisConnection<K, V>, FailedAttempts<K, V> {

	private final StatefulRedisConnection<K, V> primary;

	private final ReadDispatcher dispatcher;

	private final ConnectionUse use;

	private final boolean holdsPipelines;

	private @Nullable RedisAsyncCommands<K, V> async;

	private @Nullable RedisCommands<K, V> sync;

	private @Nullable RedisReactiveCommands<K, V> reactive;

	private @Nullable PipelinedReads<K, V> pipelinedReads;

	private @Nullable OrderedWrites<K, V> writes;

	RoutedConnection(StatefulRedisConnection<K, V> primary, ReadDispatcher dispatcher, ConnectionUse use) {
		this(primary, dispatcher, use, true);
	}

	private RoutedConnection(StatefulRedisConnection<K, V> primary, ReadDispatcher dispatcher, ConnectionUse use,
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
		RoutedConnection<K, V> view = new RoutedConnection<>(this.primary, this.dispatcher, this.use, false);
		view.writes = writes();
		return view;
	}

	StatefulRedisConnection<K, V> primary() {
		return this.primary;
	}

	@Override
	public <T> RedisCommand<K, V, T> dispatch(RedisCommand<K, V, T> command) {
		CommandPlacement placement = this.dispatcher.placement(command);
		if (placement == CommandPlacement.PRIMARY_MAY_WRITE) {
			this.use.markWrite();
			sendPipelinedReadsToPrimary();
			return write(command);
		}
		if (placement == CommandPlacement.ANY_NODE && !this.use.mayHaveWritten()) {
			ReadRequirement requirement = this.dispatcher.requirement();
			if (this.holdsPipelines && this.use.isPipelining() && !requirement.requiresPrimary()) {
				pipeline(command, requirement);
				return command;
			}
			if (this.dispatcher.dispatch(command, requirement, this)) {
				return command;
			}
		}
		return readFromPrimary(command);
	}

	@Override
	public Collection<RedisCommand<K, V, ?>> dispatch(Collection<? extends RedisCommand<K, V, ?>> commands) {
		List<RedisCommand<K, V, ?>> batch = new ArrayList<>(commands);
		if (batch.stream().allMatch(this::mayGoToReplica)
				&& this.dispatcher.dispatch(batch, this.dispatcher.requirement(), this)) {
			return batch;
		}
		if (batch.stream().map(this.dispatcher::placement).anyMatch(CommandPlacement.PRIMARY_MAY_WRITE::equals)) {
			this.use.markWrite();
		}
		sendPipelinedReadsToPrimary();
		OrderedWrites<K, V> writes = writes();
		if (writes == null) {
			return this.primary.dispatch(commands);
		}
		writes.send(commands);
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
		if (this.use.mayHaveWritten() || !this.dispatcher.dispatch(reads.commands, reads.requirement, this)) {
			sendPipelinedReadsToPrimary();
		}
		this.pipelinedReads = null;
	}

	@Override
	public <T> void retry(ReadAttempt<K, V, T> failed) {
		RedisCommand<K, V, T> command = failed.command();
		try {
			if (!this.dispatcher.retry(failed, this)) {
				retryOnPrimary(failed, command);
			}
		}
		catch (RuntimeException ex) {
			// nobody else is there to tell the caller
			command.completeExceptionally(ex);
		}
	}

	private <T> void retryOnPrimary(ReadAttempt<K, V, T> failed, RedisCommand<K, V, T> command) {
		// a read that is overtaken by MULTI on its own connection must not become part of
		// it
		if (failed.plan().primaryAllowed() && !this.primary.isMulti()) {
			readFromPrimary(command, failed.trace());
		}
		else {
			command.completeExceptionally(new NoEligibleReplicaException(command.getType().toString(),
					failed.describeFailures(), this.dispatcher.topology()));
		}
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
			reads.commands.forEach(this::readFromPrimary);
		}
	}

	private <T> RedisCommand<K, V, T> write(RedisCommand<K, V, T> command) {
		OrderedWrites<K, V> writes = writes();
		if (writes == null) {
			return this.primary.dispatch(command);
		}
		writes.send(command);
		return command;
	}

	/**
	 * Return what keeps the writes in their order, or {@code null} while there is no
	 * replica that could become the primary.
	 */
	private @Nullable OrderedWrites<K, V> writes() {
		if (this.writes == null && !this.dispatcher.topology().replicas().isEmpty()) {
			this.writes = new OrderedWrites<>(this.primary, this.dispatcher.refusedWrites());
		}
		return this.writes;
	}

	private <T> RedisCommand<K, V, T> sendToPrimary(RedisCommand<K, V, T> command) {
		OrderedWrites<K, V> writes = this.writes;
		if (writes == null || !writes.isBusy()) {
			return this.primary.dispatch(command);
		}
		writes.send(command);
		return command;
	}

	private <T> RedisCommand<K, V, T> readFromPrimary(RedisCommand<K, V, T> command) {
		return readFromPrimary(command, RoutingContext.currentTrace());
	}

	private <T> RedisCommand<K, V, T> readFromPrimary(RedisCommand<K, V, T> command, @Nullable ReadTrace trace) {
		TopologyNode node = (trace != null) ? this.dispatcher.topology().primary() : null;
		if (trace == null || node == null || this.primary.isMulti()) {
			return sendToPrimary(command);
		}
		sendToPrimary(TracedRead.of(command, node.address(), trace));
		return command;
	}

	@Override
	public boolean isMulti() {
		return this.primary.isMulti();
	}

	@Override
	public RedisAsyncCommands<K, V> async() {
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
		this.primary.addListener(listener);
	}

	@Override
	public void removeListener(PushListener listener) {
		this.primary.removeListener(listener);
	}

	@Override
	public void addListener(RedisConnectionStateListener listener) {
		this.primary.addListener(listener);
	}

	@Override
	public void removeListener(RedisConnectionStateListener listener) {
		this.primary.removeListener(listener);
	}

	@Override
	public void setTimeout(Duration timeout) {
		this.primary.setTimeout(timeout);
	}

	@Override
	public Duration getTimeout() {
		return this.primary.getTimeout();
	}

	@Override
	public void close() {
		this.primary.close();
	}

	@Override
	public CompletableFuture<Void> closeAsync() {
		return this.primary.closeAsync();
	}

	@Override
	public boolean isOpen() {
		return this.primary.isOpen();
	}

	@Override
	public ClientOptions getOptions() {
		return this.primary.getOptions();
	}

	@Override
	public ClientResources getResources() {
		return this.primary.getResources();
	}

	@Override
	public void setAutoFlushCommands(boolean autoFlush) {
		this.primary.setAutoFlushCommands(autoFlush);
	}

	@Override
	public void flushCommands() {
		this.primary.flushCommands();
	}

	@Override
	public RedisCodec<K, V> getCodec() {
		return this.primary.getCodec();
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
