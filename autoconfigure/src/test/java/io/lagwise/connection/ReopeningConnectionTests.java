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

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link ReopeningConnection}.
 */
class ReopeningConnectionTests {

	private static final long SECOND = 1_000_000_000;

	private final Queue<CompletableFuture<StatefulRedisConnection<String, String>>> attempts = new ArrayDeque<>();

	private final StatefulRedisConnection<String, String> opened = connection();

	private int connects;

	private int changes;

	private final ReopeningConnection<StatefulRedisConnection<String, String>> connection = new ReopeningConnection<>(
			this::connect, (it) -> {
			}, () -> this.changes++);

	private final long start = System.nanoTime();

	@Test
	void itIsOpenedOnceWhileItIsBeingOpened() {
		CompletableFuture<StatefulRedisConnection<String, String>> attempt = expectAttempt();
		this.connection.ensureOpen(this.start);
		this.connection.ensureOpen(this.start + SECOND);
		assertThat(this.connection.get()).isNull();
		attempt.complete(this.opened);
		this.connection.ensureOpen(this.start + 2 * SECOND);
		assertThat(this.connection.get()).isSameAs(this.opened);
		assertThat(this.connects).isOne();
		assertThat(this.changes).isOne();
	}

	@Test
	void aFailureIsRememberedAndTriedAgainAfterAWhile() {
		IllegalStateException failure = new IllegalStateException("refused");
		expectAttempt().completeExceptionally(failure);
		this.connection.ensureOpen(this.start);
		assertThat(this.connection.failure()).isSameAs(failure);
		this.connection.ensureOpen(this.start + SECOND / 5);
		assertThat(this.connects).isOne();
		expectAttempt().complete(this.opened);
		this.connection.ensureOpen(this.start + SECOND / 4);
		assertThat(this.connection.get()).isSameAs(this.opened);
		assertThat(this.connection.failure()).isNull();
	}

	@Test
	void aServerThatStaysAwayIsTriedLessAndLessOften() {
		for (long now = 0; now < 60 * SECOND; now += SECOND / 20) {
			this.connection.ensureOpen(this.start + now);
		}
		assertThat(this.connects).isBetween(15, 35);
		int connects = this.connects;
		for (long now = 600 * SECOND; now < 660 * SECOND; now += SECOND / 20) {
			this.connection.ensureOpen(this.start + now);
		}
		assertThat(this.connects - connects).isBetween(6, 9);
	}

	@Test
	void aServerThatWasThereIsTriedAtOnceAgain() {
		for (long now = 0; now < 60 * SECOND; now += SECOND / 20) {
			this.connection.ensureOpen(this.start + now);
		}
		expectAttempt().complete(this.opened);
		this.connection.ensureOpen(this.start + 80 * SECOND);
		given(this.opened.isOpen()).willReturn(false);
		int connects = this.connects;
		this.connection.ensureOpen(this.start + 100 * SECOND);
		this.connection.ensureOpen(this.start + 100 * SECOND + SECOND / 4);
		assertThat(this.connects - connects).isEqualTo(2);
	}

	@Test
	void aConnectorThatThrowsIsAFailureLikeOthers() {
		this.connection.ensureOpen(this.start);
		assertThat(this.connection.failure()).hasMessage("no attempt expected");
		expectAttempt().complete(this.opened);
		this.connection.ensureOpen(this.start + SECOND);
		assertThat(this.connection.get()).isSameAs(this.opened);
	}

	@Test
	void aLossIsReportedAndWhatWasLostIsClosedBeforeTheNextIsOpened() {
		expectAttempt().complete(this.opened);
		this.connection.ensureOpen(this.start);
		ArgumentCaptor<RedisConnectionStateListener> listener = ArgumentCaptor
			.forClass(RedisConnectionStateListener.class);
		then(this.opened).should().addListener(listener.capture());
		given(this.opened.isOpen()).willReturn(false);
		listener.getValue().onRedisDisconnected(null);
		assertThat(this.changes).isEqualTo(2);
		assertThat(this.connection.get()).isNull();
		StatefulRedisConnection<String, String> next = connection();
		expectAttempt().complete(next);
		this.connection.ensureOpen(this.start + SECOND);
		then(this.opened).should().closeAsync();
		assertThat(this.connection.get()).isSameAs(next);
	}

	@Test
	void whatIsDroppedCanBeOpenedAgain() {
		expectAttempt().complete(this.opened);
		this.connection.ensureOpen(this.start);
		this.connection.drop();
		this.connection.drop();
		then(this.opened).should().closeAsync();
		assertThat(this.connection.get()).isNull();
		expectAttempt().complete(connection());
		this.connection.ensureOpen(this.start + SECOND);
		assertThat(this.connection.get()).isNotNull();
	}

	@Test
	void whatIsOpenedAfterTheEndIsClosedAtOnce() {
		CompletableFuture<StatefulRedisConnection<String, String>> attempt = expectAttempt();
		this.connection.ensureOpen(this.start);
		this.connection.close();
		attempt.complete(this.opened);
		then(this.opened).should().closeAsync();
		then(this.opened).should(never()).addListener(any(RedisConnectionStateListener.class));
		assertThat(this.connection.get()).isNull();
		this.connection.ensureOpen(this.start + SECOND);
		assertThat(this.connects).isOne();
	}

	@Test
	void theEndCompletesWhenTheConnectionIsClosed() {
		CompletableFuture<Void> closed = new CompletableFuture<>();
		given(this.opened.closeAsync()).willReturn(closed);
		expectAttempt().complete(this.opened);
		this.connection.ensureOpen(this.start);
		CompletableFuture<Void> closing = this.connection.close();
		assertThat(closing).isNotDone();
		closed.complete(null);
		assertThat(closing).isDone();
	}

	private CompletableFuture<StatefulRedisConnection<String, String>> expectAttempt() {
		CompletableFuture<StatefulRedisConnection<String, String>> attempt = new CompletableFuture<>();
		this.attempts.add(attempt);
		return attempt;
	}

	private CompletionStage<StatefulRedisConnection<String, String>> connect() {
		this.connects++;
		if (this.attempts.isEmpty()) {
			throw new IllegalStateException("no attempt expected");
		}
		return this.attempts.remove();
	}

	@SuppressWarnings("unchecked")
	private static StatefulRedisConnection<String, String> connection() {
		StatefulRedisConnection<String, String> connection = mock(StatefulRedisConnection.class);
		given(connection.isOpen()).willReturn(true);
		given(connection.closeAsync()).willReturn(CompletableFuture.completedFuture(null));
		return connection;
	}

}
