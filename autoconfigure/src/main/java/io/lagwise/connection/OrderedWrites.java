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
import java.util.Iterator;
import java.util.List;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;

/**
 * The commands that one use of a connection sends to the primary, in their order.
 * <p>
 * A command that the node refuses to execute waits until the node in charge is known to
 * be a primary, and is sent again. What the same use sends meanwhile waits behind it. If
 * a command that was already under way behind it turns out not to be refused, sending the
 * refused one again would reverse their order: its caller gets the refusal instead. The
 * same holds when its own time is up.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class OrderedWrites<K, V> {

	/**
	 * How much earlier than its caller gives up a command stops to wait, at most.
	 */
	private static final long MARGIN = Duration.ofMillis(200).toNanos();

	/**
	 * How long to wait for a primary to get its replicas back.
	 */
	private static final long PATIENCE_FOR_REPLICAS = Duration.ofSeconds(10).toNanos();

	private final WriteRoute<K, V> route;

	private final RefusedWrites refusedWrites;

	private final WriteLedger ledger;

	/**
	 * What to note of the commands of a transaction when it is executed.
	 */
	private final List<WriteMark> queued = new ArrayList<>();

	/**
	 * Whether the transaction was begun before, by commands that nobody has kept track
	 * of.
	 */
	private volatile boolean begunBefore;

	private final CommandsUnderWay underWay = new CommandsUnderWay();

	/**
	 * Whether the connection is in a transaction, or watches keys for one.
	 */
	private volatile boolean transactional;

	/**
	 * Whether the connection may have selected another database than its own.
	 */
	private volatile boolean elsewhere;

	private volatile @Nullable Backlog<K, V> backlog;

	OrderedWrites(StatefulRedisConnection<K, V> primary, RefusedWrites refusedWrites, WriteLedger ledger) {
		this(() -> primary, refusedWrites, ledger);
	}

	/**
	 * Begin.
	 * @param route where to send commands
	 * @param refusedWrites lets those that have to wait go on
	 * @param ledger notes what is written
	 */
	OrderedWrites(WriteRoute<K, V> route, RefusedWrites refusedWrites, WriteLedger ledger) {
		this.route = route;
		this.refusedWrites = refusedWrites;
		this.ledger = ledger;
		this.begunBefore = route.connection().isMulti();
	}

	RedisCodec<K, V> codec() {
		return this.route.connection().getCodec();
	}

	/**
	 * Take note that a command is over and has written nothing.
	 */
	void notExecuted(WriteAttempt<K, V, ?> attempt) {
		this.route.takesBack(attempt);
	}

	/**
	 * Return whether commands are under way or wait.
	 */
	boolean isBusy() {
		return this.underWay.isAny() || this.backlog != null;
	}

	/**
	 * Return whether commands have to wait before they are sent, or sent again.
	 */
	boolean isWaiting() {
		Backlog<K, V> backlog = this.backlog;
		if (backlog == null) {
			return false;
		}
		synchronized (this) {
			return !backlog.isEmpty();
		}
	}

	/**
	 * Send a command behind those sent before.
	 */
	void send(RedisCommand<K, V, ?> command) {
		if (!mayBeSentAgain(command)) {
			sendOnce(marked(command));
			return;
		}
		WriteAttempt<K, V, ?> attempt = attempt(command);
		attempt.begin(this.underWay.begin(1));
		if (!held(attempt)) {
			this.route.connection().dispatch(attempt);
		}
	}

	/**
	 * Send commands together behind those sent before.
	 */
	void send(Collection<? extends RedisCommand<K, V, ?>> commands) {
		if (this.backlog != null || !commands.stream().allMatch(this::mayBeSentAgain)) {
			commands.forEach(this::send);
			return;
		}
		List<WriteAttempt<K, V, ?>> attempts = new ArrayList<>(commands.size());
		commands.forEach((command) -> attempts.add(attempt(command)));
		int generation = this.underWay.begin(attempts.size());
		attempts.forEach((attempt) -> attempt.begin(generation));
		if (this.backlog == null) {
			this.route.connection().dispatch(attempts);
			return;
		}
		// something was refused meanwhile
		for (WriteAttempt<K, V, ?> attempt : attempts) {
			if (!held(attempt)) {
				this.route.connection().dispatch(attempt);
			}
		}
	}

	/**
	 * Let a command wait that the node has refused to execute.
	 * @return whether it waits; if not, it is over
	 */
	boolean refused(WriteAttempt<K, V, ?> attempt) {
		boolean first;
		synchronized (this) {
			if (!this.route.isReplaceable() || !attempt.await()) {
				return false;
			}
			Backlog<K, V> present = this.backlog;
			first = present == null;
			Backlog<K, V> backlog = (present != null) ? present : new Backlog<>();
			backlog.refused.add(attempt);
			backlog.refusedAt = System.nanoTime();
			this.backlog = backlog;
			this.route.takesBack(attempt);
			this.underWay.end(attempt.generation());
		}
		if (first) {
			this.refusedWrites.add(this, attempt.refusal());
		}
		return true;
	}

	/**
	 * Note that a command is over that was under way.
	 * @param generation the generation to which it belongs
	 */
	void ended(int generation) {
		this.underWay.end(generation);
		if (this.backlog != null) {
			takeRefused().forEach(WriteAttempt::fail);
		}
	}

	/**
	 * Go on if there is reason to.
	 * @param now the time in nanoseconds of the monotonic clock
	 * @param provenAt when the node in charge has last said that it is a primary
	 * @return whether nothing waits any more
	 */
	boolean sweep(long now, long provenAt) {
		Backlog<K, V> backlog = this.backlog;
		if (backlog == null) {
			return true;
		}
		failExpired(backlog, now);
		if (this.underWay.isAny() && !this.transactional) {
			this.underWay.awaitEnd(this.route.connection());
		}
		synchronized (this) {
			boolean refused = !backlog.refused.isEmpty();
			if (this.underWay.isAny() || (refused && provenAt - backlog.refusedAt <= 0)) {
				return false;
			}
			if (refused && !this.route.prepare(now)) {
				return false;
			}
			while (!backlog.refused.isEmpty()) {
				backlog.waiting.addFirst(backlog.refused.removeLast());
			}
		}
		return sendWaiting(backlog);
	}

	/**
	 * Fail what waits.
	 */
	void close() {
		takeRefused().forEach(WriteAttempt::fail);
		Backlog<K, V> backlog = this.backlog;
		if (backlog != null) {
			sendWaiting(backlog);
		}
	}

	private WriteAttempt<K, V, ?> attempt(RedisCommand<K, V, ?> command) {
		return new WriteAttempt<>(command, this, this.ledger.mark(command, isElsewhere(command)), System.nanoTime());
	}

	/**
	 * Keep track of a command that is never sent again.
	 */
	private RedisCommand<K, V, ?> marked(RedisCommand<K, V, ?> command) {
		ProtocolKeyword type = command.getType();
		if (type == CommandType.EXEC) {
			List<WriteMark> marks = new ArrayList<>(this.queued);
			if (this.begunBefore) {
				marks.add(this.ledger.markAnything());
			}
			forgetQueued();
			return (this.route.connection().isMulti() || !marks.isEmpty()) ? new MarkedWrite<>(command, marks)
					: command;
		}
		if (type == CommandType.MULTI || type == CommandType.DISCARD) {
			forgetQueued();
			return command;
		}
		if (this.route.connection().isMulti()) {
			WriteMark mark = this.ledger.markQueued(command, isElsewhere(command));
			if (mark != null) {
				this.queued.add(mark);
			}
			return command;
		}
		WriteMark mark = this.ledger.mark(command, isElsewhere(command));
		return (mark != null) ? new MarkedWrite<>(command, List.of(mark)) : command;
	}

	private boolean isElsewhere(RedisCommand<K, V, ?> command) {
		if (command.getType() == CommandType.SELECT) {
			this.elsewhere = true;
		}
		return this.elsewhere;
	}

	private void forgetQueued() {
		this.queued.clear();
		this.begunBefore = false;
	}

	private boolean mayBeSentAgain(RedisCommand<K, V, ?> command) {
		ProtocolKeyword type = command.getType();
		if (type == CommandType.MULTI || type == CommandType.WATCH) {
			this.transactional = true;
			return false;
		}
		if (type == CommandType.EXEC || type == CommandType.DISCARD || type == CommandType.UNWATCH) {
			this.transactional = type == CommandType.UNWATCH && this.route.connection().isMulti();
			return false;
		}
		return !this.transactional && command.getOutput() != null && !this.route.connection().isMulti();
	}

	private void sendOnce(RedisCommand<K, V, ?> command) {
		if (!held(command)) {
			this.route.connection().dispatch(command);
		}
	}

	private boolean held(RedisCommand<K, V, ?> command) {
		if (this.backlog == null) {
			return false;
		}
		synchronized (this) {
			Backlog<K, V> backlog = this.backlog;
			if (backlog == null) {
				return false;
			}
			if (command instanceof WriteAttempt<?, ?, ?> attempt) {
				attempt.await();
				this.underWay.end(attempt.generation());
			}
			this.route.takesBack(command);
			backlog.waiting.add(command);
			return true;
		}
	}

	private synchronized List<WriteAttempt<K, V, ?>> takeRefused() {
		Backlog<K, V> backlog = this.backlog;
		if (backlog == null) {
			return List.of();
		}
		List<WriteAttempt<K, V, ?>> refused = List.copyOf(backlog.refused);
		backlog.refused.clear();
		return refused;
	}

	private void failExpired(Backlog<K, V> backlog, long now) {
		long timeout = this.route.timeout().toNanos();
		long patience = (timeout > 0) ? timeout - Math.min(timeout / 4, MARGIN) : Long.MAX_VALUE;
		List<WriteAttempt<K, V, ?>> expired = new ArrayList<>();
		synchronized (this) {
			for (Iterator<WriteAttempt<K, V, ?>> it = backlog.refused.iterator(); it.hasNext();) {
				WriteAttempt<K, V, ?> attempt = it.next();
				long limit = (attempt.refusal() == WriteRefusal.TOO_FEW_REPLICAS)
						? Math.min(patience, PATIENCE_FOR_REPLICAS) : patience;
				if (attempt.isAbandoned() || now - attempt.startedAt() > limit) {
					it.remove();
					expired.add(attempt);
				}
			}
		}
		if (!expired.isEmpty()) {
			// callers may go on with their own work on the thread that tells them
			this.route.connection()
				.getResources()
				.eventExecutorGroup()
				.execute(() -> expired.forEach(WriteAttempt::fail));
		}
	}

	/**
	 * Send what waits until something is refused again. Called by one thread at a time.
	 * @return whether nothing waits any more
	 */
	private boolean sendWaiting(Backlog<K, V> backlog) {
		while (true) {
			RedisCommand<K, V, ?> next;
			synchronized (this) {
				if (!backlog.refused.isEmpty()) {
					return false;
				}
				next = backlog.waiting.poll();
				if (next == null) {
					this.backlog = null;
					break;
				}
				this.route.sends(next);
			}
			dispatchWaiting(next);
		}
		// it may be that nobody flushes any more
		this.route.connection().flushCommands();
		return true;
	}

	private void dispatchWaiting(RedisCommand<K, V, ?> command) {
		StatefulRedisConnection<K, V> connection = this.route.connection();
		if (!(command instanceof WriteAttempt<K, V, ?> attempt)) {
			connection.dispatch(command);
		}
		else if (!connection.isMulti()) {
			if (attempt.resume(this.underWay.begin(1))) {
				connection.dispatch(attempt);
			}
			else {
				this.underWay.end(attempt.generation());
			}
		}
		else if (attempt.isRefused()) {
			// it must not become part of a transaction
			attempt.fail();
		}
		else {
			attempt.abandon();
			connection.dispatch(attempt.command());
		}
	}

}
