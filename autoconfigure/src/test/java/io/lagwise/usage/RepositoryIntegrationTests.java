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

package io.lagwise.usage;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.ReadTrace;
import io.lagwise.context.RoutingContext;
import io.lagwise.replication.NodeRole;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.data.domain.Example;
import org.springframework.data.domain.ExampleMatcher;
import org.springframework.data.geo.Distance;
import org.springframework.data.geo.Point;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Repositories of two instances of an application, with replicas that get everything
 * late.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepositoryIntegrationTests {

	private static final int ROUNDS = 3;

	private final ReplicatedRedis redis;

	private final StoredPeople stored;

	RepositoryIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
		this.stored = StoredPeople.of(redis);
	}

	@BeforeEach
	void delay() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
	}

	@AfterAll
	void disconnect() {
		this.stored.close();
	}

	private int wrong(RepositoryScenario scenario, RepositoryApplication one, RepositoryApplication other) {
		int wrong = 0;
		for (int i = 0; i < ROUNDS; i++) {
			this.stored.clear();
			wrong += scenario.goesWrong("p" + i, one, other, this.stored) ? 1 : 0;
		}
		return wrong;
	}

	/**
	 * The control: what becomes of the same where Spring's own means read from replicas.
	 */
	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class WithoutLagwise {

		private RepositoryApplication one;

		private RepositoryApplication other;

		@BeforeAll
		void start() {
			this.one = RepositoryApplication.plain(RepositoryIntegrationTests.this.redis);
			this.other = RepositoryApplication.plain(RepositoryIntegrationTests.this.redis);
		}

		@AfterAll
		void stop() {
			this.one.close();
			this.other.close();
		}

		@ParameterizedTest
		@EnumSource
		void itIsBrokenThat(RepositoryScenario scenario) {
			assertThat(wrong(scenario, this.one, this.other)).isPositive();
		}

	}

	@Nested
	@TestInstance(TestInstance.Lifecycle.PER_CLASS)
	class WithLagwise {

		private RepositoryApplication one;

		private RepositoryApplication other;

		@BeforeAll
		void start() {
			this.one = RepositoryApplication.lagwise(RepositoryIntegrationTests.this.redis);
			this.other = RepositoryApplication.lagwise(RepositoryIntegrationTests.this.redis);
		}

		@AfterAll
		void stop() {
			this.one.close();
			this.other.close();
		}

		@ParameterizedTest
		@EnumSource
		void itHoldsThat(RepositoryScenario scenario) {
			assertThat(wrong(scenario, this.one, this.other)).isZero();
		}

		@Test
		void findersReadFromReplicas() {
			People people = this.one.people();
			Point rome = new Point(12.5, 41.9);
			Person saved = Person.in("p", "Rome").living("Via Appia").tagged(List.of("red")).at(rome);
			people.save(saved);
			RepositoryIntegrationTests.this.redis.awaitInSync();
			Person person = people.findById("p").orElseThrow();
			assertThat(fromReplicas(() -> people.findById("p"))).contains(person);
			assertThat(fromReplicas(() -> people.existsById("p"))).isTrue();
			assertThat(fromReplicas(() -> people.count())).isEqualTo(1);
			assertThat(fromReplicas(() -> people.findAll())).containsExactly(person);
			assertThat(fromReplicas(() -> people.findAllById(List.of("p", "q")))).containsExactly(person);
			assertThat(fromReplicas(() -> people.findByCity("Rome"))).extracting(Person::id).containsExactly("p");
			assertThat(fromReplicas(() -> people.findByAddressStreet("Via Appia"))).extracting(Person::id)
				.containsExactly("p");
			assertThat(fromReplicas(() -> people.findByTags("red"))).extracting(Person::id).containsExactly("p");
			assertThat(fromReplicas(() -> people.findAll(Example.of(new Person(null, "Rome", null, null, null, null),
					ExampleMatcher.matching().withIgnorePaths("tags")))))
				.extracting(Person::id)
				.containsExactly("p");
			assertThat(fromReplicas(() -> people.findByLocationNear(rome, new Distance(1)))).extracting(Person::id)
				.containsExactly("p");
		}

		@Test
		void oneReplicaAnswersAllQuestionsOfAFinder() {
			People people = this.one.people();
			people.saveAll(List.of(Person.in("p", "Rome"), Person.in("q", "Rome"), Person.in("r", "Rome")));
			RepositoryIntegrationTests.this.redis.awaitInSync();
			int together = 0;
			for (int i = 0; i < 50; i++) {
				try (ReadTrace trace = ReadTrace.open()) {
					assertThat(people.findByCity("Rome")).hasSize(3);
					together += (trace.answers().size() == 1) ? 1 : 0;
				}
			}
			// where each question is asked of any of two, once in eight times or less
			assertThat(together).isGreaterThan(30);
		}

		@Test
		void findersSeeWhatTheirApplicationHasWrittenUnlessToldOtherwise() {
			People people = this.one.people();
			int old = 0;
			for (int i = 0; i < 5; i++) {
				String city = "city " + i;
				people.save(Person.in("p", city));
				assertThat(RoutingContext.call(ReadRequirement.ownWrites(), () -> people.findByCity(city))).hasSize(1);
				assertThat(RoutingContext.call(ReadRequirement.ownWrites(), () -> people.findById("p")))
					.hasValueSatisfying((person) -> assertThat(person.city()).isEqualTo(city));
				old += people.findByCity(city).isEmpty() ? 1 : 0;
			}
			assertThat(old).isPositive();
		}

		@Test
		void findersReturnNoEntityThatOneReplicaHasAndAnotherDoesNot() {
			ReplicatedRedis redis = RepositoryIntegrationTests.this.redis;
			redis.delayReplication(redis.replicas().get(0), Duration.ZERO);
			redis.delayReplication(redis.replicas().get(1), Duration.ofMillis(500));
			for (int i = 0; i < 3; i++) {
				String id = "p" + i;
				this.one.people().save(Person.in(id, "Rome").expiringAfter(100));
				for (int j = 0; j < 20; j++) {
					assertThat(this.other.people().findAll()).doesNotContainNull();
					assertThat(this.other.people().findById(id).stream())
						.allSatisfy((person) -> assertThat(person.timeToLive()).isGreaterThanOrEqualTo(-1));
				}
			}
		}

		private static <T> T fromReplicas(Supplier<T> finder) {
			try (ReadTrace trace = ReadTrace.open()) {
				T found = finder.get();
				assertThat(trace.answers()).isNotEmpty().allMatch((answer) -> answer.role() == NodeRole.REPLICA);
				return found;
			}
		}

	}

}
