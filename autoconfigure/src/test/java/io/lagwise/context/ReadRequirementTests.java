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

import java.util.List;
import java.util.stream.Stream;

import io.lagwise.annotation.Fallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What requirements ask for, and how they combine.
 */
class ReadRequirementTests {

	private static final ReadRequirement PRIMARY = ReadRequirement.primary();

	private static final ReadRequirement REPLICA = ReadRequirement.anyReplica();

	private static final ReadRequirement REPLICA_ONLY = ReadRequirement.anyReplica(Fallback.NONE);

	private static final ReadRequirement OWN_WRITES = ReadRequirement.ownWrites();

	private static final List<ReadRequirement> ALL = List.of(PRIMARY, REPLICA, REPLICA_ONLY, OWN_WRITES);

	@Test
	void primaryRequiresThePrimary() {
		assertThat(PRIMARY.requiresPrimary()).isTrue();
		assertThat(PRIMARY).hasToString("primary");
	}

	@Test
	void anyReplicaFallsBackToThePrimary() {
		assertThat(REPLICA.requiresPrimary()).isFalse();
		assertThat(REPLICA.fallback()).isEqualTo(Fallback.PRIMARY);
		assertThat(ReadRequirement.anyReplica(Fallback.PRIMARY)).isEqualTo(REPLICA);
		assertThat(REPLICA).hasToString("any-replica");
	}

	@Test
	void anyReplicaWithoutFallbackSaysSo() {
		assertThat(REPLICA_ONLY.requiresPrimary()).isFalse();
		assertThat(REPLICA_ONLY.fallback()).isEqualTo(Fallback.NONE);
		assertThat(REPLICA_ONLY).hasToString("any-replica without fallback");
	}

	@Test
	void nullIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> ReadRequirement.anyReplica(null))
			.withMessage("'fallback' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> PRIMARY.and(null))
			.withMessage("'other' must not be null");
	}

	@ParameterizedTest(name = "{0} and {1} is {2}")
	@MethodSource
	void strictestOfTwoHolds(ReadRequirement one, ReadRequirement other, ReadRequirement both) {
		assertThat(one.and(other)).isEqualTo(both);
		assertThat(other.and(one)).isEqualTo(both);
	}

	static Stream<Arguments> strictestOfTwoHolds() {
		return Stream.of(Arguments.of(PRIMARY, PRIMARY, PRIMARY), Arguments.of(PRIMARY, REPLICA, PRIMARY),
				Arguments.of(PRIMARY, REPLICA_ONLY, PRIMARY), Arguments.of(REPLICA, REPLICA, REPLICA),
				Arguments.of(REPLICA, REPLICA_ONLY, REPLICA_ONLY),
				Arguments.of(REPLICA_ONLY, REPLICA_ONLY, REPLICA_ONLY), Arguments.of(OWN_WRITES, REPLICA, OWN_WRITES),
				Arguments.of(OWN_WRITES, ReadRequirement.consistent(), ReadRequirement.consistent()),
				Arguments.of(OWN_WRITES, PRIMARY, PRIMARY));
	}

	@Test
	void ownWritesNeedNoProofWhereNothingWasWritten() {
		assertThat(OWN_WRITES.isOwnWrites()).isTrue();
		assertThat(OWN_WRITES.isConsistent()).isFalse();
		assertThat(OWN_WRITES.requiresProof()).isFalse();
		assertThat(OWN_WRITES).hasToString("own-writes");
	}

	@Test
	void lookUpsAreKeptByConnections() {
		ReadRequirement lookUp = ReadRequirement.consistent().forLookUps(true);
		assertThat(lookUp.isForLookUps()).isTrue();
		assertThat(lookUp.rechecksMisses()).isTrue();
		assertThat(lookUp.isKept()).isTrue();
		assertThat(lookUp.isConsistent()).isTrue();
		assertThat(ReadRequirement.consistent().isKept()).isFalse();
		assertThat(ReadRequirement.consistent().isForLookUps()).isFalse();
	}

	@Test
	void whatIsKeptIsKeptInCombination() {
		assertThat(PRIMARY.kept().and(REPLICA).isKept()).isTrue();
		assertThat(REPLICA.and(PRIMARY.kept()).isKept()).isTrue();
		assertThat(REPLICA.and(PRIMARY.kept()).requiresPrimary()).isTrue();
		assertThat(PRIMARY.kept().kept().isKept()).isTrue();
	}

	@Test
	void theLaterInstantOfTwoLookUpsHolds() {
		ReadRequirement lookUp = REPLICA.forLookUps(false);
		assertThat(lookUp.since()).isNull();
		assertThat(lookUp.requiresProof()).isFalse();
		assertThat(lookUp.since(2).and(lookUp.since(1)).since()).isEqualTo(2);
		assertThat(lookUp.since(2).since(1).since()).isEqualTo(2);
		assertThat(lookUp.and(lookUp.since(1)).since()).isEqualTo(1);
		assertThat(lookUp.since(1).requiresProof()).isTrue();
		assertThat(lookUp.since(1).forLookUps(true).since()).isEqualTo(1);
	}

	@Test
	void anInstantMattersToLookUpsOnly() {
		assertThat(REPLICA.since(1)).isSameAs(REPLICA);
	}

	@Test
	void oneLookUpOfTwoThatRechecksIsEnough() {
		ReadRequirement both = REPLICA.forLookUps(false).and(REPLICA.forLookUps(true));
		assertThat(both.rechecksMisses()).isTrue();
		assertThat(both.and(PRIMARY).requiresPrimary()).isTrue();
	}

	@Test
	void groupingDoesNotMatter() {
		for (ReadRequirement first : ALL) {
			for (ReadRequirement second : ALL) {
				for (ReadRequirement third : ALL) {
					assertThat(first.and(second).and(third)).isEqualTo(first.and(second.and(third)));
				}
			}
		}
	}

}
