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

import java.util.concurrent.CompletableFuture;

import io.lagwise.annotation.Fallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Which requirement is in force while scopes open and close.
 */
class RoutingContextTests {

	private static final ReadRequirement PRIMARY = ReadRequirement.primary();

	private static final ReadRequirement REPLICA = ReadRequirement.anyReplica();

	private static final ReadRequirement REPLICA_ONLY = ReadRequirement.anyReplica(Fallback.NONE);

	@AfterEach
	void nothingIsLeftOpen() {
		assertThat(RoutingContext.currentRequirement()).isNull();
		assertThat(RoutingContext.currentTrace()).isNull();
	}

	@Test
	void nothingIsAskedForOutsideScopes() {
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void requirementIsInForceWhileTheScopeIsOpen() {
		try (RoutingContext.Scope scope = RoutingContext.open(REPLICA)) {
			assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA);
		}
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void innerScopeTightensAndItsEndRestores() {
		try (RoutingContext.Scope outer = RoutingContext.open(REPLICA)) {
			try (RoutingContext.Scope middle = RoutingContext.open(REPLICA_ONLY)) {
				assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA_ONLY);
				try (RoutingContext.Scope inner = RoutingContext.open(PRIMARY)) {
					assertThat(RoutingContext.currentRequirement()).isEqualTo(PRIMARY);
				}
				assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA_ONLY);
			}
			assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA);
		}
	}

	@Test
	void innerScopeDoesNotLoosen() {
		try (RoutingContext.Scope outer = RoutingContext.open(PRIMARY)) {
			try (RoutingContext.Scope inner = RoutingContext.open(REPLICA)) {
				assertThat(RoutingContext.currentRequirement()).isEqualTo(PRIMARY);
			}
		}
	}

	@Test
	void closingTwiceHasNoEffect() {
		try (RoutingContext.Scope outer = RoutingContext.open(REPLICA)) {
			RoutingContext.Scope inner = RoutingContext.open(PRIMARY);
			inner.close();
			inner.close();
			assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA);
		}
	}

	@Test
	void scopesLeftOpenEndWithTheOneAroundThem() {
		try (RoutingContext.Scope outer = RoutingContext.open(REPLICA)) {
			RoutingContext.open(PRIMARY);
			RoutingContext.open(PRIMARY);
		}
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void innerScopeClosedAfterItsOuterOneChangesNothing() {
		RoutingContext.Scope outer = RoutingContext.open(REPLICA);
		RoutingContext.Scope inner = RoutingContext.open(PRIMARY);
		outer.close();
		inner.close();
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void scopeClosedOnAnotherThreadEndsOnItsOwnToo() {
		try (RoutingContext.Scope outer = RoutingContext.open(REPLICA)) {
			RoutingContext.Scope scope = RoutingContext.open(PRIMARY);
			CompletableFuture.runAsync(scope::close).join();
			assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA);
			try (RoutingContext.Scope inner = RoutingContext.open(REPLICA_ONLY)) {
				assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA_ONLY);
			}
			scope.close();
			assertThat(RoutingContext.currentRequirement()).isEqualTo(REPLICA);
		}
	}

	@Test
	void scopeClosedOnAnotherThreadIsNotComeBackTo() {
		RoutingContext.Scope scope = RoutingContext.open(REPLICA);
		try (RoutingContext.Scope inner = RoutingContext.open(PRIMARY)) {
			CompletableFuture.runAsync(scope::close).join();
			assertThat(RoutingContext.currentRequirement()).isEqualTo(PRIMARY);
		}
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void sessionWhoseScopeIsClosedOnAnotherThreadIsNotThatOfWhoeverUsesTheThreadNext() {
		RoutingContext.Scope scope = RoutingContext.bind(new ForeignSession());
		CompletableFuture.runAsync(scope::close).join();
		assertThat(RoutingContext.currentSession()).isNull();
	}

	@Test
	void writesOfAThreadWhoseScopeIsClosedOnAnotherOneAreNotWaitedFor() {
		WriteScope writes = WriteScope.open(WriteRequirement.allReplicas());
		try (RoutingContext.Scope inner = RoutingContext.open(REPLICA)) {
			CompletableFuture.runAsync(writes::close).join();
			assertThat(RoutingContext.currentWrites()).isNull();
		}
		assertThat(RoutingContext.currentWrites()).isNull();
	}

	@Test
	void otherThreadsAreNotAffected() {
		try (RoutingContext.Scope scope = RoutingContext.open(PRIMARY)) {
			assertThat(CompletableFuture.supplyAsync(RoutingContext::currentRequirement).join()).isNull();
		}
	}

	@Test
	void callRunsInScopeAndReturnsTheResult() {
		ReadRequirement inForce = RoutingContext.call(PRIMARY, RoutingContext::currentRequirement);
		assertThat(inForce).isEqualTo(PRIMARY);
	}

	@Test
	void callClosesItsScopeWhenTheActionFails() {
		assertThatIllegalStateException().isThrownBy(() -> RoutingContext.call(PRIMARY, () -> {
			throw new IllegalStateException("failed");
		})).withMessage("failed");
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void traceIsVisibleInScopesInsideIt() {
		try (ReadTrace trace = ReadTrace.open()) {
			try (RoutingContext.Scope scope = RoutingContext.open(PRIMARY)) {
				assertThat(RoutingContext.currentTrace()).isSameAs(trace);
				assertThat(RoutingContext.currentRequirement()).isEqualTo(PRIMARY);
			}
		}
	}

	@Test
	void traceKeepsTheRequirementInForce() {
		try (RoutingContext.Scope scope = RoutingContext.open(PRIMARY)) {
			try (ReadTrace trace = ReadTrace.open()) {
				assertThat(RoutingContext.currentRequirement()).isEqualTo(PRIMARY);
			}
			assertThat(RoutingContext.currentTrace()).isNull();
			assertThat(RoutingContext.currentRequirement()).isEqualTo(PRIMARY);
		}
	}

	@Test
	void nullIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> RoutingContext.open(null))
			.withMessage("'requirement' must not be null");
	}

	private static final class ForeignSession implements ConsistencySession {

		@Override
		public RoutingContext.Scope bind() {
			return RoutingContext.bind(this);
		}

		@Override
		public String token() {
			throw new UnsupportedOperationException();
		}

	}

}
