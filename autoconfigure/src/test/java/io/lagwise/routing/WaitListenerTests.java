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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What combined listeners hear of waiting.
 */
@ExtendWith(OutputCaptureExtension.class)
class WaitListenerTests {

	private final List<String> heard = new ArrayList<>();

	@Test
	void everyListenerHearsEverythingInOrder() {
		tell(WaitListener.of(List.of(new Recorder("a"), WaitListener.NONE, new Recorder("b"))));
		assertThat(this.heard).containsExactly("a writes 2 1 5", "b writes 2 1 5", "a barrier 3 2 7",
				"b barrier 3 2 7");
	}

	@Test
	void combinedListenersCanBeCombined() {
		WaitListener first = WaitListener.of(List.of(new Recorder("a"), new Recorder("b")));
		WaitListener.of(List.of(first, new Recorder("c"))).writesConfirmed(1, 1, 1);
		assertThat(this.heard).containsExactly("a writes 1 1 1", "b writes 1 1 1", "c writes 1 1 1");
	}

	@Test
	void nobodyIsNobody() {
		assertThat(WaitListener.of(List.of(WaitListener.NONE))).isSameAs(WaitListener.NONE);
		tell(WaitListener.NONE);
	}

	@Test
	void aListenerThatThrowsStopsNobodyAndIsReportedOnce(CapturedOutput output) {
		WaitListener listener = WaitListener.of(List.of(WaitListener.of(List.of(new Thrower())), new Recorder("b")));
		tell(listener);
		tell(listener);
		assertThat(this.heard).hasSize(4).allMatch((what) -> what.startsWith("b "));
		assertThat(output).containsOnlyOnce("Wait listener " + Thrower.class.getName() + " failed");
	}

	private static void tell(WaitListener listener) {
		listener.writesConfirmed(2, 1, 5);
		listener.barrierEnded(3, 2, 7);
	}

	private final class Recorder implements WaitListener {

		private final String name;

		Recorder(String name) {
			this.name = name;
		}

		@Override
		public void writesConfirmed(int required, int confirmed, long nanos) {
			WaitListenerTests.this.heard.add(this.name + " writes " + required + " " + confirmed + " " + nanos);
		}

		@Override
		public void barrierEnded(int asked, int confirmed, long nanos) {
			WaitListenerTests.this.heard.add(this.name + " barrier " + asked + " " + confirmed + " " + nanos);
		}

	}

	private static final class Thrower implements WaitListener {

		@Override
		public void writesConfirmed(int required, int confirmed, long nanos) {
			throw new IllegalStateException("writes");
		}

		@Override
		public void barrierEnded(int asked, int confirmed, long nanos) {
			throw new IllegalStateException("barrier");
		}

	}

}
