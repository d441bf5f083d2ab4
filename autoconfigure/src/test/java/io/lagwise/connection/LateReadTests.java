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

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.NodeGuard;
import io.lagwise.routing.RoutePlan;
import io.lagwise.routing.RoutingReason;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of when a read is late, and of what is learned from it.
 */
class LateReadTests {

	private static final long TIMEOUT = Duration.ofMillis(200).toNanos();

	private static final long MILLI = Duration.ofMillis(1).toNanos();

	private final Patience patience = Patience.of(ReplicaReadOptions.DEFAULTS, Duration.ofSeconds(5));

	private final ReplicaReads first = replica(1);

	private final ReplicaReads second = replica(2);

	private final RoutePlan plan = new RoutePlan(ReadRequirement.anyReplica(), List.of(this.first, this.second), true,
			RoutingReason.ANY_REPLICA);

	private final Retries retries = new Retries();

	private final AsyncCommand<String, String, String> get = get();

	private final long start = System.nanoTime();

	@Test
	void aReadWhoseTurnHasNotComeIsNotLate() {
		ReadAttempt<String, String, String> before = sent(get(), 0, null, this.start);
		ReadAttempt<String, String, String> attempt = sent(this.get, 0, null, this.start);
		this.first.alive(this.start + 150 * MILLI);
		assertThat(attempt.expire(this.start + 349 * MILLI, TIMEOUT)).isFalse();
		assertThat(before.expire(this.start + 349 * MILLI, TIMEOUT)).isFalse();
		assertThat(attempt.expire(this.start + 350 * MILLI, TIMEOUT)).isTrue();
		assertThat(this.retries.failed).containsExactly(attempt);
	}

	@Test
	void aReadThatHasNotBeenWrittenIsNotLateWhileOthersAreWritten() {
		ReadAttempt<String, String, String> attempt = attempt(this.get, 0, null, this.start);
		sent(get(), 0, null, this.start + 150 * MILLI);
		assertThat(attempt.expire(this.start + 349 * MILLI, TIMEOUT)).isFalse();
		assertThat(attempt.expire(this.start + 350 * MILLI, TIMEOUT)).isTrue();
	}

	@Test
	void howeverBusyTheNodeIsTheCommandTimeoutIsTheLimit() {
		ReadAttempt<String, String, String> attempt = sent(this.get, 0, null, this.start);
		this.first.alive(this.start + 5000 * MILLI);
		assertThat(attempt.expire(this.start + 4999 * MILLI, TIMEOUT)).isFalse();
		assertThat(attempt.expire(this.start + 5000 * MILLI, TIMEOUT)).isTrue();
		assertThat(this.get).isCompletedExceptionally();
		assertThat(this.get.handle((value, failure) -> failure).toCompletableFuture().join())
			.isInstanceOf(RedisCommandTimeoutException.class)
			.hasMessageContaining("within the command timeout of 5000 ms");
		assertThat(this.retries.failed).isEmpty();
		assertThat(this.first.readsInFlight()).isZero();
	}

	@Test
	void aLateAnswerCountsWhileTheNextNodeHasNotAnswered() {
		ReadAttempt<String, String, String> late = late();
		ReadAttempt<String, String, String> next = next(this.start + 200 * MILLI);
		answer(late, "late");
		assertThat(this.get).isCompletedWithValue("late");
		answer(next, "next");
		assertThat(next.isDone()).isTrue();
		assertThat(this.first.readsInFlight()).isZero();
		assertThat(this.second.readsInFlight()).isZero();
	}

	@Test
	void anAnswerOfTheNextNodeCountsAndALateOneIsDroppedThen() {
		ReadAttempt<String, String, String> late = late();
		ReadAttempt<String, String, String> next = next(this.start + 200 * MILLI);
		set(late, "late");
		set(next, "next");
		complete(late);
		complete(next);
		assertThat(this.get).isCompletedWithValue("next");
	}

	@Test
	void aLateAnswerOfANodeThatIsTheLastOneIsDropped() {
		ReadAttempt<String, String, String> late = late();
		answer(late, "late");
		assertThat(this.get).isNotDone();
	}

	@Test
	void aReadThatIsSlowOnTwoNodesIsSentToNoThirdOne() {
		ReadAttempt<String, String, String> late = late();
		ReadAttempt<String, String, String> next = next(this.start + 200 * MILLI);
		assertThat(next.expire(this.start + 251 * MILLI, TIMEOUT)).isFalse();
		assertThat(next.expire(this.start + 2000 * MILLI, TIMEOUT)).isFalse();
		assertThat(this.retries.failed).containsExactly(late);
		set(next, "next");
		answer(late, "late");
		complete(next);
		assertThat(this.get).isCompletedWithValue("late");
		assertThat(this.second.readsInFlight()).isZero();
	}

	@Test
	void theSecondOfTwoNodesMayAnswerASlowReadAsWell() {
		late();
		ReadAttempt<String, String, String> next = next(this.start + 200 * MILLI);
		next.expire(this.start + 251 * MILLI, TIMEOUT);
		answer(next, "next");
		assertThat(this.get).isCompletedWithValue("next");
		assertThat(this.second.readsInFlight()).isZero();
	}

	@Test
	void twoNodesThatBothStayAwayAreGivenUp() {
		ReadAttempt<String, String, String> late = late();
		ReadAttempt<String, String, String> next = next(this.start + 200 * MILLI);
		next.expire(this.start + 251 * MILLI, TIMEOUT);
		assertThat(next.expire(this.start + 2300 * MILLI, TIMEOUT)).isTrue();
		assertThat(this.retries.failed).containsExactly(late, next);
	}

	@Test
	void aNodeThatWasSilentBeforeItGotTheReadIsNotKeptBusyByIt() {
		ReadAttempt<String, String, String> late = late();
		this.second.alive(this.start + 20 * MILLI);
		ReadAttempt<String, String, String> next = sent(this.get, 1, this.retries.failures.get(0),
				this.start + 200 * MILLI);
		assertThat(next.expire(this.start + 251 * MILLI, TIMEOUT)).isTrue();
		assertThat(this.retries.failed).containsExactly(late, next);
	}

	@Test
	void aReadBehindAnotherOneIsNotWhatKeepsTheNodeBusy() {
		ReadAttempt<String, String, String> late = late();
		sent(get(), 1, null, this.start + 199 * MILLI);
		ReadAttempt<String, String, String> next = next(this.start + 200 * MILLI);
		assertThat(next.expire(this.start + 251 * MILLI, TIMEOUT)).isTrue();
		assertThat(this.retries.failed).containsExactly(late, next);
	}

	@Test
	void aCommandThatIsKnownToBeSlowMayTakeItsTime() {
		this.patience.slowCommands().learn(this.get, 350 * MILLI, this.start);
		ReadAttempt<String, String, String> attempt = sent(this.get, 0, null, this.start);
		this.first.alive(this.start);
		assertThat(attempt.expire(this.start + 699 * MILLI, TIMEOUT)).isFalse();
		assertThat(attempt.expire(this.start + 700 * MILLI, TIMEOUT)).isTrue();
	}

	@Test
	void slowCommandsThatWaitForOneAnotherMayTakeTheTimeOfAllOfThem() {
		this.patience.slowCommands().learn(this.get, 350 * MILLI, this.start);
		ReadAttempt<String, String, String> before = sent(get(), 0, null, this.start);
		ReadAttempt<String, String, String> attempt = sent(this.get, 0, null, this.start);
		assertThat(before.expire(this.start + 700 * MILLI, TIMEOUT)).isTrue();
		assertThat(attempt.expire(this.start + 1399 * MILLI, TIMEOUT)).isFalse();
		assertThat(attempt.expire(this.start + 1400 * MILLI, TIMEOUT)).isTrue();
	}

	@Test
	void aReadThatTheNextNodeAnswersAtOnceIsNoSlowCommand() {
		LateRead late = new LateRead(this.get, this.first);
		late.answeredElsewhere(MILLI, this.start);
		late.answered(350 * MILLI, this.start);
		assertThat(this.patience.slowCommands().time(this.get, this.start)).isZero();
	}

	@Test
	void aReadThatTakesLongOnTwoNodesIsASlowCommandInWhateverOrderTheyAnswer() {
		LateRead late = new LateRead(this.get, this.first);
		late.answered(350 * MILLI, this.start);
		late.answeredElsewhere(300 * MILLI, this.start);
		assertThat(this.patience.slowCommands().time(this.get, this.start)).isEqualTo(600 * MILLI);
	}

	private ReadAttempt<String, String, String> late() {
		this.first.alive(this.start);
		ReadAttempt<String, String, String> late = sent(this.get, 0, null, this.start);
		assertThat(late.expire(this.start + 200 * MILLI, TIMEOUT)).isTrue();
		assertThat(this.retries.failed).containsExactly(late);
		return late;
	}

	private ReadAttempt<String, String, String> next(long now) {
		this.second.alive(now);
		ReadAttempt<String, String, String> next = sent(this.get, 1, this.retries.failures.get(0), now);
		this.retries.failures.get(0).late().setNext(next);
		return next;
	}

	private ReadAttempt<String, String, String> sent(AsyncCommand<String, String, String> command, int position,
			AttemptFailure failure, long now) {
		ReadAttempt<String, String, String> attempt = attempt(command, position, failure, now);
		attempt.sent(now);
		return attempt;
	}

	private ReadAttempt<String, String, String> attempt(AsyncCommand<String, String, String> command, int position,
			AttemptFailure failure, long now) {
		((ReplicaReads) this.plan.replicas().get(position)).started();
		return new ReadAttempt<>(command, this.retries, this.plan, position, failure, null, null, now);
	}

	private static AsyncCommand<String, String, String> get() {
		return new AsyncCommand<>(new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8),
				new CommandArgs<>(StringCodec.UTF8).addKey("key")));
	}

	private ReplicaReads replica(int number) {
		return new ReplicaReads(new NodeProbe(new NodeAddress("10.0.0." + number, 6379), null, Duration.ofMillis(200),
				(node, connection, sentAt, answeredAt, status) -> {
				}, () -> {
				}, () -> 0), null, NodeGuard.NONE, new FreshnessWatermark(0), PeerProofs.NONE,
				ReplicaReadOptions.DEFAULTS, this.patience, () -> {
				});
	}

	private static void answer(RedisCommand<String, String, ?> attempt, String value) {
		set(attempt, value);
		complete(attempt);
	}

	private static void set(RedisCommand<String, String, ?> attempt, String value) {
		attempt.getOutput().set(ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
	}

	private static void complete(RedisCommand<String, String, ?> attempt) {
		attempt.getOutput().complete(0);
		attempt.complete();
	}

	private static final class Retries implements ReadOrigin<String, String> {

		private final List<ReadAttempt<?, ?, ?>> failed = new ArrayList<>();

		private final List<AttemptFailure> failures = new ArrayList<>();

		@Override
		public RedisCodec<String, String> getCodec() {
			return StringCodec.UTF8;
		}

		@Override
		public <T> void retry(ReadAttempt<String, String, T> failed, AttemptFailure failure) {
			this.failed.add(failed);
			this.failures.add(failure);
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

}
