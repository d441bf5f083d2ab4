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
import java.util.ArrayList;
import java.util.List;

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.SessionHistory;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.ArgumentMatchers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * A script that the server does not know has not run: nobody has to wait for what it
 * would have written.
 */
class UnknownScriptTests {

	@SuppressWarnings("unchecked")
	private final StatefulRedisConnection<String, String> primary = mock(StatefulRedisConnection.class);

	private final List<RedisCommand<String, String, ?>> sent = new ArrayList<>();

	private final List<RedisCommand<?, ?, ?>> takenBack = new ArrayList<>();

	private final WriteRoute<String, String> route = new WriteRoute<>() {

		@Override
		public StatefulRedisConnection<String, String> connection() {
			return UnknownScriptTests.this.primary;
		}

		@Override
		public void takesBack(RedisCommand<?, ?, ?> command) {
			UnknownScriptTests.this.takenBack.add(command);
		}

	};

	private final OrderedWrites<String, String> writes = new OrderedWrites<>(this.route, new RefusedWrites(() -> {
	}, Runnable::run), new WriteLedger(SessionHistory.ofApplication(0), new AcknowledgedWrites(), () -> null, () -> 1));

	@BeforeEach
	void record() {
		given(this.primary.getCodec()).willReturn(StringCodec.UTF8);
		willAnswer((invocation) -> {
			this.sent.add(invocation.getArgument(0));
			return invocation.getArgument(0);
		}).given(this.primary).dispatch(ArgumentMatchers.<RedisCommand<String, String, Object>>any());
	}

	@Test
	void isTakenBackFromItsRouteAndItsCallerIsTold() {
		AsyncCommand<String, String, Long> script = send();
		RedisCommand<String, String, ?> attempt = this.sent.get(0);
		fail(attempt, "NOSCRIPT No matching script. Please use EVAL.");
		assertThat(this.takenBack).singleElement().isSameAs(attempt);
		assertThat(script).isCompletedExceptionally();
		assertThat(script.getError()).startsWith("NOSCRIPT");
		assertThat(this.writes.isBusy()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ERR Error running script", "NOREPLICAS Not enough good replicas to write.",
			"WRONGTYPE Operation against a key holding the wrong kind of value", "MY NOSCRIPT",
			"NOSCRIPT is what my script says" })
	void aScriptThatMayHaveRunIsNot(String error) {
		AsyncCommand<String, String, Long> script = send();
		fail(this.sent.get(0), error);
		assertThat(script).isCompletedExceptionally();
		assertThat(this.takenBack).isEmpty();
	}

	@Test
	void aScriptThatHasRunIsNot() {
		AsyncCommand<String, String, Long> script = send();
		RedisCommand<String, String, ?> attempt = this.sent.get(0);
		attempt.getOutput().set(1);
		attempt.getOutput().complete(0);
		attempt.complete();
		assertThat(script).isCompletedWithValue(1L);
		assertThat(this.takenBack).isEmpty();
	}

	private AsyncCommand<String, String, Long> send() {
		AsyncCommand<String, String, Long> script = new AsyncCommand<>(
				new Command<>(CommandType.EVALSHA, new IntegerOutput<>(StringCodec.UTF8)));
		this.writes.send(script);
		return script;
	}

	private static void fail(RedisCommand<String, String, ?> command, String error) {
		command.getOutput().setError(ByteBuffer.wrap(error.getBytes(StandardCharsets.US_ASCII)));
		command.getOutput().complete(0);
		command.complete();
	}

}
