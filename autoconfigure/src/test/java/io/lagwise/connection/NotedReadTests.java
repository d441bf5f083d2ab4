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

import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.routing.ReadRouter;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Reads that go to the primary without asking for anything: what they show is noted.
 */
class NotedReadTests {

	private static final long START = System.nanoTime();

	private static final int REPLICA = 7;

	private final SessionHistory own = SessionHistory.ofApplication(START);

	private final SessionHistory other = SessionHistory.ofApplication(START);

	private final KnownNodes nodes = mock(KnownNodes.class);

	private final ReadDispatcher dispatcher = new ReadDispatcher(mock(ReadCommands.class), mock(ReadRouter.class),
			ReadRequirement.anyReplica(), this.nodes, mock(AttemptDeadlines.class), ReplicaReadOptions.DEFAULTS,
			mock(RefusedWrites.class),
			new Consistency(this.own, List.of(this.own, this.other), mock(DefaultConsistencySessions.class),
					mock(WriteLedger.class), mock(ParkedReads.class), ReplicaReadOptions.DEFAULTS),
			mock(WriteScopes.class));

	private final Command<String, String, Object> read = new Command<>(CommandType.GET, null,
			new CommandArgs<>(StringCodec.UTF8).addKey("key"));

	private final int key = CommandKeys.of(this.read).hash(0);

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void noReplicaServesLaterWhatIsOlderThanTheAnswer(boolean elsewhere) {
		ConnectionUse use = ConnectionUse.begin();
		if (elsewhere) {
			use.markWrite(CommandType.SELECT);
		}
		RedisCommand<String, String, Object> noted = this.dispatcher.noted(this.read, use);
		long before = System.nanoTime();
		assertThat(this.own.admits(this.key, REPLICA, before)).isTrue();
		noted.complete();
		assertThat(this.read.isDone()).isTrue();
		assertThat(this.own.admits(this.key, REPLICA, before)).isFalse();
		assertThat(this.own.hasWrites(this.key, before)).as("nothing was written").isTrue();
		assertThat(this.other.admits(this.key, REPLICA, before)).as("another database").isNotEqualTo(elsewhere);
	}

	@Test
	void nothingIsNotedWhereThereIsNoReplica() {
		given(this.nodes.isAlone()).willReturn(true);
		assertThat(this.dispatcher.noted(this.read, ConnectionUse.begin())).isSameAs(this.read);
	}

}
