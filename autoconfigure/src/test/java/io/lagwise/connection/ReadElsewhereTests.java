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
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.lagwise.consistency.FreshnessWatermark;
import io.lagwise.consistency.PeerProofs;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.FallbackReason;
import io.lagwise.routing.NodeGuard;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadElsewhere}.
 */
class ReadElsewhereTests {

	// everything takes longer than that
	private final Patience patience = new Patience(1, Long.MAX_VALUE, 100, new SlowCommands(Map.of()));

	private final ReplicaReads replica = new ReplicaReads(new NodeProbe(new NodeAddress("10.0.0.1", 6379), null,
			Duration.ofMillis(200), (node, connection, sentAt, answeredAt, status) -> {
			}, () -> {
			}, () -> 0), null, NodeGuard.NONE, new FreshnessWatermark(0), PeerProofs.NONE, ReplicaReadOptions.DEFAULTS,
			this.patience, () -> {
			});

	private final AsyncCommand<String, String, String> get = new AsyncCommand<>(new Command<>(CommandType.GET,
			new StatusOutput<>(StringCodec.UTF8), new CommandArgs<>(StringCodec.UTF8).addKey("key")));

	@Test
	void aReadThatHasFailedNowhereStaysAsItIs() {
		assertThat(ReadElsewhere.of(this.get, null, primary(true))).isSameAs(this.get);
		assertThat(ReadElsewhere.failures(this.get)).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aReadIsSlowIfThePrimaryWasWellAndTakesLongAsWell(boolean alive) {
		LateRead late = new LateRead(this.get, this.replica);
		AttemptFailure failure = new AttemptFailure(this.replica.address(), FallbackReason.TIMEOUT, "did not answer",
				Duration.ofMillis(200), late, null);
		RedisCommand<String, String, String> elsewhere = ReadElsewhere.of(this.get, failure, primary(alive));
		assertThat(ReadElsewhere.failures(elsewhere)).isSameAs(failure);
		late.answered(1000, System.nanoTime());
		elsewhere.complete();
		assertThat(this.get).isDone();
		assertThat(this.patience.slowCommands().time(this.get, System.nanoTime()) > 0).isEqualTo(alive);
	}

	private static KnownNodes primary(boolean alive) {
		return new KnownNodes() {

			@Override
			public ReplicationTopology topology() {
				return ReplicationTopology.UNKNOWN;
			}

			@Override
			public boolean isAlone() {
				return false;
			}

			@Override
			public NodeAddress primaryAddress() {
				return null;
			}

			@Override
			public boolean isPrimaryAliveSince(long instant) {
				return alive;
			}

			@Override
			public String describe(ReadDemand demand) {
				return "";
			}

			@Override
			public CompletableFuture<Void> firstLook() {
				return new CompletableFuture<>();
			}

		};
	}

}
