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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NodeGuard;
import io.lagwise.routing.ReadListener;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutePlan;
import io.lagwise.routing.RoutingReason;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadAttempt}, {@link StagedReply} and {@link AttemptDeadlines}.
 */
class ReadAttemptTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final Recording recording = new Recording();

	private final ReplicaReads node = new ReplicaReads(new NodeProbe(new NodeAddress("localhost", 6379), null,
			Duration.ofMillis(200), (node, connection, sentAt, answeredAt, status) -> {
			}, () -> {
			}, () -> 0), null, this.recording, new FreshnessWatermark(0), PeerProofs.NONE,
			ReplicaReadOptions.DEFAULTS.withReadListener(this.recording),
			Patience.of(ReplicaReadOptions.DEFAULTS, Duration.ZERO), () -> {
			});

	private final RoutePlan plan = new RoutePlan(ReadRequirement.anyReplica(), List.of(this.node), true,
			RoutingReason.ANY_REPLICA);

	private final Retries retries = new Retries();

	private final AsyncCommand<String, String, String> get = new AsyncCommand<>(
			new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));

	private final AsyncCommand<String, String, List<String>> range = new AsyncCommand<>(
			new Command<>(CommandType.LRANGE, new ValueListOutput<>(StringCodec.UTF8)));

	static Stream<Arguments> endings() {
		return Stream.of(ending("answered", List.of(RedisCommand::complete)),
				ending("answered twice", List.of(RedisCommand::complete, RedisCommand::complete)),
				ending("failed", List.of(ReadAttemptTests::disconnect)),
				ending("failed and cancelled", List.of(ReadAttemptTests::disconnect, RedisCommand::cancel)),
				ending("cancelled", List.of(RedisCommand::cancel)),
				ending("cancelled, then answered", List.of(RedisCommand::cancel, RedisCommand::complete)),
				ending("failed after its answer", List.of(RedisCommand::complete, ReadAttemptTests::disconnect)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("endings")
	void anAttemptIsInFlightUntilItIsOverAndLeavesOnce(String description,
			List<Consumer<RedisCommand<String, String, String>>> calls) {
		ReadAttempt<String, String, String> attempt = attempt(this.get);
		assertThat(this.node.readsInFlight()).isOne();
		for (Consumer<RedisCommand<String, String, String>> call : calls) {
			call.accept(attempt);
			assertThat(this.node.readsInFlight()).isZero();
			assertThat(attempt.isDone()).isTrue();
		}
	}

	@Test
	void theFirstAttemptToAnswerWins() {
		ReadAttempt<String, String, String> slow = attempt(this.get);
		assertThat(slow.expire(200, 200)).isTrue();
		ReadAttempt<String, String, String> fast = attempt(this.get);
		answer(fast, "new");
		answer(slow, "late");
		assertThat(this.get).isCompletedWithValue("new");
		assertThat(this.retries.failed).containsExactly(slow);
	}

	@Test
	void aReplyThatBreaksOffInTheMiddleLeavesNoTrace() {
		ReadAttempt<String, String, List<String>> broken = attempt(this.range);
		begin(broken, 3, "a", "b");
		disconnect(broken);
		assertThat(this.retries.failed).containsExactly(broken);
		ReadAttempt<String, String, List<String>> whole = attempt(this.range);
		begin(whole, 3, "a", "b", "c");
		whole.complete();
		assertThat(this.range).isCompletedWithValue(List.of("a", "b", "c"));
	}

	@Test
	void theLateElementsOfAnAbandonedReplyDoNotMixWithTheAnswer() {
		ReadAttempt<String, String, List<String>> slow = attempt(this.range);
		begin(slow, 2, "a1");
		assertThat(slow.expire(System.nanoTime() + 200_000, 200)).isTrue();
		ReadAttempt<String, String, List<String>> fast = attempt(this.range);
		begin(fast, 2, "b1", "b2");
		fast.complete();
		set(slow, "a2");
		slow.complete();
		assertThat(this.range).isCompletedWithValue(List.of("b1", "b2"));
	}

	@Test
	void anExpiryAtTheMomentOfTheAnswerLeavesTheWholeAnswerOrAFailure() throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(2);
		ExecutorService timer = Executors.newSingleThreadExecutor();
		try {
			for (int i = 0; i < 20_000; i++) {
				AsyncCommand<String, String, List<String>> command = new AsyncCommand<>(
						new Command<>(CommandType.LRANGE, new ValueListOutput<>(StringCodec.UTF8)));
				ReadAttempt<String, String, List<String>> attempt = attempt(command);
				begin(attempt, 2, "a", "b");
				Future<?> expiry = timer.submit(() -> {
					barrier.await();
					disconnect(attempt);
					return null;
				});
				barrier.await();
				attempt.complete();
				expiry.get();
				if (!this.retries.failed.contains(attempt)) {
					assertThat(command).as("run %d", i).isCompletedWithValue(List.of("a", "b"));
				}
				this.retries.failed.clear();
				assertThat(this.node.readsInFlight()).isZero();
			}
		}
		finally {
			timer.shutdownNow();
		}
	}

	@Test
	void aReplyWithEveryKindOfPartIsHandedOnAsItCame() {
		Recorder expected = new Recorder();
		everyKindOfPart(expected);
		Recorder actual = new Recorder();
		AsyncCommand<String, String, Object> command = new AsyncCommand<>(new Command<>(CommandType.EVAL_RO, actual));
		ReadAttempt<String, String, Object> attempt = attempt(command);
		everyKindOfPart(attempt.getOutput());
		assertThat(actual.calls).isEmpty();
		attempt.complete();
		assertThat(actual.calls).isNotEmpty().isEqualTo(expected.calls);
	}

	@ParameterizedTest
	@ValueSource(strings = { "LOADING Redis is loading the dataset in memory",
			"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'." })
	void aNodeThatRefusesBecauseOfItsOwnStateIsPassedOver(String error) {
		ReadAttempt<String, String, String> attempt = attempt(this.get);
		attempt.getOutput().setError(bytes(error));
		attempt.getOutput().complete(0);
		attempt.complete();
		assertThat(this.get).isNotDone();
		assertThat(this.retries.failed).containsExactly(attempt);
		assertThat(this.retries.failures.get(0)).asString()
			.matches("replica localhost:6379 answered: " + Pattern.quote(error) + " \\(\\d+ ms\\)");
	}

	@Test
	void whatHappenedToEveryAttemptIsTold() {
		attempt(this.get).expire(200_000_000, 200_000_000);
		this.node.started();
		ReadAttempt<String, String, String> second = new ReadAttempt<>(this.get, this.retries, this.plan, 0,
				this.retries.failures.get(0), null, null, 0);
		second.expire(50_000_000, 200_000_000);
		AttemptFailure failure = this.retries.failures.get(1);
		assertThat(failure).hasToString(
				"replica localhost:6379 did not answer (200 ms), " + "replica localhost:6379 did not answer (50 ms)");
		assertThat(failure.total()).isEqualTo(Duration.ofMillis(250));
	}

	@Test
	void anErrorOfTheCommandIsTheAnswer() {
		ReadAttempt<String, String, String> attempt = attempt(this.get);
		attempt.getOutput().setError(bytes("WRONGTYPE Operation against a key"));
		attempt.complete();
		assertThat(this.get).isCompletedExceptionally();
		assertThat(this.retries.failed).isEmpty();
	}

	@Test
	void theTraceLearnsWhoAnsweredBeforeTheCallerDoes() {
		try (ReadTrace trace = ReadTrace.open()) {
			List<String> seen = new ArrayList<>();
			this.get.thenRun(() -> seen.add(trace.toString()));
			ReadAttempt<String, String, String> attempt = new ReadAttempt<>(this.get, this.retries, this.plan, 0, null,
					trace, null, 0);
			answer(attempt, "value");
			assertThat(seen).containsExactly("replica localhost:6379");
		}
	}

	private <T> ReadAttempt<String, String, T> attempt(RedisCommand<String, String, T> command) {
		return attempt(command, 0);
	}

	private <T> ReadAttempt<String, String, T> attempt(RedisCommand<String, String, T> command, long startedAt) {
		this.node.started();
		return new ReadAttempt<>(command, this.retries, this.plan, 0, null, null, null, startedAt);
	}

	private static void answer(RedisCommand<String, String, ?> attempt, String value) {
		set(attempt, value);
		attempt.getOutput().complete(0);
		attempt.complete();
	}

	private static void begin(RedisCommand<String, String, ?> attempt, int size, String... elements) {
		attempt.getOutput().multiArray(size);
		for (String element : elements) {
			set(attempt, element);
			attempt.getOutput().complete(1);
		}
	}

	private static void set(RedisCommand<String, String, ?> attempt, String value) {
		attempt.getOutput().set(bytes(value));
	}

	private static void disconnect(RedisCommand<String, String, ?> attempt) {
		attempt.completeExceptionally(new RedisException("Connection closed"));
	}

	private static void everyKindOfPart(CommandOutput<String, String, ?> output) {
		output.multiMap(1);
		output.set(bytes("bytes"));
		output.complete(1);
		output.multiSet(2);
		output.setSingle(bytes("single"));
		output.setBigNumber(bytes("12345678901234567890"));
		output.multiPush(3);
		output.set(Long.MIN_VALUE);
		output.set(Math.PI);
		output.set(true);
		output.multi(1);
		output.set((ByteBuffer) null);
		output.setError(bytes("ERR nested"));
		output.multiArray(0);
		output.complete(1);
		output.complete(0);
	}

	private static ByteBuffer bytes(String text) {
		return StandardCharsets.UTF_8.encode(text);
	}

	private static Arguments ending(String description, List<Consumer<RedisCommand<String, String, String>>> calls) {
		return Arguments.of(description, calls);
	}

	@Nested
	class Telling {

		@Test
		void anAnswerIsCountedForTheGuardAndToldToTheListener() {
			answer(attempt(ReadAttemptTests.this.get), "value");
			assertThat(told()).containsExactly("attempt: REPLICA answered",
					"read: REPLICA any-replica ANY_REPLICA ANSWERED");
			ReadAttemptTests.this.node.update(true, 0, ReplicaLag.UNKNOWN, 0);
			assertThat(told()).contains("guard: 1 answered");
		}

		@Test
		void anErrorOfTheCommandIsNoFailureOfTheNode() {
			ReadAttempt<String, String, String> attempt = attempt(ReadAttemptTests.this.get);
			attempt.getOutput().setError(bytes("WRONGTYPE Operation against a key"));
			attempt.complete();
			assertThat(told()).containsExactly("attempt: REPLICA answered",
					"read: REPLICA any-replica ANY_REPLICA ERROR");
		}

		@Test
		void theGuardHearsOfAnswersBeforeItHearsOfAFailure() {
			answer(attempt(ReadAttemptTests.this.get), "value");
			ReadAttemptTests.this.recording.told.clear();
			long started = System.nanoTime();
			ReadAttempt<String, String, List<String>> late = attempt(ReadAttemptTests.this.range, started);
			late.sent(started);
			late.expire(started + SECOND, SECOND);
			assertThat(told()).containsExactly("attempt: localhost:6379 TIMEOUT", "guard: 1 answered");
			// unless something explains it meanwhile
			ReadAttemptTests.this.node.update(false, 0, null, started + SECOND * 2);
			assertThat(told()).doesNotContain("guard: TIMEOUT");
			ReadAttemptTests.this.node.update(false, 0, null, started + SECOND * 2 + 1);
			assertThat(told()).containsExactly("attempt: localhost:6379 TIMEOUT", "guard: 1 answered",
					"guard: TIMEOUT");
		}

		@Test
		void aConnectionThatBreaksIsNotHeldAgainstTheNodeForEveryReadOnIt() {
			disconnect(attempt(ReadAttemptTests.this.get));
			assertThat(told()).containsExactly("attempt: localhost:6379 CONNECTION_LOST");
		}

		@Test
		void aCallerWhoGivesUpIsNotHeldAgainstTheNode() {
			ReadAttempt<String, String, String> attempt = attempt(ReadAttemptTests.this.get);
			ReadAttemptTests.this.get.cancel();
			attempt.expire(10_000, 200);
			assertThat(told()).containsExactly("read: REPLICA any-replica ANY_REPLICA FAILED");
		}

		private List<String> told() {
			return ReadAttemptTests.this.recording.told;
		}

	}

	@Nested
	class Deadlines {

		private final AtomicLong now = new AtomicLong();

		private final AttemptDeadlines deadlines = new AttemptDeadlines(Duration.ofNanos(200), this.now::get,
				Runnable::run);

		@Test
		void anAttemptThatIsNotAnsweredInTimeFails() {
			ReadAttempt<String, String, String> attempt = attempt(ReadAttemptTests.this.get);
			this.deadlines.watch(attempt);
			this.now.set(199);
			this.deadlines.sweep();
			assertThat(ReadAttemptTests.this.retries.failed).isEmpty();
			this.now.set(200);
			this.deadlines.sweep();
			this.deadlines.sweep();
			assertThat(ReadAttemptTests.this.retries.failed).containsExactly(attempt);
		}

		@Test
		void aPauseOfThisProcessIsNotHeldAgainstTheNode() {
			ReadAttempt<String, String, String> attempt = attempt(ReadAttemptTests.this.get);
			this.deadlines.watch(attempt);
			this.now.set(Duration.ofSeconds(3).toNanos());
			this.deadlines.sweep();
			assertThat(ReadAttemptTests.this.retries.failed).isEmpty();
			this.now.set(Duration.ofSeconds(6).toNanos());
			this.deadlines.sweep();
			assertThat(ReadAttemptTests.this.retries.failed).containsExactly(attempt);
		}

		@Test
		void anAttemptWhoseReplyIsArrivingGoesOn() {
			long started = System.nanoTime() - Duration.ofSeconds(10).toNanos();
			ReadAttempt<String, String, List<String>> attempt = attempt(ReadAttemptTests.this.range, started);
			this.deadlines.watch(attempt);
			attempt.sent(started);
			begin(attempt, 2, "a");
			this.now.set(started + Duration.ofSeconds(10).toNanos());
			this.deadlines.sweep();
			this.deadlines.sweep();
			assertThat(ReadAttemptTests.this.retries.failed).isEmpty();
		}

		@Test
		void whatFollowsGoesOnElsewhereAndCostsNoOtherAttempt() {
			List<Runnable> callbacks = new ArrayList<>();
			AttemptDeadlines deadlines = new AttemptDeadlines(Duration.ofNanos(200), this.now::get, callbacks::add);
			AsyncCommand<String, String, String> second = new AsyncCommand<>(
					new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));
			ReadAttempt<String, String, String> one = attempt(ReadAttemptTests.this.get);
			ReadAttempt<String, String, String> two = attempt(second);
			deadlines.watch(one);
			deadlines.watch(two);
			AssertionError error = new AssertionError("of what follows");
			ReadAttemptTests.this.retries.error = error;
			this.now.set(200);
			deadlines.sweep();
			assertThat(ReadAttemptTests.this.retries.failed).isEmpty();
			callbacks.forEach(Runnable::run);
			assertThat(ReadAttemptTests.this.retries.failed).containsExactly(two, one);
			assertThat(ReadAttemptTests.this.get.handle((value, failure) -> failure)).isCompletedWithValue(error);
			assertThat(second.handle((value, failure) -> failure)).isCompletedWithValue(error);
		}

		@Test
		void anAttemptThatIsHeardOfInTheLastMomentGoesOnAndIsWatched() {
			List<Runnable> callbacks = new ArrayList<>();
			AttemptDeadlines deadlines = new AttemptDeadlines(Duration.ofNanos(200_000), this.now::get, callbacks::add);
			ReadAttempt<String, String, String> attempt = attempt(ReadAttemptTests.this.get);
			attempt.sent(0);
			deadlines.watch(attempt);
			this.now.set(200_000);
			deadlines.sweep();
			attempt.alive(150_000);
			callbacks.forEach(Runnable::run);
			assertThat(ReadAttemptTests.this.retries.failed).isEmpty();
			callbacks.clear();
			this.now.set(350_000);
			deadlines.sweep();
			callbacks.forEach(Runnable::run);
			assertThat(ReadAttemptTests.this.retries.failed).containsExactly(attempt);
		}

		@Test
		void aReadThatCannotBeJudgedCostsNoOther() {
			AsyncCommand<String, String, String> odd = new AsyncCommand<>(
					new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));
			AsyncCommand<String, String, String> other = new AsyncCommand<>(
					new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));
			List<String> givenUp = new ArrayList<>();
			AttemptDeadlines deadlines = new AttemptDeadlines(Duration.ofNanos(200_000), this.now::get, Runnable::run);
			deadlines.watch(new PrimaryAttempt<>(odd, StringCodec.UTF8, 0, () -> {
				throw new IllegalStateException("expected");
			}, () -> givenUp.add("odd")));
			deadlines.watch(new PrimaryAttempt<>(other, StringCodec.UTF8, 0, () -> true, () -> givenUp.add("other")));
			this.now.set(200_000);
			deadlines.sweep();
			assertThat(odd).isCompletedExceptionally();
			assertThat(givenUp).containsExactly("other");
		}

		@Test
		void attemptsDoNotPileUpWhileNobodySweeps() {
			long second = Duration.ofSeconds(1).toNanos();
			for (int i = 0; i < 10_000; i++) {
				AsyncCommand<String, String, String> command = new AsyncCommand<>(
						new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));
				this.now.addAndGet(second / 100);
				ReadAttempt<String, String, String> attempt = attempt(command, this.now.get());
				this.deadlines.watch(attempt);
				answer(attempt, "value");
			}
			int left = 0;
			AtomicReference<?> newest = (AtomicReference<?>) ReflectionTestUtils.getField(this.deadlines, "newest");
			assertThat(newest).isNotNull();
			for (ReadAttempt<?, ?, ?> it = (ReadAttempt<?, ?, ?>) newest.get(); it != null; it = it.older()) {
				left++;
			}
			assertThat(left).isLessThan(200);
		}

		@Test
		void aHundredThousandReadsThatTheirCallersCancelLeaveNothingBehind() {
			for (int i = 0; i < 100_000; i++) {
				AsyncCommand<String, String, String> command = new AsyncCommand<>(
						new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));
				this.deadlines.watch(attempt(command));
				command.cancel();
			}
			assertThat(ReadAttemptTests.this.node.readsInFlight()).isEqualTo(100_000);
			this.deadlines.sweep();
			assertThat(ReadAttemptTests.this.node.readsInFlight()).isZero();
			assertThat(this.deadlines.waiting()).isZero();
			assertThat(ReadAttemptTests.this.retries.failed).isEmpty();
		}

	}

	private static final class Retries implements ReadOrigin<String, String> {

		private final List<ReadAttempt<?, ?, ?>> failed = new ArrayList<>();

		private final List<AttemptFailure> failures = new ArrayList<>();

		private @Nullable Error error;

		@Override
		public RedisCodec<String, String> getCodec() {
			return StringCodec.UTF8;
		}

		@Override
		public <T> void retry(ReadAttempt<String, String, T> failed, AttemptFailure failure) {
			this.failed.add(failed);
			this.failures.add(failure);
			if (this.error != null) {
				throw this.error;
			}
		}

		@Override
		public <T> void recheck(ReadAttempt<String, String, T> miss) {
			throw new UnsupportedOperationException();
		}

		@Override
		public <T> void readFromPrimary(RedisCommand<String, String, T> command, ReadRequirement requirement,
				RoutingReason reason, ReadTrace trace, ReadDemand demand) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void resume(List<? extends RedisCommand<String, String, ?>> reads, Runnable proceed) {
			throw new UnsupportedOperationException();
		}

	}

	/**
	 * Notes what guards and listeners are told.
	 */
	private static final class Recording implements NodeGuard, ReadListener {

		private final List<String> told = new ArrayList<>();

		@Override
		public void answered(int count) {
			this.told.add("guard: " + count + " answered");
		}

		@Override
		public void failed(FallbackReason reason, Duration elapsed) {
			this.told.add("guard: " + reason);
		}

		@Override
		public void readEnded(NodeRole role, ReadRequirement requirement, RoutingReason reason, ReadOutcome outcome) {
			this.told.add("read: %s %s %s %s".formatted(role, requirement, reason, outcome));
		}

		@Override
		public void attemptAnswered(NodeRole role, long nanos) {
			this.told.add("attempt: " + role + " answered");
		}

		@Override
		public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
			this.told.add("attempt: " + replica + " " + reason);
		}

	}

	/**
	 * Notes every call that it gets.
	 */
	private static final class Recorder extends CommandOutput<String, String, Object> {

		private final List<String> calls = new ArrayList<>();

		Recorder() {
			super(StringCodec.UTF8, "");
		}

		@Override
		public void set(@Nullable ByteBuffer bytes) {
			this.calls.add("set " + text(bytes));
		}

		@Override
		public void setSingle(ByteBuffer bytes) {
			this.calls.add("single " + text(bytes));
		}

		@Override
		public void setBigNumber(ByteBuffer bytes) {
			this.calls.add("big number " + text(bytes));
		}

		@Override
		public void set(long integer) {
			this.calls.add("integer " + integer);
		}

		@Override
		public void set(double number) {
			this.calls.add("double " + number);
		}

		@Override
		public void set(boolean value) {
			this.calls.add("boolean " + value);
		}

		@Override
		public void setError(ByteBuffer error) {
			this.calls.add("error " + text(error));
		}

		@Override
		public void multi(int count) {
			this.calls.add("multi " + count);
		}

		@Override
		public void multiArray(int count) {
			this.calls.add("array " + count);
		}

		@Override
		public void multiPush(int count) {
			this.calls.add("push " + count);
		}

		@Override
		public void multiMap(int count) {
			this.calls.add("map " + count);
		}

		@Override
		public void multiSet(int count) {
			this.calls.add("set " + count);
		}

		@Override
		public void complete(int depth) {
			this.calls.add("complete " + depth);
		}

		private static @Nullable String text(@Nullable ByteBuffer bytes) {
			return (bytes != null) ? StandardCharsets.UTF_8.decode(bytes).toString() : null;
		}

	}

}
