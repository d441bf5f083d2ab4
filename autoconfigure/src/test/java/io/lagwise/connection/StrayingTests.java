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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.lagwise.connection.Straying.Action;
import io.lagwise.replication.NodeAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Straying}.
 */
@ExtendWith(OutputCaptureExtension.class)
class StrayingTests {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final Straying straying = new Straying(new NodeAddress("service", 6379));

	@Test
	void connectionsThatOpenAgainOneAfterTheOtherAreLeftAlone(CapturedOutput output) {
		assertThat(this.straying.judge(false, true, 10)).isEqualTo(Action.KEEP);
		assertThat(this.straying.judge(false, true, SECOND)).isEqualTo(Action.KEEP);
		assertThat(this.straying.judge(true, true, SECOND + 10)).isEqualTo(Action.KEEP);
		assertThat(this.straying.judge(false, true, SECOND + 20)).isEqualTo(Action.KEEP);
		assertThat(this.straying.isEstablished()).isFalse();
		assertThat(output).doesNotContain("service:6379");
	}

	@Test
	void connectionsThatStayApartAreOpenedAgainEverMoreSeldomAndThatIsSaidOnce(CapturedOutput output) {
		List<Action> actions = new ArrayList<>();
		for (long now = 10; now < 60 * SECOND; now += SECOND / 20) {
			Action action = this.straying.judge(false, true, now);
			if (action != Action.KEEP) {
				actions.add(action);
			}
		}
		assertThat(actions).containsExactly(Action.REOPEN, Action.REOPEN_BOTH, Action.REOPEN, Action.REOPEN_BOTH,
				Action.REOPEN);
		assertThat(this.straying.isEstablished()).isTrue();
		assertThat(output.toString().split("Connections to service:6379 lead to different servers", -1)).hasSize(2);
		this.straying.judge(true, true, 60 * SECOND);
		assertThat(this.straying.isEstablished()).isFalse();
	}

	@Test
	void aServerThatHasNotSaidYetWhichItIsIsNotBlamed(CapturedOutput output) {
		this.straying.judge(false, false, 10);
		assertThat(this.straying.judge(false, false, 2 * SECOND)).isEqualTo(Action.REOPEN);
		assertThat(this.straying.isEstablished()).isFalse();
		assertThat(output).doesNotContain("service:6379");
	}

}
