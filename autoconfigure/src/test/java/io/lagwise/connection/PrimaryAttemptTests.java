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
import io.lagwise.routing.SessionLostException;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ValueListOutput;
import io.lettuce.core.output.ValueOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryAttempt}, and for what an attempt at a replica does with a
 * miss.
 */
class PrimaryAttemptTests {

	private static final long TIMEOUT = 200;

	private final ReplicaReads node = new ReplicaReads(new NodeProbe(new NodeAddress("localhost", 6379), null,
			Duration.ofMillis(200), (node, connection, sentAt, answeredAt, status) -> {
			}, () -> {
			}, () -> 0), null, NodeGuard.NONE, new FreshnessWatermark(0), PeerProofs.NONE, ReplicaReadOptions.DEFAULTS,
			Patience.of(ReplicaReadOptions.DEFAULTS, Duration.ZERO), () -> {
			});

	private final Misses misses = new Misses();

	private boolean impatient = true;

	private final AsyncCommand<String, String, String> get = new AsyncCommand<>(
			new Command<>(CommandType.GET, new ValueOutput<>(StringCodec.UTF8)));

	@Test
	void aMissIsKeptFromItsReader() {
		ReadAttempt<String, String, String> attempt = attempt(true);
		answer(attempt, null);
		assertThat(this.misses.missed).containsExactly(attempt);
		assertThat(this.get).isNotDone();
	}

	@Test
	void aMissThatNobodyRechecksIsAnAnswer() {
		answer(attempt(false), null);
		assertThat(this.misses.missed).isEmpty();
		assertThat(this.get).isCompletedWithValue(null);
	}

	@Test
	void aValueIsNoMiss() {
		answer(attempt(true), "value");
		assertThat(this.misses.missed).isEmpty();
		assertThat(this.get).isCompletedWithValue("value");
	}

	@Test
	void thePrimaryKnowsBetter() {
		PrimaryAttempt<String, String, String> recheck = recheck();
		assertThat(recheck.expire(TIMEOUT - 1, TIMEOUT)).isFalse();
		answer(recheck, "value");
		assertThat(this.get).isCompletedWithValue("value");
		assertThat(recheck.expire(TIMEOUT, TIMEOUT)).isTrue();
	}

	@Test
	void thePrimaryDoesNotHaveItEither() {
		answer(recheck(), null);
		assertThat(this.get).isCompletedWithValue(null);
	}

	@Test
	void theMissStandsWhenTheTimeIsUp() {
		PrimaryAttempt<String, String, String> recheck = recheck();
		assertThat(recheck.expire(TIMEOUT, TIMEOUT)).isTrue();
		assertThat(this.get).isCompletedWithValue(null);
		answer(recheck, "late");
		assertThat(this.get).isCompletedWithValue(null);
	}

	@Test
	void aPrimaryThatIsHeardOfIsWaitedFor() {
		PrimaryAttempt<String, String, String> recheck = recheck();
		this.impatient = false;
		assertThat(recheck.expire(10 * TIMEOUT, TIMEOUT)).isFalse();
		recheck.alive(20 * TIMEOUT);
		this.impatient = true;
		assertThat(recheck.expire(20 * TIMEOUT + 1, TIMEOUT)).isFalse();
		assertThat(recheck.expire(21 * TIMEOUT, TIMEOUT)).isTrue();
	}

	@Test
	void aReplyWithSeveralElementsIsHandedOnWhenItIsWhole() {
		AsyncCommand<String, String, List<String>> range = new AsyncCommand<>(
				new Command<>(CommandType.LRANGE, new ValueListOutput<>(StringCodec.UTF8)));
		PrimaryAttempt<String, String, List<String>> attempt = new PrimaryAttempt<>(range, StringCodec.UTF8, 0,
				() -> true, () -> {
				});
		attempt.getOutput().multiArray(1);
		attempt.getOutput().set(ByteBuffer.wrap("value".getBytes(StandardCharsets.UTF_8)));
		attempt.getOutput().complete(1);
		assertThat(range).isNotDone();
		attempt.getOutput().complete(0);
		attempt.complete();
		assertThat(range).isCompletedWithValue(List.of("value"));
	}

	@Test
	void theMissStandsWhenThePrimaryCannotBeAsked() {
		recheck().completeExceptionally(new IllegalStateException("gone"));
		assertThat(this.get).isCompletedWithValue(null);
	}

	@Test
	void theMissStandsWhenThePrimaryLoads() {
		error(recheck(), "LOADING Redis is loading the dataset in memory");
		assertThat(this.get).isCompletedWithValue(null);
	}

	@Test
	void anErrorOfThePrimaryIsAnAnswer() {
		error(recheck(), "WRONGTYPE Operation against a key holding the wrong kind of value");
		assertThat(this.get).isCompletedExceptionally();
	}

	@Test
	void aLossIsNotSwallowed() {
		recheck().completeExceptionally(new SessionLostException("lost"));
		assertThat(this.get).isCompletedExceptionally();
	}

	private PrimaryAttempt<String, String, String> recheck() {
		ReadAttempt<String, String, String> attempt = attempt(true);
		answer(attempt, null);
		return new PrimaryAttempt<>(this.get, StringCodec.UTF8, 0, () -> this.impatient, () -> attempt.stand(0));
	}

	private ReadAttempt<String, String, String> attempt(boolean recheck) {
		ReadDemand demand = new ReadDemand(ReadRequirement.anyReplica().forLookUps(recheck), null, null,
				CommandKeys.NONE, Duration.ZERO);
		RoutePlan plan = new RoutePlan(ReadRequirement.anyReplica(), List.of(this.node), true,
				RoutingReason.ANY_REPLICA);
		ReadAttempt<String, String, String> attempt = new ReadAttempt<>(this.get, this.misses, plan, 0, null, null,
				demand, System.nanoTime());
		this.node.started();
		attempt.isAdmitted(1, FreshnessWatermark.UNPROVEN);
		return attempt;
	}

	private static void answer(RedisCommand<String, String, String> command, @Nullable String value) {
		command.getOutput().set((value != null) ? ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)) : null);
		command.getOutput().complete(0);
		command.complete();
	}

	private static void error(RedisCommand<String, String, String> command, String message) {
		command.getOutput().setError(ByteBuffer.wrap(message.getBytes(StandardCharsets.UTF_8)));
		command.complete();
	}

	/**
	 * Collects what is to be asked again.
	 */
	private static final class Misses implements ReadOrigin<String, String> {

		private final List<ReadAttempt<String, String, ?>> missed = new ArrayList<>();

		@Override
		public RedisCodec<String, String> getCodec() {
			return StringCodec.UTF8;
		}

		@Override
		public <T> void recheck(ReadAttempt<String, String, T> miss) {
			this.missed.add(miss);
		}

		@Override
		public <T> void retry(ReadAttempt<String, String, T> failed, AttemptFailure failure) {
			throw new UnsupportedOperationException();
		}

		@Override
		public <T> void readFromPrimary(RedisCommand<String, String, T> command, ReadRequirement requirement,
				RoutingReason reason, @Nullable ReadTrace trace, @Nullable ReadDemand demand) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void resume(List<? extends RedisCommand<String, String, ?>> reads, Runnable proceed) {
			throw new UnsupportedOperationException();
		}

	}

}
