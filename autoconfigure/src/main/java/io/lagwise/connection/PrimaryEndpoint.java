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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLException;

import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.TransactionLostException;
import io.lagwise.routing.WriteOutcomeUnknownException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.CommandWrapper;
import io.lettuce.core.protocol.DefaultEndpoint;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.protocol.TransactionalCommand;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * The end of a connection to the primary that sends no write twice.
 * <p>
 * When Lettuce has reconnected it sends every command again that was not answered. What
 * was sent before may have been executed, so only reads are left to it; the others fail.
 * Commands that were never sent are not concerned. ({@code ClientOptions.replayFilter}
 * would do the opposite: Lettuce applies it to commands that were never sent.)
 * <p>
 * A transaction does not survive its connection either: what is still to come of it would
 * be executed at once and on its own, and without the protection of {@code WATCH}.
 */
final class PrimaryEndpoint extends DefaultEndpoint {

	private final ClientOptions options;

	private final ReadCommands reads;

	private final BooleanSupplier alone;

	private final Runnable onLoss;

	private final @Nullable WriteLedger ledger;

	private volatile Transaction transaction = Transaction.NONE;

	private volatile String node = "";

	/**
	 * Create an endpoint.
	 * @param options the options
	 * @param resources the resources
	 * @param reads knows what may be sent again
	 * @param alone whether the primary has no replicas: then Lettuce has its way
	 * @param onLoss called when the connection is lost
	 * @param ledger notes what is written past all views, or {@code null} if nothing is
	 */
	PrimaryEndpoint(ClientOptions options, ClientResources resources, ReadCommands reads, BooleanSupplier alone,
			Runnable onLoss, @Nullable WriteLedger ledger) {
		super(options, resources);
		this.options = options;
		this.reads = reads;
		this.alone = alone;
		this.onLoss = onLoss;
		this.ledger = ledger;
	}

	@Override
	public <K, V, T> RedisCommand<K, V, T> write(RedisCommand<K, V, T> command) {
		if (admits(command)) {
			super.write(tracked(command, false));
		}
		return command;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <K, V> Collection<RedisCommand<K, V, ?>> write(Collection<? extends RedisCommand<K, V, ?>> commands) {
		List<RedisCommand<K, V, ?>> admitted = new ArrayList<>(commands.size());
		for (RedisCommand<K, V, ?> command : commands) {
			if (admits(command)) {
				admitted.add(tracked(command, false));
			}
		}
		super.write(admitted);
		return (Collection<RedisCommand<K, V, ?>>) commands;
	}

	@Override
	public void notifyChannelActive(Channel channel) {
		// the remote address may be that of a proxy
		NodeAddress dialled = channel.attr(PrimaryClient.DIALLED).get();
		this.node = (dialled != null) ? dialled.toString() : describe(channel.remoteAddress());
		ChannelHandlerContext handler = channel.pipeline().context(CommandHandler.class);
		if (handler != null) {
			channel.pipeline().addBefore(handler.name(), null, new PrimaryLink(this.alone));
			channel.pipeline().addFirst(new LinkActivity());
		}
		super.notifyChannelActive(channel);
	}

	private static String describe(SocketAddress remote) {
		return (remote instanceof InetSocketAddress inet) ? inet.getHostString() + ":" + inet.getPort()
				: String.valueOf(remote);
	}

	/**
	 * Lettuce would fail with this whatever is written until it has reconnected. What was
	 * never sent waits instead.
	 */
	@Override
	public void notifyException(Throwable failure) {
		boolean passing = failure instanceof IOException && !(failure instanceof SSLException);
		if (!passing || this.alone.getAsBoolean()) {
			super.notifyException(failure);
		}
	}

	@Override
	public void notifyChannelInactive(Channel channel) {
		if (!isClosed()) {
			this.onLoss.run();
		}
		CommandHandler handler = channel.pipeline().get(CommandHandler.class);
		if (handler != null && !this.alone.getAsBoolean()) {
			List<RedisCommand<?, ?, ?>> kept = new ArrayList<>();
			boolean transactional = keepRepeatable(handler.drainQueue(), kept);
			if (transactional || this.transaction == Transaction.OPEN) {
				keepWholeTransactions(doExclusive(this::drainCommands), kept);
			}
			// from here Lettuce takes what it sends again
			handler.getStack().addAll(kept);
		}
		super.notifyChannelInactive(channel);
	}

	/**
	 * Keep track of what was sent while nobody did.
	 */
	void trackWrites() {
		Channel channel = this.channel;
		if (channel != null) {
			channel.eventLoop().execute(() -> {
				CommandHandler handler = channel.pipeline().get(CommandHandler.class);
				if (handler != null) {
					handler.drainQueue().forEach((command) -> handler.getStack().add(tracked(command, true)));
				}
			});
		}
		List<RedisCommand<?, ?, ?>> unsent = doExclusive(this::drainCommands);
		unsent.forEach((command) -> super.write(tracked(command, true)));
	}

	/**
	 * Note what is written past all views: on a connection that was kept from a time when
	 * there was no replica.
	 * @param late whether the command was sent before
	 */
	private <K, V, T> RedisCommand<K, V, T> tracked(RedisCommand<K, V, T> command, boolean late) {
		WriteLedger ledger = this.ledger;
		if (ledger == null || this.alone.getAsBoolean() || isQueued(command)
				|| command.getType() == CommandType.SENTINEL
				|| CommandWrapper.unwrap(command, WriteAttempt.class) != null
				|| CommandWrapper.unwrap(command, MarkedWrite.class) != null
				|| this.reads.placement(command) != CommandPlacement.PRIMARY_MAY_WRITE) {
			return command;
		}
		// nobody knows what the transaction consists of, nor which database is selected
		WriteMark mark = (command.getType() == CommandType.EXEC) ? ledger.markAnything()
				: late ? ledger.markQueued(command, true) : ledger.mark(command, true);
		return (mark != null) ? new MarkedWrite<>(command, List.of(mark)) : command;
	}

	/**
	 * Keep track of transactions.
	 * @return whether the command may be sent; if not, it has failed
	 */
	private boolean admits(RedisCommand<?, ?, ?> command) {
		ProtocolKeyword type = command.getType();
		Transaction transaction = this.transaction;
		if (type == CommandType.MULTI || type == CommandType.WATCH) {
			if (transaction == Transaction.LOST) {
				this.transaction = Transaction.REPORTED;
				return refuse(command);
			}
			this.transaction = Transaction.OPEN;
		}
		else if (type == CommandType.EXEC) {
			this.transaction = Transaction.NONE;
			if (transaction.isLost()) {
				// a MULTI that was on its way when the connection was lost must not stay
				// open
				super.write(
						new AsyncCommand<>(new Command<>(CommandType.DISCARD, new StatusOutput<>(StringCodec.UTF8))));
				return refuse(command);
			}
		}
		else if (type == CommandType.DISCARD || (type == CommandType.UNWATCH && !isQueued(command))) {
			this.transaction = Transaction.NONE;
		}
		else if (transaction.isLost() && isQueued(command)) {
			return refuse(command);
		}
		return true;
	}

	/**
	 * Keep of what was sent and not answered that which may be sent again, and fail the
	 * rest.
	 * @return whether a transaction was among it
	 */
	private boolean keepRepeatable(Collection<RedisCommand<?, ?, ?>> sent, List<RedisCommand<?, ?, ?>> kept) {
		boolean transactional = false;
		for (RedisCommand<?, ?, ?> command : sent) {
			transactional = transactional || command.getType() == CommandType.MULTI || isQueued(command);
			if (mayBeRepeated(command)) {
				kept.add(command);
			}
			else {
				command
					.completeExceptionally(new WriteOutcomeUnknownException(command.getType().toString(), this.node));
			}
		}
		return transactional;
	}

	/**
	 * Keep of what has not been sent that which does not belong to a transaction that
	 * began on the lost connection.
	 */
	private void keepWholeTransactions(List<RedisCommand<?, ?, ?>> unsent, List<RedisCommand<?, ?, ?>> kept) {
		boolean begun = false;
		for (RedisCommand<?, ?, ?> command : unsent) {
			begun = begun || command.getType() == CommandType.MULTI;
			if (begun || !(isQueued(command) || command.getType() == CommandType.EXEC)) {
				kept.add(command);
			}
			else {
				refuse(command);
			}
		}
		if (!begun && this.transaction == Transaction.OPEN) {
			this.transaction = Transaction.LOST;
		}
	}

	private boolean mayBeRepeated(RedisCommand<?, ?, ?> command) {
		return !isQueued(command) && this.reads.placement(command) != CommandPlacement.PRIMARY_MAY_WRITE
				&& !this.options.getReplayFilter().test(command);
	}

	private static boolean isQueued(RedisCommand<?, ?, ?> command) {
		return CommandWrapper.unwrap(command, TransactionalCommand.class) != null;
	}

	private static boolean refuse(RedisCommand<?, ?, ?> command) {
		command.completeExceptionally(new TransactionLostException(command.getType().toString()));
		return false;
	}

	/**
	 * What has become of the transaction for which the connection is used.
	 */
	private enum Transaction {

		NONE, OPEN,

		/**
		 * The connection was lost.
		 */
		LOST,

		/**
		 * The connection was lost, and the attempt to begin has failed for that.
		 */
		REPORTED;

		boolean isLost() {
			return this == LOST || this == REPORTED;
		}

	}

}
