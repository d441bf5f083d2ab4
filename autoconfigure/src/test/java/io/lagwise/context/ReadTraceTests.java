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

package io.lagwise.context;

import java.util.Set;

import io.lagwise.context.ReadTrace.Answer;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a trace collects and how it reads.
 */
class ReadTraceTests {

	private static final NodeAddress ONE = new NodeAddress("10.0.0.1", 6379);

	private static final NodeAddress TWO = new NodeAddress("10.0.0.2", 6379);

	@Test
	void traceIsCurrentUntilItIsClosed() {
		try (ReadTrace trace = ReadTrace.open()) {
			assertThat(RoutingContext.currentTrace()).isSameAs(trace);
		}
		assertThat(RoutingContext.currentTrace()).isNull();
	}

	@Test
	void innerTraceHidesTheOuterOneUntilItIsClosed() {
		try (ReadTrace outer = ReadTrace.open()) {
			try (ReadTrace inner = ReadTrace.open()) {
				assertThat(RoutingContext.currentTrace()).isSameAs(inner);
			}
			assertThat(RoutingContext.currentTrace()).isSameAs(outer);
		}
	}

	@Test
	void nodesAreListedOnceInTheOrderOfTheirFirstAnswers() {
		try (ReadTrace trace = ReadTrace.open()) {
			trace.answered(TWO, NodeRole.REPLICA);
			trace.answered(ONE, NodeRole.PRIMARY);
			trace.answered(TWO, NodeRole.REPLICA);
			assertThat(trace.answers()).containsExactly(new Answer(TWO, NodeRole.REPLICA),
					new Answer(ONE, NodeRole.PRIMARY));
			assertThat(trace).hasToString("replica 10.0.0.2:6379, primary 10.0.0.1:6379");
		}
	}

	@Test
	void nodeThatAnsweredInBothRolesIsListedForEach() {
		try (ReadTrace trace = ReadTrace.open()) {
			trace.answered(ONE, NodeRole.REPLICA);
			trace.answered(ONE, NodeRole.PRIMARY);
			assertThat(trace).hasToString("replica 10.0.0.1:6379, primary 10.0.0.1:6379");
		}
	}

	@Test
	void answersThatComeAfterTheEndAreStillCollected() {
		ReadTrace trace = ReadTrace.open();
		trace.close();
		trace.answered(ONE, NodeRole.PRIMARY);
		assertThat(trace.answers()).containsExactly(new Answer(ONE, NodeRole.PRIMARY));
	}

	@Test
	void answersAreASnapshot() {
		try (ReadTrace trace = ReadTrace.open()) {
			Set<Answer> before = trace.answers();
			trace.answered(ONE, NodeRole.PRIMARY);
			assertThat(before).isEmpty();
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(before::clear);
		}
	}

	@Test
	void traceWithoutAnswersIsEmpty() {
		try (ReadTrace trace = ReadTrace.open()) {
			assertThat(trace.answers()).isEmpty();
			assertThat(trace).hasToString("");
		}
	}

}
