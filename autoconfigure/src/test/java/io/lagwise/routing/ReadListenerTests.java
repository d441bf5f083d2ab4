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

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What combined listeners hear.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReadListenerTests {

	private static final NodeAddress REPLICA = new NodeAddress("127.0.0.1", 2);

	private final List<String> heard = new ArrayList<>();

	@Test
	void everyListenerHearsEverythingInOrder() {
		tell(ReadListener.of(List.of(new Recorder("a"), ReadListener.NONE, new Recorder("b"))));
		assertThat(this.heard).containsExactly("a ended REPLICA any-replica ANY_REPLICA ANSWERED",
				"b ended REPLICA any-replica ANY_REPLICA ANSWERED", "a answered PRIMARY 5", "b answered PRIMARY 5",
				"a failed 127.0.0.1:2 TIMEOUT PT0.2S", "b failed 127.0.0.1:2 TIMEOUT PT0.2S", "a fell TIMEOUT true",
				"b fell TIMEOUT true");
	}

	@Test
	void combinedListenersCanBeCombined() {
		ReadListener first = ReadListener.of(List.of(new Recorder("a"), new Recorder("b")));
		ReadListener.of(List.of(first, new Recorder("c"))).fellBack(FallbackReason.LOADING, false);
		assertThat(this.heard).containsExactly("a fell LOADING false", "b fell LOADING false", "c fell LOADING false");
	}

	@Test
	void nobodyIsNobody() {
		assertThat(ReadListener.of(List.of())).isSameAs(ReadListener.NONE);
		assertThat(ReadListener.of(List.of(ReadListener.NONE, ReadListener.NONE))).isSameAs(ReadListener.NONE);
	}

	@Test
	void aListenerThatThrowsStopsNobodyAndIsReportedOnce(CapturedOutput output) {
		ReadListener listener = ReadListener.of(List.of(new Thrower(), new Recorder("b")));
		tell(listener);
		tell(listener);
		assertThat(this.heard).hasSize(8).allMatch((what) -> what.startsWith("b "));
		assertThat(output).containsOnlyOnce("Read listener " + Thrower.class.getName() + " failed");
	}

	@Test
	void aSingleListenerThatThrowsHurtsNobodyEither() {
		tell(ReadListener.of(List.of(new Thrower())));
	}

	private static void tell(ReadListener listener) {
		listener.readEnded(NodeRole.REPLICA, ReadRequirement.anyReplica(), RoutingReason.ANY_REPLICA,
				ReadOutcome.ANSWERED);
		listener.attemptAnswered(NodeRole.PRIMARY, 5);
		listener.attemptFailed(REPLICA, FallbackReason.TIMEOUT, Duration.ofMillis(200));
		listener.fellBack(FallbackReason.TIMEOUT, true);
	}

	private final class Recorder implements ReadListener {

		private final String name;

		Recorder(String name) {
			this.name = name;
		}

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			hear("ended", role, requirement, reason, outcome);
		}

		@Override
		public void attemptAnswered(NodeRole role, long nanos) {
			hear("answered", role, nanos);
		}

		@Override
		public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
			hear("failed", replica, reason, elapsed);
		}

		@Override
		public void fellBack(FallbackReason reason, boolean permitted) {
			hear("fell", reason, permitted);
		}

		private void hear(Object... what) {
			StringBuilder text = new StringBuilder(this.name);
			for (Object part : what) {
				text.append(' ').append(part);
			}
			ReadListenerTests.this.heard.add(text.toString());
		}

	}

	private static final class Thrower implements ReadListener {

		@Override
		public void readEnded(@Nullable NodeRole role, ReadRequirement requirement, RoutingReason reason,
				ReadOutcome outcome) {
			throw new IllegalStateException("ended");
		}

		@Override
		public void attemptAnswered(NodeRole role, long nanos) {
			throw new IllegalStateException("answered");
		}

		@Override
		public void attemptFailed(NodeAddress replica, FallbackReason reason, Duration elapsed) {
			throw new IllegalStateException("failed");
		}

		@Override
		public void fellBack(FallbackReason reason, boolean permitted) {
			throw new IllegalStateException("fell back");
		}

	}

}
