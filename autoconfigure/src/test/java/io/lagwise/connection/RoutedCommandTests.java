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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.lagwise.context.ReadTrace;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.DemandAware;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RoutedCommand}.
 */
class RoutedCommandTests {

	private static final NodeAddress NODE = new NodeAddress("localhost", 6379);

	private final AtomicInteger inFlight = new AtomicInteger();

	private final AsyncCommand<String, String, String> read = read();

	static Stream<Arguments> endings() {
		return Stream.of(ending("completed", List.of(RedisCommand::complete)),
				ending("completed twice", List.of(RedisCommand::complete, RedisCommand::complete)),
				ending("failed", List.of(RoutedCommandTests::fail)),
				ending("failed and cancelled", List.of(RoutedCommandTests::fail, RedisCommand::cancel)),
				ending("cancelled", List.of(RedisCommand::cancel)),
				ending("cancelled, then answered", List.of(RedisCommand::cancel, RedisCommand::complete)),
				ending("completed, then asked", List.of(RedisCommand::complete, RedisCommand::isDone)),
				ending("failed after its answer", List.of(RedisCommand::complete, RoutedCommandTests::fail)));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("endings")
	void aReadIsInFlightUntilItIsOverAndLeavesOnce(String description,
			List<Consumer<RedisCommand<String, String, String>>> calls) {
		RedisCommand<String, String, String> routed = routed(this.read, null);
		assertThat(routed.isDone()).isFalse();
		assertThat(this.inFlight).hasValue(1);
		for (Consumer<RedisCommand<String, String, String>> call : calls) {
			call.accept(routed);
			assertThat(this.inFlight).hasValue(0);
		}
		assertThat((RedisCommand<?, ?, ?>) this.read).matches(RedisCommand::isDone);
	}

	@Test
	void aHundredThousandReadsThatTheirCallersCancelBeforeTheyAreWrittenLeaveNothingBehind() {
		List<RedisCommand<String, String, String>> queue = new ArrayList<>();
		for (int i = 0; i < 100_000; i++) {
			AsyncCommand<String, String, String> cancelled = read();
			queue.add(routed(cancelled, null));
			cancelled.cancel();
		}
		assertThat(this.inFlight).hasValue(100_000);
		// Lettuce drops what is done when it takes it from the queue, without another
		// call
		queue.removeIf(RedisCommand::isDone);
		assertThat(queue).isEmpty();
		assertThat(this.inFlight).hasValue(0);
	}

	@Test
	void theCallerGetsTheAnswer() {
		RedisCommand<String, String, String> routed = routed(this.read, null);
		routed.getOutput().set(StandardCharsets.UTF_8.encode("value"));
		routed.complete();
		assertThat(this.read).isCompletedWithValue("value");
	}

	@Test
	void theCallerGetsTheFailure() {
		fail(routed(this.read, null));
		assertThat(this.read).failsWithin(Duration.ZERO)
			.withThrowableThat()
			.withCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	void theCallerGetsTheCancellation() {
		routed(this.read, null).cancel();
		assertThat(this.read).isCancelled();
		assertThat(this.read).failsWithin(Duration.ZERO).withThrowableOfType(CancellationException.class);
	}

	@Test
	void theTraceLearnsWhoAnsweredBeforeTheCallerDoes() {
		try (ReadTrace trace = ReadTrace.open()) {
			List<String> seen = new ArrayList<>();
			this.read.thenRun(() -> seen.add(trace.toString()));
			routed(this.read, trace).complete();
			assertThat(seen).containsExactly("replica localhost:6379");
		}
	}

	@Test
	void theTraceLearnsNothingOfReadsThatNobodyAnswered() {
		try (ReadTrace trace = ReadTrace.open()) {
			fail(routed(this.read, trace));
			routed(read(), trace).cancel();
			assertThat(trace.answers()).isEmpty();
		}
	}

	@Test
	void aReadThatCountsNowhereCanBeOver() {
		RoutedCommand.of(this.read, NODE, NodeRole.PRIMARY, null, null).complete();
		assertThat(this.read).isDone();
		assertThat(this.inFlight).hasValue(0);
	}

	@Test
	void theDemandOfAStreamIsPassedOn() {
		StreamingRead stream = new StreamingRead();
		DemandAware.Sink routed = (DemandAware.Sink) routed(stream, null);
		assertThat(routed.hasDemand()).isFalse();
		DemandAware.Source source = () -> {
		};
		routed.setSource(source);
		assertThat(stream.source).isSameAs(source);
		assertThat(routed.hasDemand()).isTrue();
		routed.removeSource();
		assertThat(stream.source).isNull();
	}

	@Test
	void aReadThatIsNoStreamDoesNotPassForOne() {
		assertThat(routed(this.read, null)).isNotInstanceOf(DemandAware.Sink.class);
	}

	private RedisCommand<String, String, String> routed(RedisCommand<String, String, String> command,
			@Nullable ReadTrace trace) {
		this.inFlight.incrementAndGet();
		return RoutedCommand.of(command, NODE, NodeRole.REPLICA, trace, this.inFlight);
	}

	private static AsyncCommand<String, String, String> read() {
		return new AsyncCommand<>(new Command<>(CommandType.GET, new StatusOutput<>(StringCodec.UTF8)));
	}

	private static void fail(RedisCommand<String, String, String> command) {
		command.completeExceptionally(new IllegalStateException());
	}

	private static Arguments ending(String description, List<Consumer<RedisCommand<String, String, String>>> calls) {
		return Arguments.of(description, calls);
	}

	private static final class StreamingRead extends Command<String, String, String> implements DemandAware.Sink {

		private DemandAware.@Nullable Source source;

		StreamingRead() {
			super(CommandType.GET, new StatusOutput<>(StringCodec.UTF8));
		}

		@Override
		public boolean hasDemand() {
			return this.source != null;
		}

		@Override
		public void setSource(DemandAware.Source source) {
			this.source = source;
		}

		@Override
		public void removeSource() {
			this.source = null;
		}

	}

}
