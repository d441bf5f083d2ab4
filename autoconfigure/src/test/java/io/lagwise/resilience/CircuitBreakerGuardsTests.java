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

package io.lagwise.resilience;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.lagwise.replication.NodeAddress;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.GuardState;
import io.lagwise.routing.NodeGuard;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What guards decide, with the default settings and a clock that the test advances.
 */
@ExtendWith(OutputCaptureExtension.class)
class CircuitBreakerGuardsTests {

	private static final NodeAddress NODE = NodeAddress.parse("10.0.0.2:6379");

	private static final NodeAddress PEER = NodeAddress.parse("10.0.0.3:6379");

	private static final Duration TIMEOUT = Duration.ofMillis(200);

	private final VirtualClock clock = new VirtualClock();

	private final CircuitBreakerRegistry registry = registry(defaults());

	private final CircuitBreakerGuards guards = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS,
			this.registry);

	private final NodeGuard guard = this.guards.guard(NODE);

	@Test
	void theGuardOfANodeIsTheSameAsLongAsTheNodeIsKnown() {
		assertThat(this.guards.guard(NODE)).isSameAs(this.guard).isNotSameAs(this.guards.guard(PEER));
		this.guards.retain(List.of(NODE));
		assertThat(this.guards.guard(NODE)).isSameAs(this.guard);
		this.guards.retain(List.of(PEER));
		assertThat(this.guards.guard(NODE)).isNotSameAs(this.guard);
	}

	@Test
	void aRegistryIsNotNeeded() {
		NodeGuard guard = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS).guard(NODE);
		fail(guard, 10);
		assertThat(guard.permitsReads()).isFalse();
	}

	private NodeGuard opened() {
		fail(this.guard, 10);
		assertThat(this.guard.state()).isEqualTo(GuardState.OPEN);
		return this.guard;
	}

	private NodeGuard halfOpened() {
		opened();
		afterTheWait();
		assertThat(this.guard.wantsProbe()).isTrue();
		assertThat(this.guard.state()).isEqualTo(GuardState.HALF_OPEN);
		return this.guard;
	}

	private void afterTheWait() {
		this.clock.advance(Duration.ofMillis(1001));
	}

	private void probe(boolean... answers) {
		for (boolean answer : answers) {
			assertThat(this.guard.wantsProbe()).isTrue();
			this.guard.probed(answer, Duration.ofMillis(1));
		}
	}

	private CircuitBreaker breaker() {
		return this.registry.find("lagwise-10.0.0.2:6379").orElseThrow();
	}

	private CircuitBreaker.Metrics metrics() {
		return breaker().getMetrics();
	}

	private CircuitBreakerConfig.Builder defaults() {
		return CircuitBreakerConfig.from(CircuitBreakerSettings.DEFAULTS.toConfig()).clock(this.clock);
	}

	private static CircuitBreakerRegistry registry(CircuitBreakerConfig.Builder config) {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		registry.addConfiguration("lagwise", config.build());
		return registry;
	}

	private static void fail(NodeGuard guard, int times) {
		for (int i = 0; i < times; i++) {
			guard.failed(FallbackReason.TIMEOUT, TIMEOUT);
		}
	}

	private void compareThreeTimes(CircuitBreakerGuards guards, Map<NodeAddress, Duration> latencies) {
		for (int i = 0; i < 3; i++) {
			guards.compare(latencies);
		}
	}

	static Stream<Object[]> changes() {
		List<Consumer<CircuitBreaker>> changes = List.of((breaker) -> {
		}, CircuitBreaker::reset, CircuitBreaker::transitionToClosedState, CircuitBreaker::transitionToOpenState,
				CircuitBreaker::transitionToForcedOpenState, CircuitBreaker::transitionToDisabledState,
				CircuitBreaker::transitionToMetricsOnlyState, (breaker) -> {
					breaker.transitionToOpenState();
					breaker.transitionToHalfOpenState();
				});
		return changes.stream()
			.flatMap((change) -> Stream.of(new Object[] { change, true }, new Object[] { change, false }));
	}

	@Nested
	class Failures {

		@Test
		void fewerThanTheMinimumDoNotOpen() {
			fail(CircuitBreakerGuardsTests.this.guard, 9);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
			fail(CircuitBreakerGuardsTests.this.guard, 1);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isFalse();
		}

		@Test
		void halfOfTheLastAnswersOpen() {
			CircuitBreakerGuardsTests.this.guard.answered(10);
			fail(CircuitBreakerGuardsTests.this.guard, 9);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
			fail(CircuitBreakerGuardsTests.this.guard, 1);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isFalse();
		}

		@Test
		void manyAnswersCountAsMuchAsTheWindowHolds() {
			CircuitBreakerGuardsTests.this.guard.answered(1_000_000);
			assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(20);
			fail(CircuitBreakerGuardsTests.this.guard, 9);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
			CircuitBreakerGuardsTests.this.guard.answered(1_000_000);
			assertThat(metrics().getNumberOfFailedCalls()).isZero();
		}

		@Test
		void areToldWithTheirReason(CapturedOutput output) {
			ConcurrentLinkedQueue<Throwable> told = new ConcurrentLinkedQueue<>();
			breaker().getEventPublisher().onError((event) -> {
				assertThat(event.getElapsedDuration()).isEqualTo(TIMEOUT);
				told.add(event.getThrowable());
			});
			CircuitBreakerGuardsTests.this.guard.failed(FallbackReason.LOADING, TIMEOUT);
			assertThat(told).singleElement()
				.isInstanceOf(DataAccessException.class)
				.satisfies((failure) -> assertThat(failure.getStackTrace()).isEmpty())
				.hasToString("io.lagwise.resilience.ReplicaFailedException: "
						+ "Replica 10.0.0.2:6379 has failed: loading its data");
		}

		@ParameterizedTest
		@EnumSource
		void ofEveryKindCount(FallbackReason reason) {
			for (int i = 0; i < 10; i++) {
				CircuitBreakerGuardsTests.this.guard.failed(reason, TIMEOUT);
			}
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isFalse();
		}

		@Test
		void areWrittenDownOnceForAPerson(CapturedOutput output) {
			CircuitBreakerGuardsTests.this.guard.answered(8);
			fail(CircuitBreakerGuardsTests.this.guard, 12);
			fail(CircuitBreakerGuardsTests.this.guard, 100);
			assertThat(output).containsOnlyOnce(" gets no reads")
				.containsPattern("WARN .*Replica 10\\.0\\.0\\.2:6379 gets no reads: "
						+ "8 of its last 16 answers failed \\(timeout\\)\\R");
		}

	}

	@Nested
	class Answers {

		private final AtomicInteger successes = new AtomicInteger();

		@Test
		void reachTheBreakerOnlyAsLongAsTheyCanChangeItsMind() {
			breaker().getEventPublisher().onSuccess((event) -> this.successes.incrementAndGet());
			CircuitBreakerGuardsTests.this.guard.answered(15);
			assertThat(this.successes).hasValue(15);
			CircuitBreakerGuardsTests.this.guard.answered(15);
			assertThat(this.successes).hasValue(20);
			CircuitBreakerGuardsTests.this.guard.answered(15);
			assertThat(this.successes).hasValue(20);
			fail(CircuitBreakerGuardsTests.this.guard, 1);
			CircuitBreakerGuardsTests.this.guard.answered(Integer.MAX_VALUE);
			CircuitBreakerGuardsTests.this.guard.answered(Integer.MAX_VALUE);
			CircuitBreakerGuardsTests.this.guard.answered(Integer.MAX_VALUE);
			assertThat(this.successes).hasValue(40);
			assertThat(metrics().getNumberOfFailedCalls()).isZero();
		}

		@Test
		void allReachAWindowOfTime() {
			CircuitBreakerRegistry registry = registry(defaults().slidingWindow(60, 10, SlidingWindowType.TIME_BASED));
			NodeGuard guard = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, registry).guard(NODE);
			guard.answered(1_000);
			guard.answered(1_000);
			assertThat(registry.circuitBreaker("lagwise-10.0.0.2:6379").getMetrics().getNumberOfSuccessfulCalls())
				.isEqualTo(2_000);
		}

		@Test
		void countAgainOnceTheBreakerHasClosed() {
			halfOpened().probed(true, Duration.ofMillis(1));
			probe(true, true);
			assertThat(metrics().getNumberOfBufferedCalls()).isZero();
			CircuitBreakerGuardsTests.this.guard.answered(1_000);
			assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(20);
		}

		@Test
		void ofASlowReplicaDoNotCountTwice() {
			CircuitBreakerGuardsTests.this.guard.answered(20);
			breaker().transitionToOpenState();
			afterTheWait();
			probe(true, true, true);
			CircuitBreakerGuardsTests.this.guard.answered(20);
			assertThat(metrics().getNumberOfSuccessfulCalls()).isEqualTo(20);
		}

	}

	@Nested
	class Probes {

		@Test
		void areNotWantedWhileReadsPass() {
			assertThat(CircuitBreakerGuardsTests.this.guard.wantsProbe()).isFalse();
		}

		@Test
		void areWantedWhenTheWaitIsOver() {
			NodeGuard guard = opened();
			CircuitBreakerGuardsTests.this.clock.advance(Duration.ofMillis(999));
			assertThat(guard.wantsProbe()).isFalse();
			CircuitBreakerGuardsTests.this.clock.advance(Duration.ofMillis(2));
			assertThat(guard.wantsProbe()).isTrue();
		}

		@Test
		void areNotAskedForInVain() {
			AtomicInteger refused = new AtomicInteger();
			breaker().getEventPublisher().onCallNotPermitted((event) -> refused.incrementAndGet());
			NodeGuard guard = opened();
			for (int i = 0; i < 50; i++) {
				guard.permitsReads();
				guard.wantsProbe();
				CircuitBreakerGuardsTests.this.clock.advance(Duration.ofMillis(50));
			}
			assertThat(guard.state()).isEqualTo(GuardState.HALF_OPEN);
			assertThat(refused).hasValue(0);
		}

		@Test
		void thatAnswerLetReadsThroughAgain(CapturedOutput output) {
			halfOpened().probed(true, Duration.ofMillis(1));
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isFalse();
			probe(true);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isFalse();
			probe(true);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
			assertThat(CircuitBreakerGuardsTests.this.guard.state()).isEqualTo(GuardState.CLOSED);
			assertThat(output).containsOnlyOnce("Replica 10.0.0.2:6379 gets reads again")
				.containsPattern("INFO .*gets reads again\\R");
		}

		@Test
		void thatFailKeepReadsAwayWithoutAnotherLine(CapturedOutput output) {
			opened();
			for (int i = 0; i < 5; i++) {
				assertThat(CircuitBreakerGuardsTests.this.guard.wantsProbe()).isFalse();
				afterTheWait();
				probe(true, false, false);
				assertThat(CircuitBreakerGuardsTests.this.guard.state()).isEqualTo(GuardState.OPEN);
			}
			assertThat(output).containsOnlyOnce("gets no reads").doesNotContain("gets reads again");
		}

		@Test
		void waitAsLongAsTheBreakerDoes() {
			CircuitBreakerRegistry registry = registry(
					defaults().waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(1000, 3)));
			NodeGuard guard = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, registry).guard(NODE);
			AtomicInteger refused = new AtomicInteger();
			registry.circuitBreaker("lagwise-10.0.0.2:6379")
				.getEventPublisher()
				.onCallNotPermitted((event) -> refused.incrementAndGet());
			fail(guard, 10);
			for (long wait : new long[] { 1000, 3000, 9000 }) {
				CircuitBreakerGuardsTests.this.clock.advance(Duration.ofMillis(wait - 1));
				assertThat(guard.wantsProbe()).isFalse();
				CircuitBreakerGuardsTests.this.clock.advance(Duration.ofMillis(2));
				for (int i = 0; i < 3; i++) {
					assertThat(guard.wantsProbe()).isTrue();
					guard.probed(false, TIMEOUT);
				}
			}
			registry.circuitBreaker("lagwise-10.0.0.2:6379").transitionToClosedState();
			fail(guard, 10);
			afterTheWait();
			assertThat(guard.wantsProbe()).as("it starts with the shortest wait again").isTrue();
			assertThat(refused).hasValue(0);
		}

		@Test
		void areSentOneAtATime() {
			NodeGuard guard = halfOpened();
			assertThat(guard.wantsProbe()).isFalse();
			guard.probed(true, Duration.ofMillis(1));
			assertThat(guard.wantsProbe()).isTrue();
		}

		@Test
		void areNotWantedWhereSomebodyHasForcedTheBreakerOpen() {
			breaker().transitionToForcedOpenState();
			CircuitBreakerGuardsTests.this.clock.advance(Duration.ofHours(1));
			assertThat(CircuitBreakerGuardsTests.this.guard.wantsProbe()).isFalse();
			assertThat(metrics().getNumberOfNotPermittedCalls()).isZero();
		}

		@Test
		void thatAreSlowAgainstThePeersFail() {
			halfOpened();
			CircuitBreakerGuardsTests.this.guards.compare(Map.of(PEER, Duration.ofMillis(2)));
			for (int i = 0; i < 3; i++) {
				CircuitBreakerGuardsTests.this.guard.probed(true, Duration.ofMillis(20));
				CircuitBreakerGuardsTests.this.guard.wantsProbe();
			}
			assertThat(CircuitBreakerGuardsTests.this.guard.state()).isEqualTo(GuardState.OPEN);
		}

		@Test
		void areNotSlowWhereNobodyElseServes() {
			halfOpened().probed(true, Duration.ofMillis(150));
			probe(true, true);
			assertThat(CircuitBreakerGuardsTests.this.guard.state()).isEqualTo(GuardState.CLOSED);
		}

		@Test
		void thatNobodyReportsCountAsFailedInTheEnd() {
			NodeGuard guard = halfOpened();
			CircuitBreakerGuardsTests.this.clock.advance(CircuitBreakerGuard.PROBE_LIMIT);
			assertThat(guard.wantsProbe()).isFalse();
			CircuitBreakerGuardsTests.this.clock.advance(Duration.ofMillis(1));
			assertThat(guard.wantsProbe()).isTrue();
			assertThat(metrics().getNumberOfFailedCalls()).isOne();
		}

		@Test
		void areReportedOnce() {
			NodeGuard guard = halfOpened();
			guard.probed(true, Duration.ofMillis(1));
			guard.probed(true, Duration.ofMillis(1));
			guard.probed(true, Duration.ofMillis(1));
			assertThat(metrics().getNumberOfSuccessfulCalls()).isOne();
		}

		@Test
		void areDecidedByThemselvesAndNotByLateAnswersOfReads() {
			NodeGuard guard = halfOpened();
			fail(guard, 10);
			guard.answered(100);
			assertThat(metrics().getNumberOfBufferedCalls()).isZero();
			guard.probed(true, Duration.ofMillis(1));
			probe(true, true);
			assertThat(guard.permitsReads()).isTrue();
		}

		@Test
		void leaveNoTraceOfWhatComesLateWhileTheBreakerIsOpen(CapturedOutput output) {
			NodeGuard guard = opened();
			fail(guard, 10);
			guard.answered(10);
			assertThat(metrics().getNumberOfFailedCalls()).isEqualTo(10);
			assertThat(metrics().getNumberOfSuccessfulCalls()).isZero();
		}

		@ParameterizedTest
		@MethodSource("io.lagwise.resilience.CircuitBreakerGuardsTests#changes")
		void leaveEveryPermitWhateverHappensMeanwhile(Consumer<CircuitBreaker> change, boolean answered) {
			halfOpened();
			change.accept(breaker());
			CircuitBreakerGuardsTests.this.guard.probed(answered, Duration.ofMillis(1));
			breaker().transitionToClosedState();
			opened();
			afterTheWait();
			probe(true, true, true);
			assertThat(CircuitBreakerGuardsTests.this.guard.state()).isEqualTo(GuardState.CLOSED);
		}

		@Test
		void ofSeveralFactoriesAreNoMoreThanTheBreakerPermits() {
			CircuitBreakerGuards first = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS,
					registry(defaults().permittedNumberOfCallsInHalfOpenState(1)));
			CircuitBreakerGuards second = first.forAnotherFactory();
			fail(first.guard(NODE), 10);
			afterTheWait();
			assertThat(first.guard(NODE).wantsProbe()).isTrue();
			assertThat(second.guard(NODE).wantsProbe()).isFalse();
		}

		@Test
		void ofAnotherFactoryDoNotLackThePermitOfOneThatHasStopped() {
			CircuitBreakerGuards others = CircuitBreakerGuardsTests.this.guards.forAnotherFactory();
			others.guard(NODE);
			halfOpened();
			CircuitBreakerGuardsTests.this.guards.retain(List.of());
			for (int i = 0; i < 3; i++) {
				assertThat(others.guard(NODE).wantsProbe()).isTrue();
				others.guard(NODE).probed(true, Duration.ofMillis(1));
			}
			assertThat(others.guard(NODE).state()).isEqualTo(GuardState.CLOSED);
		}

		@Test
		void thatAreReportedToAForgottenGuardChangeNothing() {
			NodeGuard guard = halfOpened();
			CircuitBreaker breaker = breaker();
			CircuitBreakerGuardsTests.this.guards.retain(List.of());
			guard.probed(false, TIMEOUT);
			assertThat(breaker.getMetrics().getNumberOfBufferedCalls()).isZero();
		}

	}

	@Nested
	class States {

		@ParameterizedTest
		@CsvSource({ "CLOSED, CLOSED, true", "OPEN, OPEN, false", "HALF_OPEN, HALF_OPEN, false",
				"FORCED_OPEN, OPEN, false", "DISABLED, DISABLED, true", "METRICS_ONLY, DISABLED, true" })
		void ofTheBreakerDecide(CircuitBreaker.State state, GuardState expected, boolean permitsReads) {
			NodeGuard guard = CircuitBreakerGuards
				.create(CircuitBreakerSettings.DEFAULTS, registry(defaults().initialState(state)))
				.guard(NODE);
			assertThat(guard.state()).isEqualTo(expected);
			assertThat(guard.permitsReads()).isEqualTo(permitsReads);
		}

		@Test
		void thatSomebodyElseSetsAreWrittenDown(CapturedOutput output) {
			breaker().transitionToForcedOpenState();
			assertThat(output)
				.containsOnlyOnce("Replica 10.0.0.2:6379 gets no reads: its circuit breaker was set to FORCED_OPEN");
			breaker().transitionToDisabledState();
			assertThat(output).containsOnlyOnce("Replica 10.0.0.2:6379 gets reads again");
			breaker().transitionToMetricsOnlyState();
			assertThat(output).containsOnlyOnce("gets no reads").containsOnlyOnce("gets reads again");
		}

		@Test
		void thatOnlyMeasureAreToldOfReads() {
			breaker().transitionToMetricsOnlyState();
			CircuitBreakerGuardsTests.this.guard.answered(3);
			fail(CircuitBreakerGuardsTests.this.guard, 12);
			assertThat(metrics().getNumberOfBufferedCalls()).isEqualTo(15);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
		}

		@Test
		void changeUnderLoadWithoutLosingAPermit() throws InterruptedException {
			CircuitBreakerGuards guards = CircuitBreakerGuards
				.create(new CircuitBreakerSettings(20, 10, 50, Duration.ofMillis(1), 3, 10, Duration.ofMillis(10)));
			NodeGuard guard = guards.guard(NODE);
			AtomicInteger rounds = new AtomicInteger();
			ConcurrentLinkedQueue<Throwable> errors = new ConcurrentLinkedQueue<>();
			CountDownLatch over = new CountDownLatch(4);
			for (int i = 0; i < 4; i++) {
				boolean prober = (i == 0);
				new Thread(() -> {
					try {
						ThreadLocalRandom random = ThreadLocalRandom.current();
						for (int round = 0; round < 20_000; round++) {
							if (!prober) {
								guard.answered(random.nextInt(3));
								guard.failed(FallbackReason.CONNECTION_LOST, Duration.ZERO);
							}
							else if (guard.wantsProbe()) {
								rounds.incrementAndGet();
								guard.probed(random.nextInt(3) > 0, Duration.ZERO);
							}
						}
					}
					catch (Throwable ex) {
						errors.add(ex);
					}
					over.countDown();
				}).start();
			}
			assertThat(over.await(1, TimeUnit.MINUTES)).isTrue();
			assertThat(errors).isEmpty();
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
			while (!guard.permitsReads() && System.nanoTime() < deadline) {
				if (guard.wantsProbe()) {
					guard.probed(true, Duration.ZERO);
				}
			}
			assertThat(guard.state()).isEqualTo(GuardState.CLOSED);
		}

	}

	@Nested
	class Slowness {

		private final Map<NodeAddress, Duration> latencies = Map.of(NODE, Duration.ofMillis(52), PEER,
				Duration.ofNanos(1_300_000));

		@Test
		void opensAtOnceAndIsWrittenDown(CapturedOutput output) {
			CircuitBreakerGuardsTests.this.guards.compare(this.latencies);
			CircuitBreakerGuardsTests.this.guards.compare(this.latencies);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
			CircuitBreakerGuardsTests.this.guards.compare(this.latencies);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isFalse();
			assertThat(CircuitBreakerGuardsTests.this.guards.guard(PEER).permitsReads()).isTrue();
			assertThat(output).containsOnlyOnce("Replica 10.0.0.2:6379 gets no reads: "
					+ "it is 40 times slower than the other replicas (52 ms against 1.3 ms)");
		}

		@Test
		void ofAReplicaThatIsOutDoesNotWeighOnTheOthers() {
			opened();
			NodeAddress third = NodeAddress.parse("10.0.0.4:6379");
			CircuitBreakerGuardsTests.this.guards.guard(third);
			compareThreeTimes(CircuitBreakerGuardsTests.this.guards,
					Map.of(NODE, Duration.ofMillis(150), PEER, Duration.ofMillis(1), third, Duration.ofMillis(50)));
			assertThat(CircuitBreakerGuardsTests.this.guards.guard(third).permitsReads()).isFalse();
			assertThat(CircuitBreakerGuardsTests.this.guards.guard(PEER).permitsReads()).isTrue();
		}

		@Test
		void beforeAReplicaWasOutIsForgotten() {
			CircuitBreakerGuardsTests.this.guards.compare(this.latencies);
			CircuitBreakerGuardsTests.this.guards.compare(this.latencies);
			opened();
			CircuitBreakerGuardsTests.this.guards.compare(Map.of(PEER, Duration.ofMillis(1)));
			breaker().transitionToClosedState();
			CircuitBreakerGuardsTests.this.guards.compare(this.latencies);
			assertThat(CircuitBreakerGuardsTests.this.guard.permitsReads()).isTrue();
		}

		@Test
		void ofTheLastReplicaIsNoReason() {
			CircuitBreakerGuardsTests.this.guards.guard(PEER);
			compareThreeTimes(CircuitBreakerGuardsTests.this.guards, this.latencies);
			compareThreeTimes(CircuitBreakerGuardsTests.this.guards, Map.of(PEER, Duration.ofSeconds(1)));
			assertThat(CircuitBreakerGuardsTests.this.guards.guard(PEER).permitsReads()).isTrue();
		}

		@ParameterizedTest
		@EnumSource(names = { "DISABLED", "METRICS_ONLY", "FORCED_OPEN" })
		void doesNotOverruleWhatSomebodyHasSet(CircuitBreaker.State state) {
			CircuitBreakerRegistry registry = registry(defaults().initialState(state));
			CircuitBreakerGuards guards = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, registry);
			guards.guard(NODE);
			assertThatNoException().isThrownBy(() -> compareThreeTimes(guards, this.latencies));
			assertThat(registry.circuitBreaker("lagwise-10.0.0.2:6379").getState()).isEqualTo(state);
		}

		@Test
		void ofANodeThatIsGoneIsIgnored() {
			CircuitBreakerGuardsTests.this.guards.retain(List.of());
			compareThreeTimes(CircuitBreakerGuardsTests.this.guards, this.latencies);
			assertThat(CircuitBreakerGuardsTests.this.registry.getAllCircuitBreakers()).isEmpty();
		}

		@Test
		void isNotGivenAsTheReasonOfAnotherOpening(CapturedOutput output) {
			compareThreeTimes(CircuitBreakerGuardsTests.this.guards, this.latencies);
			afterTheWait();
			probe(true, true, true);
			opened();
			assertThat(output).containsOnlyOnce("times slower").containsOnlyOnce("10 of its last 10 answers failed");
		}

	}

	@Nested
	class Registries {

		private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

		@Test
		void takeTheSettingsWhereTheyHaveNoConfigurationOfOurs() {
			CircuitBreakerConfig config = config();
			assertThat(config.getSlidingWindowSize()).isEqualTo(20);
			assertThat(config.getMinimumNumberOfCalls()).isEqualTo(10);
		}

		@Test
		void preferTheirConfigurationOfOurName() {
			this.registry.addConfiguration("lagwise",
					CircuitBreakerConfig.custom().slidingWindowSize(7).failureRateThreshold(11).build());
			CircuitBreakerConfig config = config();
			assertThat(config.getSlidingWindowSize()).isEqualTo(7);
			assertThat(config.getFailureRateThreshold()).isEqualTo(11);
		}

		@Test
		void countEveryFailureWhateverTheirConfigurationRecords() {
			this.registry.addConfiguration("lagwise",
					CircuitBreakerConfig.custom()
						.minimumNumberOfCalls(10)
						.recordExceptions(IOException.class)
						.ignoreExceptions(DataAccessException.class)
						.build());
			NodeGuard guard = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry).guard(NODE);
			fail(guard, 10);
			assertThat(guard.permitsReads()).isFalse();
		}

		@Test
		void keepABreakerThatTheyHaveHadBefore(CapturedOutput output) {
			CircuitBreaker theirs = this.registry.circuitBreaker("lagwise-10.0.0.2:6379",
					CircuitBreakerConfig.custom().minimumNumberOfCalls(2).build());
			CircuitBreakerGuards guards = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry);
			fail(guards.guard(NODE), 2);
			assertThat(theirs.getState()).isEqualTo(CircuitBreaker.State.OPEN);
			guards.retain(List.of());
			assertThat(this.registry.find("lagwise-10.0.0.2:6379")).containsSame(theirs);
			assertThat(guards.guard(NODE).state()).isEqualTo(GuardState.OPEN);
			theirs.transitionToClosedState();
			assertThat(output).containsOnlyOnce("gets reads again").doesNotContain("does not count the failures");
		}

		@Test
		void areWarnedOfABreakerThatCountsNoFailure(CapturedOutput output) {
			this.registry.circuitBreaker("lagwise-10.0.0.2:6379",
					CircuitBreakerConfig.custom().recordExceptions(IOException.class).build());
			this.registry.circuitBreaker("lagwise-10.0.0.3:6379",
					defaults().ignoreExceptions(DataAccessException.class).build());
			CircuitBreakerGuards guards = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry);
			guards.guard(NODE);
			guards.guard(PEER);
			assertThat(output)
				.containsOnlyOnce("Circuit breaker 'lagwise-10.0.0.2:6379' does not count the failures of its replica")
				.containsOnlyOnce("Circuit breaker 'lagwise-10.0.0.3:6379' does not count the failures of its replica")
				.contains("Let it record org.springframework.dao.DataAccessException, and not ignore it.");
		}

		@Test
		void loseTheBreakersOfNodesThatAreGone() {
			CircuitBreakerGuards guards = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry);
			guards.guard(NODE);
			guards.guard(PEER);
			guards.retain(List.of(PEER));
			assertThat(this.registry.getAllCircuitBreakers()).extracting(CircuitBreaker::getName)
				.containsExactly("lagwise-10.0.0.3:6379");
		}

		@Test
		void getAnotherBreakerWhenANodeComesBack() {
			CircuitBreakerGuards guards = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry);
			fail(guards.guard(NODE), 10);
			guards.retain(List.of());
			assertThat(guards.guard(NODE).state()).isEqualTo(GuardState.CLOSED);
			assertThat(this.registry.find("lagwise-10.0.0.2:6379")).isPresent();
		}

		@Test
		void holdOneBreakerOfANodeThatSeveralFactoriesReadFrom(CapturedOutput output) {
			CircuitBreakerGuards first = CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry);
			CircuitBreakerGuards second = first.forAnotherFactory();
			first.guard(NODE);
			fail(second.guard(NODE), 10);
			assertThat(first.guard(NODE).permitsReads()).isFalse();
			assertThat(output).containsOnlyOnce("gets no reads");
			first.retain(List.of());
			assertThat(this.registry.find("lagwise-10.0.0.2:6379")).isPresent();
			second.retain(List.of());
			assertThat(this.registry.find("lagwise-10.0.0.2:6379")).isEmpty();
		}

		@Test
		void nameBreakersAfterAddressesOfEveryKind() {
			CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry)
				.guard(NodeAddress.parse("[2001:db8::1]:6379"));
			assertThat(this.registry.find("lagwise-[2001:db8::1]:6379")).isPresent();
		}

		private CircuitBreakerConfig config() {
			CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, this.registry).guard(NODE);
			return this.registry.find("lagwise-10.0.0.2:6379").orElseThrow().getCircuitBreakerConfig();
		}

	}

}
