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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What combined listeners hear.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReplicationListenerTests {

	private static final ReplicationEvent EVENT = new TopologyRefreshedEvent(ReplicationTopology.UNKNOWN);

	private final List<String> heard = new ArrayList<>();

	@Test
	void aListenerThatThrowsStopsNobodyAndIsReportedOnce(CapturedOutput output) {
		ReplicationListener listener = ReplicationListener.of(List.of((event) -> this.heard.add("a"),
				ReplicationListener.NONE, new Thrower(), (event) -> this.heard.add("b")));
		listener.onEvent(EVENT);
		listener.onEvent(EVENT);
		assertThat(this.heard).containsExactly("a", "b", "a", "b");
		assertThat(output)
			.containsOnlyOnce("Replication listener " + Thrower.class.getName() + " failed on TopologyRefreshedEvent");
	}

	private static final class Thrower implements ReplicationListener {

		@Override
		public void onEvent(ReplicationEvent event) {
			throw new IllegalStateException("failed");
		}

	}

}
