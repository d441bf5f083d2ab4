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

import io.lagwise.replication.NodeObservation.Reachability;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NodeObservation}.
 */
class NodeObservationTests {

	@Test
	void theTimeAtWhichALinkWasLostIsThatOfTheFirstAnswerThatSaysSo() {
		NodeObservation observation = NodeObservation.NONE.answered(replica(LinkStatus.UP), 100, 100)
			.answered(replica(LinkStatus.DOWN), 200, 200)
			.answered(replica(LinkStatus.SYNCHRONIZING), 300, 300)
			.answered(replica(LinkStatus.DOWN), 400, 400);
		assertThat(observation.linkLostAt()).isEqualTo(200);
		assertThat(observation.answeredAt()).isEqualTo(400);
	}

	@Test
	void aLinkThatIsLostAgainIsLostAnew() {
		NodeObservation observation = NodeObservation.NONE.answered(replica(LinkStatus.DOWN), 100, 100)
			.answered(replica(LinkStatus.UP), 200, 200)
			.answered(replica(LinkStatus.DOWN), 300, 300);
		assertThat(observation.linkLostAt()).isEqualTo(300);
	}

	@Test
	void aNodeThatFailsKeepsItsLastAnswer() {
		NodeObservation answered = NodeObservation.NONE.answered(replica(LinkStatus.DOWN), 100, 100);
		NodeObservation failed = answered.failed(Reachability.SILENT);
		assertThat(failed)
			.isEqualTo(new NodeObservation(Reachability.SILENT, answered.status(), 100, 100, 100, false, null));
		assertThat(failed.answered(replica(LinkStatus.DOWN), 200, 200).linkLostAt()).isEqualTo(100);
	}

	@Test
	void aLinkThatWasSeenUpIsOfTheSameProcessUntilTheConnectionIsLost() {
		NodeObservation up = NodeObservation.NONE.answered(replica(LinkStatus.UP), 100, 100);
		assertThat(up.answered(replica(LinkStatus.DOWN), 200, 200).linkSeenUp()).isTrue();
		assertThat(up.failed(Reachability.SILENT).answered(replica(LinkStatus.DOWN), 200, 200).linkSeenUp()).isTrue();
		assertThat(up.disconnected(Reachability.SILENT).answered(replica(LinkStatus.DOWN), 200, 200).linkSeenUp())
			.isFalse();
		assertThat(up.disconnected(Reachability.SILENT).reachability()).isEqualTo(Reachability.SILENT);
	}

	@Test
	void aPrimaryHasNoLinkThatCouldBeUp() {
		ReplicationStatus primary = new ReplicationStatus(NodeRole.PRIMARY, "id", 0, LinkStatus.UP, null, List.of());
		assertThat(NodeObservation.NONE.answered(primary, 100, 100).linkSeenUp()).isFalse();
	}

	private static ReplicationStatus replica(LinkStatus link) {
		return new ReplicationStatus(NodeRole.REPLICA, "id", 0, link, null, List.of());
	}

}
