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

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lettuce.core.ReadFrom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadFromDefaults}.
 */
class ReadFromDefaultsTests {

	@SuppressWarnings("deprecation")
	static Stream<Arguments> settings() {
		ReadRequirement primary = ReadRequirement.primary();
		ReadRequirement ownWrites = ReadRequirement.ownWrites();
		return Stream.of(Arguments.of(ReadFrom.UPSTREAM, primary), Arguments.of(ReadFrom.UPSTREAM_PREFERRED, primary),
				Arguments.of(ReadFrom.MASTER, primary), Arguments.of(ReadFrom.MASTER_PREFERRED, primary),
				Arguments.of(ReadFrom.REPLICA_PREFERRED, ownWrites), Arguments.of(ReadFrom.ANY_REPLICA, ownWrites),
				Arguments.of(ReadFrom.ANY, ownWrites), Arguments.of(ReadFrom.LOWEST_LATENCY, ownWrites),
				Arguments.of(ReadFrom.REPLICA, ReadRequirement.anyReplica(Fallback.NONE)));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void aSettingOfLettuceIsARequirement(ReadFrom readFrom, ReadRequirement expected) {
		assertThat(ReadFromDefaults.of(Optional.of(readFrom)).requirement()).isSameAs(expected);
	}

	@Test
	void anApplicationSeesItsOwnWritesUnlessSet() {
		ReadFromDefaults defaults = ReadFromDefaults.of(Optional.empty());
		assertThat(defaults.requirement()).isSameAs(ReadRequirement.ownWrites());
		assertThat(balancer(defaults)).isEqualTo("PowerOfTwoChoices");
	}

	@Test
	void lowestLatencyIsALoadBalancer() {
		assertThat(balancer(ReadFromDefaults.of(Optional.of(ReadFrom.LOWEST_LATENCY)))).isEqualTo("LowestLatency");
		assertThat(List.of(ReadFrom.UPSTREAM, ReadFrom.REPLICA, ReadFrom.ANY_REPLICA, ReadFrom.REPLICA_PREFERRED))
			.allSatisfy(
					(it) -> assertThat(balancer(ReadFromDefaults.of(Optional.of(it)))).isEqualTo("PowerOfTwoChoices"));
	}

	private static String balancer(ReadFromDefaults defaults) {
		return defaults.loadBalancer().getClass().getSimpleName();
	}

}
