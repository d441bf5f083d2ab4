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

package io.lagwise.routing;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the strategies of {@link LoadBalancer}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LoadBalancerTests {

	private static final TestReplica FIRST = TestReplica.at(1);

	private static final TestReplica SECOND = TestReplica.at(2);

	private static final TestReplica THIRD = TestReplica.at(3);

	@Test
	void roundRobinChoosesInTurnAndBeginsAnew() {
		LoadBalancer balancer = LoadBalancer.roundRobin();
		List<TestReplica> replicas = List.of(FIRST, SECOND, THIRD);
		assertThat(IntStream.range(0, 7).map((i) -> balancer.choose(replicas))).containsExactly(0, 1, 2, 0, 1, 2, 0);
	}

	@Test
	void roundRobinSurvivesAChangeOfTheNumberOfReplicas() {
		LoadBalancer balancer = LoadBalancer.roundRobin();
		IntStream.range(0, 8).forEach((i) -> balancer.choose(List.of(FIRST, SECOND, THIRD)));
		assertThat(balancer.choose(List.of(FIRST, SECOND))).isBetween(0, 1);
	}

	@Test
	void randomChoosesAllEquallyOften() {
		int[] counts = counts(LoadBalancer.random(), 30_000, FIRST.withReadsInFlight(100), SECOND, THIRD);
		assertThat(Arrays.stream(counts).boxed()).allSatisfy((count) -> assertThat(count).isBetween(9_000, 11_000));
	}

	@Test
	void lowestLatencyChoosesTheFastestAsTheFiguresAreNow() {
		LoadBalancer balancer = LoadBalancer.lowestLatency();
		assertThat(balancer.choose(List.of(FIRST.withLatency(30), SECOND.withLatency(10), THIRD.withLatency(20))))
			.isOne();
		assertThat(balancer.choose(List.of(FIRST.withLatency(30), SECOND.withLatency(40), THIRD.withLatency(20))))
			.isEqualTo(2);
	}

	@Test
	void lowestLatencyChoosesTheFirstOfEquals() {
		assertThat(LoadBalancer.lowestLatency().choose(List.of(FIRST, SECOND))).isZero();
	}

	@Test
	void orderedChoosesTheMostPreferredThatIsThere() {
		LoadBalancer balancer = LoadBalancer.ordered(List.of(THIRD.address(), FIRST.address()));
		assertThat(balancer.choose(List.of(FIRST, SECOND, THIRD))).isEqualTo(2);
		assertThat(balancer.choose(List.of(SECOND, FIRST))).isOne();
	}

	@Test
	void orderedTriesTheReplicasInTheOrderOfThePreference() {
		LoadBalancer balancer = LoadBalancer.ordered(List.of(THIRD.address(), FIRST.address()));
		ReadRouter router = ReadRouter.create(balancer);
		router.update(List.of(FIRST, SECOND, THIRD));
		assertThat(router.plan(ReadRequirement.anyReplica()).replicas()).containsExactly(THIRD, FIRST, SECOND);
	}

	@Test
	void aMistakeOfALoadBalancerFailsNoRead(CapturedOutput output) {
		for (LoadBalancer mistaken : List.<LoadBalancer>of((candidates) -> 3, (candidates) -> -1, (candidates) -> {
			throw new IllegalStateException("broken");
		})) {
			ReadRouter router = ReadRouter.create(mistaken);
			router.update(List.of(FIRST, SECOND, THIRD));
			for (int i = 0; i < 10; i++) {
				assertThat(router.plan(ReadRequirement.anyReplica()).replicas()).startsWith(FIRST);
			}
		}
		assertThat(output.getOut().split("Load balancer " + getClass().getName(), -1)).as("warnings").hasSize(4);
		assertThat(output).contains("chose number 3 of 3 replicas").contains("IllegalStateException: broken");
	}

	@Test
	void orderedSpreadsOverReplicasThatItDoesNotName() {
		LoadBalancer balancer = LoadBalancer.ordered(List.of(new NodeAddress("elsewhere", 1)));
		int[] counts = counts(balancer, 20_000, FIRST, SECOND);
		assertThat(Arrays.stream(counts).boxed()).allSatisfy((count) -> assertThat(count).isBetween(9_000, 11_000));
	}

	private static int[] counts(LoadBalancer balancer, int choices, TestReplica... replicas) {
		List<TestReplica> candidates = List.of(replicas);
		int[] counts = new int[replicas.length];
		IntStream.range(0, choices).forEach((i) -> counts[balancer.choose(candidates)]++);
		return counts;
	}

	@Nested
	class PowerOfTwo {

		@ParameterizedTest
		@CsvSource({ "0, 0, 0, 1", "0, 1, 0, 2", "1, 0, 1, 0", "1, 1, 1, 2", "2, 0, 2, 0", "2, 1, 2, 1" })
		void twoDifferentReplicasAreCompared(int firstDraw, int secondDraw, int first, int second) {
			TestReplica[] replicas = { FIRST.withReadsInFlight(5), SECOND.withReadsInFlight(5),
					THIRD.withReadsInFlight(5) };
			replicas[first] = replicas[first].withReadsInFlight(4);
			assertThat(choose(draws(firstDraw, secondDraw), replicas)).isEqualTo(first);
			replicas[second] = replicas[second].withReadsInFlight(3);
			assertThat(choose(draws(firstDraw, secondDraw), replicas)).isEqualTo(second);
		}

		@Test
		void theFirstOfTwoWinsATie() {
			assertThat(choose(draws(0, 0), FIRST, SECOND)).isZero();
			assertThat(choose(draws(1, 0), FIRST, SECOND)).isOne();
		}

		@Test
		void equalReplicasAreChosenEquallyOften() {
			int[] counts = counts(LoadBalancer.powerOfTwoChoices(), 30_000, FIRST, SECOND, THIRD);
			assertThat(Arrays.stream(counts).boxed()).allSatisfy((count) -> assertThat(count).isBetween(9_000, 11_000));
		}

		@Test
		void theBusiestOfThreeIsNeverChosen() {
			int[] counts = counts(LoadBalancer.powerOfTwoChoices(), 1_000, FIRST, SECOND.withReadsInFlight(1), THIRD);
			assertThat(counts[1]).isZero();
			assertThat(counts[0]).isPositive();
			assertThat(counts[2]).isPositive();
		}

		private int choose(IntUnaryOperator random, TestReplica... replicas) {
			return new PowerOfTwoChoices(random).choose(List.of(replicas));
		}

		private IntUnaryOperator draws(int first, int second) {
			Queue<Integer> draws = new ArrayDeque<>(List.of(first, second));
			return (bound) -> {
				int draw = draws.remove();
				assertThat(draw).isLessThan(bound);
				return draw;
			};
		}

	}

}
