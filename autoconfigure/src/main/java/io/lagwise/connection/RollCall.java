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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * Asks a primary which of its replicas have applied everything that was written on one
 * connection: {@code ROLE}, {@code WAIT} and {@code ROLE} again, in one flush.
 * <p>
 * {@code WAIT} knows the writes of its own connection only, on any other it may confirm
 * what no replica has; it blocks whatever comes behind it; and it answers with a number.
 * So the connection is one that nobody else uses and that never reconnects. The first
 * {@code ROLE} tells where the primary stands after those writes, the second one what
 * each replica has acknowledged by then. ({@code WAIT} itself adds to the stream, so that
 * an offset taken behind it may never be reached in time.)
 */
final class RollCall {

	private final NodeAddress primary;

	private final List<AsyncCommand<String, String, ?>> commands = new ArrayList<>();

	private final AsyncCommand<String, String, Long> wait;

	private final AsyncCommand<String, String, List<Object>> before;

	private final AsyncCommand<String, String, List<Object>> after;

	private RollCall(NodeAddress primary, int replicas, Duration timeout, @Nullable String channel) {
		this.primary = primary;
		if (channel != null) {
			this.commands.add(command(CommandType.PUBLISH, new IntegerOutput<>(StringCodec.UTF8),
					arguments().add(channel).add("")));
		}
		this.before = add(command(CommandType.ROLE, new ArrayOutput<>(StringCodec.UTF8), null));
		// a timeout of zero is for ever
		this.wait = command(CommandType.WAIT, new IntegerOutput<>(StringCodec.UTF8),
				arguments().add(replicas).add(Math.max(timeout.toMillis(), 1)));
		this.commands.add(this.wait);
		this.after = add(command(CommandType.ROLE, new ArrayOutput<>(StringCodec.UTF8), null));
	}

	/**
	 * Create one for a connection that has written.
	 * @param primary the node to which the connection leads
	 * @param replicas how many replicas to wait for
	 * @param timeout how long to wait for them
	 */
	static RollCall afterWrites(NodeAddress primary, int replicas, Duration timeout) {
		return new RollCall(primary, replicas, timeout, null);
	}

	/**
	 * Create one that covers what all other connections have written: an empty message,
	 * which replicas receive as well, stands for a write.
	 * @param primary the node to which the connection leads
	 * @param replicas how many replicas to wait for
	 * @param timeout how long to wait for them
	 * @param channel the channel to which to send the message
	 */
	static RollCall behindMessage(NodeAddress primary, int replicas, Duration timeout, String channel) {
		return new RollCall(primary, replicas, timeout, channel);
	}

	/**
	 * Ask a node for its replicas without waiting for them.
	 * @return completes, never exceptionally, with what it says, or {@code null} if it
	 * does not say so as a primary
	 */
	static CompletableFuture<@Nullable RoleReply> askForReplicas(StatefulRedisConnection<byte[], byte[]> connection) {
		AsyncCommand<String, String, List<Object>> role = command(CommandType.ROLE, new ArrayOutput<>(StringCodec.UTF8),
				null);
		try {
			connection.dispatch(RollCall.<List<Object>>withAnyCodec(role));
			connection.flushCommands();
		}
		catch (RuntimeException ex) {
			role.completeExceptionally(ex);
		}
		return role.toCompletableFuture().handle((reply, failure) -> RoleReply.ofPrimary(reply));
	}

	/**
	 * Send everything.
	 * @return completes, never exceptionally, with what the primary says
	 */
	CompletableFuture<Answer> send(StatefulRedisConnection<byte[], byte[]> connection) {
		long sentAt = System.nanoTime();
		try {
			connection.dispatch(withAnyCodec());
			// somebody may have a pipeline open
			connection.flushCommands();
		}
		catch (RuntimeException ex) {
			this.commands.forEach((command) -> command.completeExceptionally(ex));
		}
		return CompletableFuture.allOf(this.commands.toArray(CompletableFuture[]::new))
			.handle((done, failure) -> answer(sentAt));
	}

	private Answer answer(long sentAt) {
		for (AsyncCommand<String, String, ?> command : this.commands) {
			if (command.isCompletedExceptionally()) {
				return new Answer(this.primary, sentAt, null, null, 0, failure(command), command.getType().toString());
			}
		}
		return new Answer(this.primary, sentAt, RoleReply.ofPrimary(this.before.join()),
				RoleReply.ofPrimary(this.after.join()), this.wait.join().intValue(), null, "");
	}

	private AsyncCommand<String, String, List<Object>> add(AsyncCommand<String, String, List<Object>> command) {
		this.commands.add(command);
		return command;
	}

	// nothing below the dispatch of a connection depends on its codec
	@SuppressWarnings("unchecked")
	private List<RedisCommand<byte[], byte[], ?>> withAnyCodec() {
		return (List<RedisCommand<byte[], byte[], ?>>) (List<?>) this.commands;
	}

	@SuppressWarnings("unchecked")
	private static <T> RedisCommand<byte[], byte[], T> withAnyCodec(RedisCommand<?, ?, T> command) {
		return (RedisCommand<byte[], byte[], T>) command;
	}

	private static Throwable failure(AsyncCommand<?, ?, ?> command) {
		return Objects
			.requireNonNull(command.<Throwable>handle((value, failure) -> failure).toCompletableFuture().join());
	}

	private static CommandArgs<String, String> arguments() {
		return new CommandArgs<>(StringCodec.UTF8);
	}

	private static <T> AsyncCommand<String, String, T> command(CommandType type,
			CommandOutput<String, String, T> output, @Nullable CommandArgs<String, String> arguments) {
		return new AsyncCommand<>(
				(arguments != null) ? new Command<>(type, output, arguments) : new Command<>(type, output));
	}

	/**
	 * What a primary has said.
	 *
	 * @param primary the node that was asked
	 * @param sentAt when it was asked, taken before asking: what was acknowledged earlier
	 * is covered
	 * @param before what it said before it waited, or {@code null} if it did not say so
	 * as a primary
	 * @param after what it said after that
	 * @param counted how many replicas have applied what the connection itself has
	 * written: others may have written between that and the first role, and newer servers
	 * do not wait for theirs
	 * @param failure why it could not be asked, or {@code null}
	 * @param failedCommand which command failed first
	 */
	record Answer(NodeAddress primary, long sentAt, @Nullable RoleReply before, @Nullable RoleReply after, int counted,
			@Nullable Throwable failure, String failedCommand) {

		/**
		 * Return the same answer with other names for the replicas.
		 * @param names returns the name by which a replica is known
		 */
		Answer renamed(UnaryOperator<NodeAddress> names) {
			return new Answer(this.primary, this.sentAt, this.before,
					(this.after != null) ? this.after.renamed(names) : null, this.counted, this.failure,
					this.failedCommand);
		}

		/**
		 * Return the replicas that have applied everything.
		 */
		List<NodeAddress> confirmed() {
			return (this.before != null && this.after != null) ? this.after.replicasAt(this.before.offset())
					: List.of();
		}

		/**
		 * Return whether the node has answered as a primary throughout.
		 */
		boolean isOfPrimary() {
			return this.before != null && this.after != null;
		}

		/**
		 * Return how much a replica lacks, or {@code null} if it is not attached.
		 */
		@Nullable Long missing(NodeAddress replica) {
			Long applied = (this.after != null) ? this.after.acknowledged().get(replica) : null;
			return (applied != null && this.before != null) ? this.before.offset() - applied : null;
		}

	}

}
