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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link WaitConnections} and {@link WaitConnection}.
 */
class WaitConnectionsTests {

	private static final NodeAddress PRIMARY = new NodeAddress("localhost", 1);

	private static final NodeAddress OTHER = new NodeAddress("localhost", 2);

	private final List<NodeAddress> opened = new ArrayList<>();

	private final CompletableFuture<Void> closing = new CompletableFuture<>();

	private NodeAddress primary = PRIMARY;

	private @Nullable NodeAddress replacement;

	private boolean failing;

	private final WaitConnections connections = new WaitConnections(this::open, () -> this.primary, 2,
			Duration.ofMillis(50));

	@Test
	void aConnectionThatWasAnsweredIsUsedAgain() {
		WaitConnection first = this.connections.borrow();
		first.sends(CommandType.SET);
		first.settle();
		first.endScope();
		assertThat(first.isOver()).isTrue();
		assertThat(this.connections.borrow().connection()).isSameAs(first.connection());
		assertThat(this.opened).containsExactly(PRIMARY);
	}

	@Test
	void aConnectionThatHasWrittenAndWasNotAnsweredIsClosed() {
		WaitConnection first = this.connections.borrow();
		first.sends(CommandType.SET);
		first.endScope();
		verify(first.connection()).closeAsync();
		assertThat(this.connections.borrow().connection()).isNotSameAs(first.connection());
	}

	@ParameterizedTest
	@EnumSource(names = { "SELECT", "AUTH", "CLIENT", "MONITOR", "WATCH", "BLPOP", "XREADGROUP" })
	void aConnectionInAnotherStateIsClosed(CommandType command) {
		WaitConnection first = this.connections.borrow();
		first.sends(command);
		first.settle();
		first.endScope();
		verify(first.connection()).closeAsync();
	}

	@Test
	void aTransactionWritesWhenItIsExecuted() {
		WaitConnection connection = this.connections.borrow();
		connection.sends(CommandType.WATCH);
		connection.sends(CommandType.MULTI);
		given(connection.connection().isMulti()).willReturn(true);
		connection.sends(CommandType.SET);
		assertThat(connection.hasWritten()).isFalse();
		assertThat(connection.isTransactionPending()).isTrue();
		assertThat(connection.isFree()).isFalse();
		connection.sends(CommandType.EXEC);
		given(connection.connection().isMulti()).willReturn(false);
		assertThat(connection.hasWritten()).isTrue();
		assertThat(connection.isTransactionPending()).isFalse();
		assertThat(connection.isFree()).isTrue();
	}

	@Test
	void aTransactionThatIsDiscardedHasWrittenNothing() {
		WaitConnection connection = this.connections.borrow();
		connection.sends(CommandType.MULTI);
		given(connection.connection().isMulti()).willReturn(true);
		connection.sends(CommandType.SET);
		connection.sends(CommandType.DISCARD);
		given(connection.connection().isMulti()).willReturn(false);
		assertThat(connection.hasWritten()).isFalse();
		assertThat(connection.isTransactionPending()).isFalse();
		assertThat(connection.isReusable()).isTrue();
	}

	@Test
	void aTransactionOutlivesItsScopeAndIsClosedAfterThat() {
		WaitConnection connection = this.connections.borrow();
		connection.take();
		connection.sends(CommandType.MULTI);
		given(connection.connection().isMulti()).willReturn(true);
		connection.endScope();
		assertThat(connection.isOver()).isFalse();
		verify(connection.connection(), never()).closeAsync();
		connection.sends(CommandType.EXEC);
		given(connection.connection().isMulti()).willReturn(false);
		connection.leave();
		assertThat(connection.isOver()).isTrue();
		verify(connection.connection()).closeAsync();
	}

	@Test
	void connectionsToAnotherNodeThanThePrimaryAreClosed() {
		WaitConnection kept = this.connections.borrow();
		WaitConnection returnedLate = this.connections.borrow();
		kept.endScope();
		this.primary = OTHER;
		returnedLate.endScope();
		verify(returnedLate.connection()).closeAsync();
		verify(kept.connection(), never()).closeAsync();
		this.connections.closeStrays();
		verify(kept.connection()).closeAsync();
		assertThat(this.connections.borrow().primary()).isEqualTo(OTHER);
	}

	@Test
	void nobodyAsksForThePrimaryWhileThereIsNoConnection() {
		WaitConnections none = new WaitConnections(this::open, () -> {
			throw new IllegalStateException("the primary would have to be waited for");
		}, 2, Duration.ofMillis(50));
		assertThat(none.closeStrays()).isFalse();
	}

	@Test
	void aConnectionInUseThatLeadsToAFormerPrimaryIsAwaitedUntilItIsClosed() {
		WaitConnection inUse = this.connections.borrow();
		assertThat(this.connections.closeStrays()).isFalse();
		this.primary = OTHER;
		assertThat(this.connections.closeStrays()).isTrue();
		verify(inUse.connection()).closeAsync();
		assertThat(this.connections.closeStrays()).isTrue();
		this.closing.complete(null);
		assertThat(this.connections.closeStrays()).isFalse();
	}

	@Test
	void aConnectionToANodeThatIsReplacedMeanwhileIsNotUsed() {
		this.replacement = OTHER;
		assertThat(this.connections.borrow().primary()).isEqualTo(OTHER);
		assertThat(this.opened).containsExactly(PRIMARY, OTHER);
	}

	@Test
	void nobodyWaitsForEverForAConnection() {
		WaitConnection first = this.connections.borrow();
		this.connections.borrow();
		assertThatExceptionOfType(RedisConnectionException.class).isThrownBy(this.connections::borrow)
			.withMessageContaining("None of the 2 connections")
			.withMessageContaining("lagwise.wait.max-connections");
		assertThat(this.connections.borrowAnother()).isNotNull();
		first.endScope();
		assertThat(this.connections.borrow()).isNotNull();
	}

	@Test
	void aFailureToConnectTakesNoPlace() {
		this.failing = true;
		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(RedisConnectionException.class).isThrownBy(this.connections::borrow)
				.withMessageContaining("No connection to localhost:1")
				.withMessageContaining("refused");
		}
		this.failing = false;
		assertThat(this.connections.borrow()).isNotNull();
	}

	@Test
	void whatWasRefusedIsNotWritten() {
		WaitConnection connection = this.connections.borrow();
		connection.sends(CommandType.SET);
		connection.sends(CommandType.SET);
		connection.takesBack(CommandType.SET);
		assertThat(connection.hasWritten()).as("one of two").isTrue();
		connection.takesBack(CommandType.SET);
		assertThat(connection.hasWritten()).isFalse();
		connection.sends(CommandType.SET);
		connection.takesBack(CommandType.EXEC);
		connection.takesBack(CommandType.SELECT);
		assertThat(connection.hasWritten()).as("these do not count").isTrue();
	}

	@Test
	void anotherConnectionTakesThePlaceOfOneThatIsAsGoodAsNew() {
		WaitConnection connection = this.connections.borrow();
		assertThat(connection.isReplaceable()).isTrue();
		connection.sends(CommandType.BLPOP);
		assertThat(connection.isReplaceable()).isTrue();
		connection.sends(CommandType.SELECT);
		assertThat(connection.isReplaceable()).isFalse();
	}

	@Test
	void oneMoreConnectionIsOpenedToTheNodeInCharge() {
		WaitConnection connection = this.connections.borrow();
		assertThat(connection.isInCharge()).isTrue();
		this.primary = OTHER;
		assertThat(connection.isInCharge()).isFalse();
		assertThat(this.connections.openAnother(Runnable::run))
			.isCompletedWithValueMatching(WaitConnection::isInCharge);
		assertThat(this.opened).containsExactly(PRIMARY, OTHER);
		this.failing = true;
		assertThat(this.connections.openAnother(Runnable::run)).isCompletedExceptionally();
	}

	@Test
	void nothingStaysOpenWhenTheFactoryStops() {
		WaitConnection idle = this.connections.borrow();
		WaitConnection used = this.connections.borrow();
		idle.endScope();
		this.connections.close();
		verify(idle.connection()).closeAsync();
		used.endScope();
		verify(used.connection()).closeAsync();
	}

	@SuppressWarnings("unchecked")
	private CompletionStage<StatefulRedisConnection<byte[], byte[]>> open(NodeAddress node) {
		if (this.failing) {
			return CompletableFuture.failedFuture(new IllegalStateException("refused"));
		}
		this.opened.add(node);
		this.primary = (this.replacement != null) ? this.replacement : this.primary;
		StatefulRedisConnection<byte[], byte[]> connection = mock(StatefulRedisConnection.class);
		given(connection.isOpen()).willReturn(true);
		given(connection.closeAsync()).willReturn(this.closing);
		return CompletableFuture.completedFuture(connection);
	}

}
