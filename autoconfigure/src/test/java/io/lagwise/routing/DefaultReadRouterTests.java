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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link DefaultReadRouter}.
 */
class DefaultReadRouterTests {

	private static final TestReplica FIRST = TestReplica.at(1);

	private static final TestReplica SECOND = TestReplica.at(2);

	private static final TestReplica THIRD = TestReplica.at(3);

	private final List<List<? extends ReadCandidate>> offered = new ArrayList<>();

	private int choice;

	private final ReadRouter router = ReadRouter.create((candidates) -> {
		this.offered.add(candidates);
		return this.choice;
	});

	@Test
	void theChosenReplicaComesFirstAndTheOthersFollowInTurn() {
		this.router.update(List.of(FIRST, SECOND, THIRD));
		assertThat(plan(ReadRequirement.anyReplica())).isEqualTo(new RoutePlan(ReadRequirement.anyReplica(),
				List.of(FIRST, SECOND, THIRD), true, RoutingReason.ANY_REPLICA));
		this.choice = 1;
		assertThat(plan(ReadRequirement.anyReplica()).replicas()).containsExactly(SECOND, THIRD, FIRST);
		this.choice = 2;
		assertThat(plan(ReadRequirement.anyReplica()).replicas()).containsExactly(THIRD, FIRST, SECOND);
		assertThat(this.offered).hasSize(3).allSatisfy((it) -> assertThat(it).isEqualTo(List.of(FIRST, SECOND, THIRD)));
	}

	@Test
	void thePrimaryIsNotAllowedWithoutFallback() {
		this.router.update(List.of(FIRST, SECOND));
		this.choice = 1;
		assertThat(plan(ReadRequirement.anyReplica(Fallback.NONE))).isEqualTo(new RoutePlan(
				ReadRequirement.anyReplica(Fallback.NONE), List.of(SECOND, FIRST), false, RoutingReason.ANY_REPLICA));
	}

	@Test
	void aRequirementOfThePrimaryLeavesNoReplica() {
		this.router.update(List.of(FIRST, SECOND));
		assertThat(plan(ReadRequirement.primary()))
			.isEqualTo(new RoutePlan(ReadRequirement.primary(), List.of(), true, RoutingReason.PRIMARY_REQUIRED));
		assertThat(this.offered).isEmpty();
	}

	@Test
	void withoutReplicasTheReasonSaysSo() {
		assertThat(plan(ReadRequirement.anyReplica()))
			.isEqualTo(new RoutePlan(ReadRequirement.anyReplica(), List.of(), true, RoutingReason.NO_ELIGIBLE_REPLICA));
		assertThat(plan(ReadRequirement.anyReplica(Fallback.NONE))).isEqualTo(new RoutePlan(
				ReadRequirement.anyReplica(Fallback.NONE), List.of(), false, RoutingReason.NO_ELIGIBLE_REPLICA));
	}

	@Test
	void theOnlyReplicaIsTakenWithoutAskingTheLoadBalancer() {
		this.router.update(List.of(THIRD));
		this.choice = 7;
		assertThat(plan(ReadRequirement.anyReplica()).replicas()).containsExactly(THIRD);
		assertThat(this.offered).isEmpty();
	}

	@Test
	void anUpdateReplacesTheReplicas() {
		this.router.update(List.of(FIRST, SECOND));
		this.router.update(List.of(SECOND, THIRD));
		assertThat(plan(ReadRequirement.anyReplica()).replicas()).containsExactly(SECOND, THIRD);
		this.router.update(List.of());
		assertThat(plan(ReadRequirement.anyReplica()).replicas()).isEmpty();
	}

	@Test
	void readsThatAskForTheSameProofShareTheirPlan() {
		this.router.update(List.of(FIRST, SECOND));
		ReadRequirement bounded = ReadRequirement.maxStaleness(Duration.ofSeconds(1));
		RoutePlan plan = plan(bounded);
		assertThat(plan).isEqualTo(new RoutePlan(bounded, List.of(FIRST, SECOND), true, RoutingReason.FRESH_REPLICA));
		assertThat(plan(bounded)).isSameAs(plan);
		this.choice = 1;
		assertThat(plan(bounded).replicas()).containsExactly(SECOND, FIRST);
		this.router.update(List.of(SECOND));
		assertThat(plan(bounded).replicas()).containsExactly(SECOND);
	}

	@Test
	void eachRequirementHasItsOwnPlanHoweverManyThereAre() {
		this.router.update(List.of(FIRST, SECOND));
		for (int i = 0; i < 1000; i++) {
			ReadRequirement bounded = ReadRequirement.maxStaleness(Duration.ofMillis(i + 1));
			this.choice = i % 2;
			assertThat(plan(bounded).requirement()).isEqualTo(bounded);
			assertThat(plan(ReadRequirement.consistent()).requirement()).isEqualTo(ReadRequirement.consistent());
			assertThat(plan(bounded).replicas()).startsWith((this.choice == 0) ? FIRST : SECOND);
		}
	}

	@Test
	void aLoadBalancerIsRequired() {
		assertThatIllegalArgumentException().isThrownBy(() -> createWithoutLoadBalancer())
			.withMessage("'loadBalancer' must not be null");
	}

	private RoutePlan plan(ReadRequirement requirement) {
		return this.router.plan(requirement);
	}

	@SuppressWarnings("NullAway")
	@Test
	void aReplicaThatHasJustComeBackGetsItsShareOnly() {
		DefaultReadRouter router = new DefaultReadRouter((candidates) -> 0, (bound) -> this.choice);
		TestReplica returning = FIRST.withShare(30);
		router.update(List.of(returning, SECOND, THIRD));
		this.choice = 29;
		assertThat(router.plan(ReadRequirement.anyReplica()).replicas()).startsWith(returning);
		this.choice = 30;
		assertThat(router.plan(ReadRequirement.anyReplica()).replicas()).startsWith(SECOND);
	}

	@Test
	void replicasThatHaveAllJustComeShareTheReads() {
		DefaultReadRouter router = new DefaultReadRouter((candidates) -> 1, (bound) -> 99);
		router.update(List.of(FIRST.withShare(5), SECOND.withShare(5)));
		assertThat(router.plan(ReadRequirement.anyReplica()).replicas()).startsWith(SECOND.withShare(5));
	}

	@Test
	void replicasThatHaveAllJustComeAreEachPreferredBySome() {
		List<TestReplica> returning = List.of(FIRST.withShare(5), SECOND.withShare(5), THIRD.withShare(5));
		this.router.update(returning);
		Map<ReadCandidate, Long> reads = IntStream.range(0, 3000)
			.mapToObj((preference) -> this.router.plan(ReadRequirement.consistent(), preference).replicas().get(0))
			.collect(Collectors.groupingBy((replica) -> replica, Collectors.counting()));
		assertThat(reads).containsOnlyKeys(returning);
		assertThat(reads.values()).allSatisfy((count) -> assertThat(count).isBetween(800L, 1200L));
	}

	private static ReadRouter createWithoutLoadBalancer() {
		return ReadRouter.create(null);
	}

}
