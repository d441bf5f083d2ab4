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

package io.lagwise.replication;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Membership}.
 */
class MembershipTests {

	private static final NodeAddress FIRST = new NodeAddress("localhost", 1);

	private static final NodeAddress SECOND = new NodeAddress("localhost", 2);

	@Test
	void thePrimaryIsAMember() {
		assertThat(new Membership(FIRST, Set.of(SECOND)).nodes()).containsExactly(FIRST, SECOND);
	}

	@Test
	void membersAreInTheOrderOfTheirAddresses() {
		assertThat(Membership.withoutPrimary(List.of(SECOND, FIRST)).nodes()).containsExactly(FIRST, SECOND);
	}

	@Test
	void membersCannotBeChanged() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> new Membership(FIRST, Set.of()).nodes().add(SECOND));
	}

	@Test
	void candidatesAreWatchedAndDoNotBelongHere() {
		Membership membership = new Membership(FIRST, Set.of(), Set.of(FIRST, SECOND));
		assertThat(membership.nodes()).containsExactly(FIRST);
		assertThat(membership.candidates()).containsExactly(SECOND);
		assertThat(membership.watched()).containsExactly(FIRST, SECOND);
		assertThat(new Membership(FIRST, Set.of()).watched()).containsExactly(FIRST);
	}

}
