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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

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

	@SuppressWarnings("rawtypes")
	private static final AtomicIntegerFieldUpdater<OrderedWrites> UNDER_WAY = AtomicIntegerFieldUpdater
		.newUpdater(OrderedWrites.class, "underWay");

	/**
	 * How much earlier than its caller gives up a command stops to wait, at most.
	 */
	private static final long MARGIN = Duration.ofMillis(200).toNanos();

	private final StatefulRedisConnection<K, V> primary;

	private final RefusedWrites refusedWrites;

	private final boolean patient;

	private final WriteLedger ledger;

	/**
	 * What to note of the commands of a transaction when it is executed.
	 */
	private final List<WriteMark> queued = new ArrayList<>();

	// accessed via UNDER_WAY
	private volatile int underWay;

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
		this(primary, refusedWrites, ledger, true);
	}

	private OrderedWrites(StatefulRedisConnection<K, V> primary, RefusedWrites refusedWrites, WriteLedger ledger,
			boolean patient) {
		this.patient = patient;
		this.ledger = ledger;
		this.primary = primary;
		this.refusedWrites = refusedWrites;
	}

	/**
	 * Send everything once, and give the caller whatever the node says.
	 */
	static <K, V> OrderedWrites<K, V> once(StatefulRedisConnection<K, V> primary, RefusedWrites refusedWrites,
			WriteLedger ledger) {
		return new OrderedWrites<>(primary, refusedWrites, ledger, false);
	}

	RedisCodec<K, V> codec() {
		return this.primary.getCodec();
	}

	/**
	 * Return whether commands are under way or wait.
	 */
	boolean isBusy() {
		return this.underWay > 0 || this.backlog != null;
	}

	/**
	 * Send a command behind those sent before.
	 */
	void send(RedisCommand<K, V, ?> command) {
		if (!mayBeSentAgain(command)) {
			RedisCommand<K, V, ?> marked = marked(command);
			if (!held(marked)) {
				this.primary.dispatch(marked);
			}
			return;
		}
		WriteAttempt<K, V, ?> attempt = attempt(command);
		UNDER_WAY.incrementAndGet(this);
		if (!held(attempt)) {
			this.primary.dispatch(attempt);
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
		UNDER_WAY.addAndGet(this, attempts.size());
		this.primary.dispatch(attempts);
	}

	/**
	 * Let a command wait that the node has refused to execute.
	 * @return whether it waits; if not, it is over
	 */
	boolean refused(WriteAttempt<K, V, ?> attempt) {
		boolean first;
		synchronized (this) {
			if (!attempt.await()) {
				return false;
			}
			Backlog<K, V> present = this.backlog;
			first = present == null;
			Backlog<K, V> backlog = (present != null) ? present : new Backlog<>();
			backlog.refused.add(attempt);
			backlog.refusedAt = System.nanoTime();
			this.backlog = backlog;
			UNDER_WAY.decrementAndGet(this);
		}
		if (first) {
			this.refusedWrites.add(this);
		}
		return true;
	}

	/**
	 * Note that a command is over that was under way.
	 */
	void ended() {
		UNDER_WAY.decrementAndGet(this);
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
		synchronized (this) {
			if (this.underWay > 0 || (!backlog.refused.isEmpty() && provenAt - backlog.refusedAt <= 0)) {
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
			List<WriteMark> marks = List.copyOf(this.queued);
			this.queued.clear();
			return marks.isEmpty() ? command : new MarkedWrite<>(command, marks);
		}
		if (type == CommandType.MULTI || type == CommandType.DISCARD) {
			this.queued.clear();
			return command;
		}
		if (this.primary.isMulti()) {
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

	private boolean mayBeSentAgain(RedisCommand<K, V, ?> command) {
		ProtocolKeyword type = command.getType();
		if (type == CommandType.MULTI || type == CommandType.WATCH) {
			this.transactional = true;
			return false;
		}
		if (type == CommandType.EXEC || type == CommandType.DISCARD || type == CommandType.UNWATCH) {
			this.transactional = type == CommandType.UNWATCH && this.primary.isMulti();
			return false;
		}
		return this.patient && !this.transactional && command.getOutput() != null && !this.primary.isMulti();
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
				UNDER_WAY.decrementAndGet(this);
			}
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
		long timeout = this.primary.getTimeout().toNanos();
		long patience = timeout - Math.min(timeout / 4, MARGIN);
		List<WriteAttempt<K, V, ?>> expired = new ArrayList<>();
		synchronized (this) {
			for (Iterator<WriteAttempt<K, V, ?>> it = backlog.refused.iterator(); it.hasNext();) {
				WriteAttempt<K, V, ?> attempt = it.next();
				if (attempt.isAbandoned() || (timeout > 0 && now - attempt.startedAt() > patience)) {
					it.remove();
					expired.add(attempt);
				}
			}
		}
		if (!expired.isEmpty()) {
			// callers may go on with their own work on the thread that tells them
			this.primary.getResources().eventExecutorGroup().execute(() -> expired.forEach(WriteAttempt::fail));
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
			}
			dispatchWaiting(next);
		}
		// it may be that nobody flushes any more
		this.primary.flushCommands();
		return true;
	}

	private void dispatchWaiting(RedisCommand<K, V, ?> command) {
		if (!(command instanceof WriteAttempt<K, V, ?> attempt)) {
			this.primary.dispatch(command);
		}
		else if (!this.primary.isMulti()) {
			if (attempt.resume()) {
				UNDER_WAY.incrementAndGet(this);
				this.primary.dispatch(attempt);
			}
		}
		else if (attempt.isRefused()) {
			// it must not become part of a transaction
			attempt.fail();
		}
		else {
			attempt.abandon();
			this.primary.dispatch(attempt.command());
		}
	}

	/**
	 * What waits while the primary refuses to execute commands.
	 */
	private static final class Backlog<K, V> {

		/**
		 * What the node has refused, in the order in which it was sent.
		 */
		private final Deque<WriteAttempt<K, V, ?>> refused = new ArrayDeque<>();

		/**
		 * What is to be sent after that.
		 */
		private final Deque<RedisCommand<K, V, ?>> waiting = new ArrayDeque<>();

		private long refusedAt;

	}

}
