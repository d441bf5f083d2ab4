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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.SessionHistory;
import io.lagwise.routing.WriteOutcomeUnknownException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ArrayOutput;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentMatchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link OrderedWrites}.
 */
class OrderedWritesTests {

	private static final String READONLY = "READONLY You can't write against a read only replica.";

	private static final String LOADING = "LOADING Redis is loading the dataset in memory";

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	@SuppressWarnings("unchecked")
	private final StatefulRedisConnection<String, String> primary = mock(StatefulRedisConnection.class);

	private final List<OrderedWrites<?, ?>> refusals = new ArrayList<>();

	private final RefusedWrites refusedWrites = new RefusedWrites(() -> this.refusals.add(null), Runnable::run);

	private final OrderedWrites<String, String> writes = new OrderedWrites<>(this.primary, this.refusedWrites,
			new WriteLedger(SessionHistory.ofApplication(0), new AcknowledgedWrites(), () -> null, () -> 1));

	/**
	 * What has been sent and not answered.
	 */
	private final List<RedisCommand<String, String, ?>> sent = new ArrayList<>();

	private Runnable whenSent = () -> {
	};

	@BeforeEach
	void record() {
		ClientResources resources = mock(ClientResources.class);
		willAnswer((invocation) -> ImmediateEventExecutor.INSTANCE).given(resources).eventExecutorGroup();
		given(this.primary.getResources()).willReturn(resources);
		given(this.primary.getTimeout()).willReturn(TIMEOUT);
		given(this.primary.getCodec()).willReturn(StringCodec.UTF8);
		willAnswer((invocation) -> {
			this.sent.add(invocation.getArgument(0));
			this.whenSent.run();
			return invocation.getArgument(0);
		}).given(this.primary).dispatch(ArgumentMatchers.<RedisCommand<String, String, Object>>any());
		willAnswer((invocation) -> {
			Collection<RedisCommand<String, String, ?>> commands = invocation.getArgument(0);
			this.sent.addAll(commands);
			return commands;
		}).given(this.primary).dispatch(ArgumentMatchers.<Collection<RedisCommand<String, String, ?>>>any());
	}

	@Test
	void anAnswerGoesThrough() {
		AsyncCommand<String, String, Long> write = send();
		answer(1);
		assertThat(write).isCompletedWithValue(1L);
		assertThat(this.writes.isBusy()).isFalse();
		assertThat(this.refusals).isEmpty();
	}

	@Test
	void aListGoesThrough() {
		AsyncCommand<String, String, List<Object>> write = new AsyncCommand<>(
				new Command<>(CommandType.LPOP, new ArrayOutput<>(StringCodec.UTF8)));
		this.writes.send(write);
		CommandOutput<String, String, ?> output = this.sent.get(0).getOutput();
		output.multiArray(2);
		output.set(bytes("a"));
		output.complete(1);
		output.set(bytes("b"));
		output.complete(1);
		output.complete(0);
		this.sent.get(0).complete();
		assertThat(write).isCompletedWithValue(List.of("a", "b"));
	}

	@ParameterizedTest
	@ValueSource(strings = { READONLY, LOADING, "READONLY You can't write against a read only slave.",
			"LOADING Valkey is loading the dataset in memory",
			"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
			"READONLY You can't write against a read only replica. script: 2067d915",
			"NOREPLICAS Not enough good replicas to write." })
	void aRefusedWriteIsSentAgainWhenThePrimaryHasSaidThatItIsOne(String refusal) {
		AsyncCommand<String, String, Long> write = send();
		long before = System.nanoTime();
		refuse(refusal);
		assertThat(this.refusals).hasSize(refusal.startsWith("NOREPLICAS") ? 0 : 1);
		this.refusedWrites.sweep(System.nanoTime(), before);
		assertThat(this.sent).isEmpty();
		proceed();
		assertThat(this.sent).hasSize(1);
		assertThat(write).isNotDone();
		answer(1);
		assertThat(write).isCompletedWithValue(1L);
		assertThat(this.refusedWrites.isEmpty()).isTrue();
		then(this.primary).should(atLeastOnce()).flushCommands();
	}

	@ParameterizedTest
	@ValueSource(strings = { "WRONGTYPE Operation against a key holding the wrong kind of value", "OOM not allowed",
			"NOREPLICAS is what my script says", "MISCONF Errors writing to the AOF file",
			"LOADING of my script has failed", "READONLY is what my script calls itself", "ERR unknown command" })
	void anyOtherErrorIsTheAnswer(String error) {
		AsyncCommand<String, String, Long> write = send();
		refuse(error);
		assertThat(write).isCompletedExceptionally();
		assertThat(write.getError()).isEqualTo(error);
		assertThat(this.writes.isBusy()).isFalse();
	}

	@Test
	void anErrorInTheMiddleOfAReplyIsPartOfIt() {
		AsyncCommand<String, String, List<Object>> write = new AsyncCommand<>(
				new Command<>(CommandType.EVAL, new ArrayOutput<>(StringCodec.UTF8)));
		this.writes.send(write);
		CommandOutput<String, String, ?> output = this.sent.get(0).getOutput();
		output.multiArray(1);
		output.setError(bytes(READONLY));
		output.complete(1);
		output.complete(0);
		this.sent.get(0).complete();
		assertThat(write).isDone();
		assertThat(this.refusals).isEmpty();
	}

	@Test
	void whatIsRefusedAgainWaitsAgain() {
		AsyncCommand<String, String, Long> write = send();
		for (int i = 0; i < 3; i++) {
			refuse(LOADING);
			proceed();
		}
		answer(1);
		assertThat(write).isCompletedWithValue(1L);
	}

	@Test
	void laterWritesWaitBehindARefusedOne() {
		List<AsyncCommand<String, String, Long>> all = new ArrayList<>(List.of(send()));
		refuse(READONLY);
		all.add(send());
		all.add(send());
		assertThat(this.sent).isEmpty();
		proceed();
		assertThatIsSent(all);
		all.add(send());
		assertThatIsSent(all);
	}

	@Test
	void writesThatAreRefusedTogetherAreSentAgainInTheirOrder() {
		List<AsyncCommand<String, String, Long>> all = List.of(send(), send(), send());
		refuse(READONLY);
		proceed();
		assertThat(this.sent).as("the others may still be executed, and then the question for their end is answered")
			.hasSize(3);
		refuse(READONLY);
		refuse(READONLY);
		pong();
		proceed();
		assertThatIsSent(all);
	}

	@Test
	void writesThatAreRefusedInTheMiddleOfBeingSentAgainStayInTheirOrder() {
		List<AsyncCommand<String, String, Long>> all = new ArrayList<>(List.of(send(), send()));
		refuse(READONLY);
		refuse(READONLY);
		all.add(send());
		proceed();
		refuse(READONLY);
		all.add(send());
		refuse(READONLY);
		refuse(READONLY);
		proceed();
		assertThatIsSent(all);
	}

	@Test
	void aRefusalWhileWritesAreBeingSentAgainStopsThem() {
		List<AsyncCommand<String, String, Long>> all = List.of(send(), send());
		refuse(READONLY);
		refuse(READONLY);
		this.whenSent = () -> {
			this.whenSent = () -> {
			};
			refuse(READONLY);
		};
		proceed();
		assertThat(this.sent).isEmpty();
		proceed();
		assertThatIsSent(all);
	}

	@Test
	void aRefusedWriteThatALaterOneHasOvertakenIsNotSentAgain() {
		AsyncCommand<String, String, Long> refused = send();
		AsyncCommand<String, String, Long> executed = send();
		refuse(LOADING);
		AsyncCommand<String, String, Long> later = send();
		answer(1);
		assertThat(executed).isCompletedWithValue(1L);
		assertThat(refused).isCompletedExceptionally();
		assertThat(refused.getError()).isEqualTo(LOADING);
		proceed();
		assertThatIsSent(List.of(later));
	}

	@Test
	void aRefusedWriteIsNotSentAgainAfterOneWhoseOutcomeIsUnknown() {
		AsyncCommand<String, String, Long> refused = send();
		AsyncCommand<String, String, Long> lost = send();
		refuse(LOADING);
		this.sent.remove(0).completeExceptionally(new IOException("Connection reset by peer"));
		assertThat(lost).isCompletedExceptionally();
		assertThat(refused.getError()).isEqualTo(LOADING);
		proceed();
		assertThat(this.sent).isEmpty();
	}

	@Test
	void aWriteThatWaitsForTooLongFailsWithTheRefusal() {
		AsyncCommand<String, String, Long> refused = send();
		refuse(READONLY);
		long now = System.nanoTime();
		this.refusedWrites.sweep(now + TIMEOUT.dividedBy(2).toNanos(), now - 1_000_000);
		assertThat(refused).isNotDone();
		AsyncCommand<String, String, Long> later = send();
		this.refusedWrites.sweep(now + TIMEOUT.toNanos(), now - 1_000_000);
		assertThat(refused).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(RedisReadOnlyException.class);
		assertThatIsSent(List.of(later));
	}

	@Test
	void aWriteWithoutTimeoutWaits() {
		given(this.primary.getTimeout()).willReturn(Duration.ZERO);
		AsyncCommand<String, String, Long> refused = send();
		refuse(READONLY);
		long now = System.nanoTime();
		this.refusedWrites.sweep(now + Duration.ofDays(1).toNanos(), now - 1_000_000_000);
		assertThat(refused).isNotDone();
	}

	@Test
	void aTimerThatEndsTheWaitGivesTheRefusalToo() {
		AsyncCommand<String, String, Long> write = send();
		RedisCommand<String, String, ?> attempt = this.sent.get(0);
		refuse(READONLY);
		assertThat(attempt.completeExceptionally(new RedisCommandTimeoutException())).isTrue();
		assertThat(write).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingRootCause()
			.isInstanceOf(RedisReadOnlyException.class);
		proceed();
		assertThat(this.sent).isEmpty();
	}

	@Test
	void aWriteThatItsCallerHasGivenUpIsNotSentAgain() {
		AsyncCommand<String, String, Long> refused = send();
		refuse(READONLY);
		AsyncCommand<String, String, Long> held = send();
		refused.cancel();
		held.cancel();
		AsyncCommand<String, String, Long> later = send();
		proceed();
		assertThatIsSent(List.of(later));
		answer(1);
		assertThat(this.writes.isBusy()).isFalse();
	}

	@Test
	void nobodyWaitsForLongForAPrimaryWithoutReplicas() {
		AsyncCommand<String, String, Long> write = send();
		given(this.primary.getTimeout()).willReturn(Duration.ZERO);
		refuse("NOREPLICAS Not enough good replicas to write.");
		long now = System.nanoTime();
		this.refusedWrites.sweep(now + Duration.ofSeconds(9).toNanos(), now - 1_000_000);
		assertThat(write).isNotDone();
		this.refusedWrites.sweep(now + Duration.ofSeconds(11).toNanos(), now - 1_000_000);
		assertThat(write.getError()).startsWith("NOREPLICAS");
		assertThat(write).isCompletedExceptionally();
	}

	@Test
	void aScriptThatLacksReplicasMayHaveWrittenBefore() {
		AsyncCommand<String, String, Long> script = command(CommandType.EVALSHA);
		this.writes.send(script);
		refuse("NOREPLICAS Not enough good replicas to write. script: 2067d915, on @user_script:1.");
		assertThat(script).isCompletedExceptionally();
		assertThat(this.refusedWrites.isEmpty()).isTrue();
	}

	@Test
	void whatLetsAScriptFailAtOldServersIsRecognized() {
		AsyncCommand<String, String, Long> script = command(CommandType.EVAL);
		this.writes.send(script);
		refuse("ERR Error running script (call to f_6b1bf486c81ceb7edf3c093f4c48582e38c0e791): @user_script:1: "
				+ "@user_script: 1: -" + READONLY);
		assertThat(script).isNotDone();
		proceed();
		answer(1);
		assertThat(script).isCompletedWithValue(1L);
	}

	@Test
	void whatLettuceDropsBecauseItsCallerHasGivenUpHoldsNothingBack() {
		AsyncCommand<String, String, Long> refused = send();
		send().cancel();
		// buffered while there is no connection, it is never sent and never told
		this.sent.remove(1);
		refuse(READONLY);
		proceed();
		assertThat(this.sent).as("what was sent may still be executed")
			.extracting((command) -> command.getType().toString())
			.containsExactly("PING");
		proceed();
		assertThat(this.sent).as("asked once").hasSize(1);
		pong();
		proceed();
		assertThatIsSent(List.of(refused));
		answer(1);
		assertThat(refused).isCompletedWithValue(1L);
		assertThat(this.writes.isBusy()).isFalse();
	}

	@Test
	void whatIsAnsweredBehindTheQuestionForItsEndIsNotCountedTwice() {
		send();
		AsyncCommand<String, String, Long> late = send();
		RedisCommand<String, String, ?> overtaken = this.sent.remove(1);
		refuse(READONLY);
		proceed();
		pong();
		overtaken.getOutput().set(2);
		overtaken.complete();
		assertThat(late).isCompletedWithValue(2L);
		send();
		assertThat(this.writes.isBusy()).isTrue();
	}

	@Test
	void aQuestionThatGetsLostIsAskedAgain() {
		AsyncCommand<String, String, Long> refused = send();
		send().cancel();
		this.sent.remove(1);
		refuse(READONLY);
		proceed();
		this.sent.remove(0).completeExceptionally(new IOException("Connection reset by peer"));
		proceed();
		assertThat(this.sent).hasSize(1);
		pong();
		proceed();
		assertThatIsSent(List.of(refused));
	}

	@Test
	void nothingOfOursBecomesPartOfATransaction() {
		send();
		send().cancel();
		this.sent.remove(1);
		this.writes.send(command(CommandType.MULTI));
		this.sent.remove(1);
		refuse(READONLY);
		proceed();
		assertThat(this.sent).isEmpty();
	}

	@Test
	void aLostConnectionIsNoTimeout() {
		AsyncCommand<String, String, Long> write = send();
		this.sent.get(0).completeExceptionally(new IOException("Connection reset by peer"));
		assertThat(write).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(WriteOutcomeUnknownException.class)
			.withMessageContaining("INCR");
		assertThat(this.writes.isBusy()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "MULTI", "WATCH" })
	void transactionsAreLeftAlone(CommandType begin) {
		List<RedisCommand<String, String, Long>> all = List.of(command(begin), command(CommandType.INCR),
				command(CommandType.EXEC));
		all.forEach(this.writes::send);
		assertThat(this.sent).zipSatisfy(all, (sent, command) -> assertThat(sent).isSameAs(command));
		this.sent.clear();
		AsyncCommand<String, String, Long> next = send();
		assertThat(this.sent.get(0)).isNotSameAs(next);
	}

	@Test
	void aTransactionWaitsBehindARefusedWriteAndStaysWhole() {
		AsyncCommand<String, String, Long> refused = send();
		refuse(READONLY);
		List<RedisCommand<String, String, Long>> transaction = List.of(command(CommandType.MULTI),
				command(CommandType.INCR), command(CommandType.EXEC));
		transaction.forEach(this.writes::send);
		proceed();
		assertThat(this.sent.remove(0).getType()).isEqualTo(CommandType.INCR);
		assertThat(this.sent).zipSatisfy(transaction, (sent, command) -> assertThat(sent).isSameAs(command));
		assertThat(refused).isNotDone();
	}

	@Test
	void aRefusedWriteDoesNotBecomePartOfATransactionOfOthers() {
		AsyncCommand<String, String, Long> refused = send();
		refuse(READONLY);
		given(this.primary.isMulti()).willReturn(true);
		proceed();
		assertThat(this.sent).isEmpty();
		assertThat(refused.getError()).isEqualTo(READONLY);
	}

	@Test
	void commandsSentTogetherWaitTogether() {
		List<AsyncCommand<String, String, Long>> all = List.of(command(CommandType.INCR), command(CommandType.INCR));
		this.writes.send(all);
		assertThatIsSent(all);
		refuse(READONLY);
		refuse(READONLY);
		proceed();
		assertThatIsSent(all);
		answer(1);
		answer(2);
		assertThat(all.get(1)).isCompletedWithValue(2L);
		assertThat(this.writes.isBusy()).isFalse();
	}

	@Test
	void nothingWaitsWhenTheFactoryStops() {
		AsyncCommand<String, String, Long> refused = send();
		refuse(READONLY);
		AsyncCommand<String, String, Long> held = send();
		this.refusedWrites.close();
		assertThat(refused).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(RedisCommandExecutionException.class);
		assertThatIsSent(List.of(held));
		refuse(READONLY);
		assertThat(held.getError()).isEqualTo(READONLY);
	}

	private AsyncCommand<String, String, Long> send() {
		AsyncCommand<String, String, Long> command = command(CommandType.INCR);
		this.writes.send(command);
		return command;
	}

	private static AsyncCommand<String, String, Long> command(CommandType type) {
		return new AsyncCommand<>(new Command<>(type, new IntegerOutput<>(StringCodec.UTF8)));
	}

	/**
	 * Answer the oldest command with an error.
	 */
	private void refuse(String error) {
		RedisCommand<String, String, ?> command = this.sent.remove(0);
		command.getOutput().setError(bytes(error));
		command.getOutput().complete(0);
		command.complete();
	}

	private void answer(long integer) {
		RedisCommand<String, String, ?> command = this.sent.remove(0);
		command.getOutput().set(integer);
		command.getOutput().complete(0);
		command.complete();
	}

	private void pong() {
		RedisCommand<String, String, ?> command = this.sent.remove(0);
		command.getOutput().set(bytes("PONG"));
		command.complete();
	}

	private void proceed() {
		this.refusedWrites.sweep(System.nanoTime(), System.nanoTime() + 1);
	}

	private void assertThatIsSent(List<? extends RedisCommand<String, String, ?>> commands) {
		assertThat(this.sent).zipSatisfy(commands,
				(sent, command) -> assertThat(((WriteAttempt<?, ?, ?>) sent).command()).isSameAs(command));
	}

	private static ByteBuffer bytes(String text) {
		// as in Lettuce: a part of what has been received
		byte[] received = ("+OK\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8);
		return ByteBuffer.wrap(received, 5, received.length - 7);
	}

}
