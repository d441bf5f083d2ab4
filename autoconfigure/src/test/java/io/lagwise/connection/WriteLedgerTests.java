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

import io.lagwise.consistency.AcknowledgedWrites;
import io.lagwise.consistency.SessionHistory;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WriteLedger}.
 */
class WriteLedgerTests {

	private static final long BEFORE = 500;

	private static final long WRITTEN = 1000;

	private final SessionHistory own = SessionHistory.ofApplication(0);

	private final SessionHistory other = SessionHistory.ofApplication(0);

	private final WriteLedger ledger = new WriteLedger(this.own, List.of(this.own, this.other),
			new AcknowledgedWrites(), () -> null, () -> WRITTEN);

	@ParameterizedTest
	@EnumSource(names = { "SET", "INCR", "FLUSHDB" })
	void aWriteCountsInItsOwnDatabase(CommandType type) {
		end(this.ledger.mark(command(type), false));
		assertThat(this.own.hasEveryWrite(BEFORE)).isFalse();
		assertThat(this.own.hasEveryWrite(WRITTEN)).isTrue();
		assertThat(this.other.hasEveryWrite(BEFORE)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "MOVE", "COPY", "EVAL", "EVALSHA", "FCALL", "FLUSHALL", "SWAPDB" })
	void whatMayWriteToAnotherDatabaseCountsInEveryOne(CommandType type) {
		end(this.ledger.mark(command(type), false));
		assertThat(this.own.hasEveryWrite(BEFORE)).isFalse();
		assertThat(this.other.hasEveryWrite(BEFORE)).isFalse();
		assertThat(this.other.hasEveryWrite(WRITTEN)).isTrue();
	}

	@Test
	void whatIsExecutedInATransactionCountsTheSame() {
		end(this.ledger.markQueued(command(CommandType.MOVE), false));
		assertThat(this.other.hasEveryWrite(BEFORE)).isFalse();
	}

	@Test
	void aWriteOnAConnectionThatMayHaveSelectedAnotherDatabaseCountsInEveryOne() {
		end(this.ledger.mark(command(CommandType.SET), true));
		assertThat(this.own.hasEveryWrite(BEFORE)).isFalse();
		assertThat(this.other.hasEveryWrite(BEFORE)).isFalse();
	}

	private static void end(@Nullable WriteMark mark) {
		assertThat(mark).isNotNull();
		mark.failed();
	}

	private static RedisCommand<String, String, Object> command(CommandType type) {
		return new Command<>(type, null, new CommandArgs<>(StringCodec.UTF8).addKey("key").add(1));
	}

}
