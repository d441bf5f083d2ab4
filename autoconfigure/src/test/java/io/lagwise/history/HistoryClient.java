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

package io.lagwise.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

import io.lagwise.annotation.OnShortfall;
import io.lagwise.annotation.WaitForReplicas;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteRequirement;
import io.lagwise.context.WriteScope;
import io.lagwise.history.Operation.Kind;
import io.lagwise.history.Operation.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * An application instance whose threads read and write in sessions and without, at all
 * levels, as fast as a few milliseconds per operation allow, and write down what they
 * see.
 * <p>
 * All instances append to the same lists. A register has one writer, which leaves it when
 * it does not know the outcome of a write. Keys are given up after a while so that
 * answers stay small.
 */
final class HistoryClient implements AutoCloseable {

	private static final int THREADS = 4;

	private static final int LISTS = 16;

	private static final long GENERATION = Duration.ofSeconds(2).toNanos();

	private static final int WRITES_PER_REGISTER = 30;

	private static final int OPERATIONS_PER_SESSION = 150;

	private static final long PAUSE = Duration.ofMillis(1).toNanos();

	private static final WriteRequirement CONFIRMED = new WriteRequirement(WaitForReplicas.ALL, Duration.ofMillis(300),
			OnShortfall.FAIL);

	private final String name;

	private final ReplicaAwareConnectionFactory factory;

	private final ConsistencySessions sessions;

	private final BiFunction<Level, @Nullable Duration, ReadRequirement> requirements;

	private final ReadTally tally;

	private final HistoryRecorder recorder;

	private final Access access;

	private final AtomicLong counter = new AtomicLong();

	private final List<String> registers = new CopyOnWriteArrayList<>();

	private final List<BoundSession> shared = new ArrayList<>();

	private final Queue<SignedSession> handedOver = new ConcurrentLinkedQueue<>();

	private final List<Worker> workers = new ArrayList<>();

	private @Nullable HistoryClient successor;

	private volatile boolean stopped;

	HistoryClient(String name, ReplicaAwareConnectionFactory factory, ConsistencySessions sessions,
			BiFunction<Level, @Nullable Duration, ReadRequirement> requirements, ReadTally tally,
			HistoryRecorder recorder, long seed) {
		this.name = name;
		this.factory = factory;
		this.sessions = sessions;
		this.requirements = requirements;
		this.tally = tally;
		this.recorder = recorder;
		this.access = new Access(factory);
		for (int i = 0; i < 2; i++) {
			this.shared.add(openSession());
		}
		for (int i = 0; i < THREADS; i++) {
			this.registers.add("");
			this.workers.add(new Worker(i, new Random(seed + i)));
		}
	}

	String name() {
		return this.name;
	}

	ReplicaAwareConnectionFactory factory() {
		return this.factory;
	}

	/**
	 * Let another instance go on with sessions that this one has begun.
	 */
	void handOverTo(HistoryClient successor) {
		this.successor = successor;
	}

	void start() {
		this.workers.forEach(Thread::start);
	}

	/**
	 * Begin nothing any more, and wait for what was begun.
	 */
	void stop() {
		this.stopped = true;
		for (Worker worker : this.workers) {
			try {
				worker.join(Duration.ofSeconds(30).toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			if (worker.isAlive()) {
				throw new IllegalStateException(worker.getName() + " hangs");
			}
		}
	}

	@Override
	public void close() {
		this.stopped = true;
		this.factory.destroy();
	}

	private BoundSession openSession() {
		return new BoundSession(this.name + "-session-" + this.counter.incrementAndGet(), this.sessions.open());
	}

	private void write(@Nullable BoundSession session, Kind kind, Access.Style style, String key, String value) {
		List<String> before = List.of();
		Outcome outcome = Outcome.OK;
		String problem = "";
		long invokedAt = System.nanoTime();
		try (RoutingContext.Scope scope = bind(session)) {
			before = write(kind, style, key, value);
		}
		catch (RuntimeException ex) {
			outcome = Outcome.UNKNOWN;
			problem = describe(ex);
		}
		long completedAt = System.nanoTime();
		this.recorder.add(new Operation(this.name, name(session), kind, null, key, value, before, invokedAt,
				completedAt, completedAt, outcome, false, problem));
		if (outcome != Outcome.OK && kind == Kind.SET) {
			this.registers.replaceAll((register) -> register.equals(key) ? "" : register);
		}
	}

	private List<String> write(Kind kind, Access.Style style, String key, String value) {
		if (kind == Kind.SET) {
			return this.access.set(style, key, value);
		}
		this.access.append(style, key, value);
		return List.of();
	}

	/**
	 * Write and wait for all replicas. A write that they have not confirmed in time is
	 * acknowledged nevertheless.
	 */
	private void writeConfirmed(@Nullable BoundSession session, String key, String value) {
		Outcome outcome = Outcome.UNKNOWN;
		boolean confirmed = false;
		String problem = "";
		long completedAt = 0;
		long invokedAt = System.nanoTime();
		try (RoutingContext.Scope scope = bind(session); WriteScope writes = WriteScope.open(CONFIRMED)) {
			this.access.append(Access.Style.PLAIN, key, value);
			outcome = Outcome.OK;
			completedAt = System.nanoTime();
			writes.confirm();
			confirmed = true;
			completedAt = System.nanoTime();
		}
		catch (RuntimeException ex) {
			problem = describe(ex);
		}
		if (outcome != Outcome.OK) {
			completedAt = System.nanoTime();
		}
		this.recorder.add(new Operation(this.name, name(session), Kind.APPEND, null, key, value, List.of(), invokedAt,
				completedAt, completedAt, outcome, confirmed, problem));
	}

	private void read(@Nullable BoundSession session, Access.Style style, Level level, List<String> keys) {
		List<List<String>> answers = null;
		String answeredBy;
		// no other read has it, so that this one can be told apart
		Duration bound = (level.bound() != null) ? level.bound().plusNanos(this.counter.incrementAndGet() % 500_000)
				: null;
		long invokedAt = System.nanoTime();
		try (RoutingContext.Scope scope = bind(session);
				RoutingContext.Scope required = RoutingContext.open(this.requirements.apply(level, bound));
				ReadTrace trace = ReadTrace.open()) {
			answers = this.access.read(style, keys);
			answeredBy = trace.toString();
		}
		catch (RuntimeException ex) {
			answeredBy = describe(ex);
		}
		long completedAt = System.nanoTime();
		Long answeredAt = (bound != null) ? this.tally.takeAnsweredAt(bound) : null;
		for (int i = 0; i < keys.size(); i++) {
			String key = keys.get(i);
			this.recorder.add(new Operation(this.name, name(session), Access.isList(key) ? Kind.LIST : Kind.GET, level,
					key, null, (answers != null) ? List.copyOf(answers.get(i)) : List.of(), invokedAt,
					(answeredAt != null) ? answeredAt : completedAt, completedAt,
					(answers != null) ? Outcome.OK : Outcome.FAILED, false, answeredBy));
		}
	}

	private static @Nullable String name(@Nullable BoundSession session) {
		return (session != null) ? session.name() : null;
	}

	private static RoutingContext.@Nullable Scope bind(@Nullable BoundSession session) {
		return (session != null) ? session.session().bind() : null;
	}

	private static String describe(Throwable ex) {
		String text = null;
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			text = cause.getClass().getSimpleName() + ": " + cause.getMessage();
			if (text.startsWith("SessionLost")) {
				return text;
			}
		}
		return text;
	}

	/**
	 * A session by the name under which it is recorded.
	 */
	private record BoundSession(String name, ConsistencySession session) {

	}

	/**
	 * A session on its way to another instance.
	 */
	private record SignedSession(String name, String token) {

	}

	private final class Worker extends Thread {

		private final int number;

		private final Random random;

		private BoundSession own;

		private int operations;

		private int registerWrites;

		Worker(int number, Random random) {
			super(HistoryClient.this.name + "-" + number);
			this.number = number;
			this.random = random;
			this.own = openSession();
			setDaemon(true);
		}

		@Override
		public void run() {
			while (!HistoryClient.this.stopped) {
				work();
				LockSupport.parkNanos(PAUSE);
			}
		}

		private void work() {
			if (++this.operations % OPERATIONS_PER_SESSION == 0) {
				changeSession();
			}
			BoundSession session = session();
			if (this.random.nextInt(8) == 0) {
				String key = write(session);
				if (this.random.nextInt(3) > 0) {
					read(session, style(), level(), List.of(key));
				}
				return;
			}
			List<String> keys = this.random.ints((this.random.nextInt(6) == 0) ? 3 : 1)
				.mapToObj((i) -> readableKey())
				.distinct()
				.collect(Collectors.toList());
			Level level = level();
			read(session, (keys.size() > 1) ? Access.Style.PIPELINE : style(), level, keys);
			if (this.random.nextInt(3) == 0) {
				read(session, style(), level, keys);
			}
		}

		private String write(@Nullable BoundSession session) {
			String value = HistoryClient.this.name + "-" + HistoryClient.this.counter.incrementAndGet();
			if (this.random.nextInt(3) == 0) {
				String key = register();
				HistoryClient.this.write(session, Kind.SET, style(), key, value);
				return key;
			}
			String key = list(0);
			if (this.random.nextInt(8) == 0) {
				writeConfirmed(session, key, value);
			}
			else {
				HistoryClient.this.write(session, Kind.APPEND, style(), key, value);
			}
			return key;
		}

		private String register() {
			String register = HistoryClient.this.registers.get(this.number);
			if (register.isEmpty() || ++this.registerWrites % WRITES_PER_REGISTER == 0) {
				register = "register-" + HistoryClient.this.name + "-" + HistoryClient.this.counter.incrementAndGet();
				HistoryClient.this.registers.set(this.number, register);
			}
			return register;
		}

		private String list(int age) {
			return "list-" + this.random.nextInt(LISTS) + "-" + (System.nanoTime() / GENERATION - age);
		}

		private String readableKey() {
			if (this.random.nextInt(3) == 0) {
				String register = HistoryClient.this.registers.get(this.random.nextInt(THREADS));
				if (!register.isEmpty()) {
					return register;
				}
			}
			return list((this.random.nextInt(6) == 0) ? 1 : 0);
		}

		private @Nullable BoundSession session() {
			return switch (this.random.nextInt(6)) {
				case 0, 1 -> this.own;
				case 2 -> HistoryClient.this.shared.get(this.random.nextInt(HistoryClient.this.shared.size()));
				default -> null;
			};
		}

		private void changeSession() {
			HistoryClient successor = HistoryClient.this.successor;
			if (successor != null) {
				try {
					successor.handedOver.add(new SignedSession(this.own.name(), this.own.session().token()));
				}
				catch (RuntimeException ex) {
					// it cannot be had while there is no primary
				}
			}
			SignedSession next = HistoryClient.this.handedOver.poll();
			this.own = (next != null) ? new BoundSession(next.name(), HistoryClient.this.sessions.resume(next.token()))
					: openSession();
		}

		private Access.Style style() {
			int choice = this.random.nextInt(10);
			Access.Style[] styles = Access.Style.values();
			return (choice < styles.length) ? styles[choice] : Access.Style.PLAIN;
		}

		private Level level() {
			int choice = this.random.nextInt(12);
			Level[] levels = Level.values();
			return (choice < levels.length) ? levels[choice] : Level.CONSISTENT;
		}

	}

}
