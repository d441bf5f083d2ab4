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

import io.lagwise.routing.NodeGuard;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.AsyncCommand;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.Test;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class GuardProbeTests {

	private final NodeGuard guard = mock(NodeGuard.class);

	private final AsyncCommand<String, String, String> ping = new AsyncCommand<>(
			new Command<>(CommandType.PING, new StatusOutput<>(StringCodec.UTF8)));

	GuardProbeTests() {
		given(this.guard.wantsProbe()).willReturn(true);
		new GuardProbe(this.guard, Duration.ofSeconds(1)).probeIfWanted(System.nanoTime(), connection(this.ping));
	}

	@Test
	void aReplicaThatRefusesToPingIsWell() {
		this.ping.completeExceptionally(
				new RedisCommandExecutionException("NOPERM this user has no permissions to run the 'ping' command"));
		then(this.guard).should().probed(eq(true), any());
	}

	@Test
	void aReplicaThatIsBusyIsNot() {
		this.ping.completeExceptionally(new RedisBusyException("BUSY Redis is busy running a script."));
		then(this.guard).should().probed(eq(false), any());
	}

	@SuppressWarnings("unchecked")
	private static StatefulRedisConnection<byte[], byte[]> connection(RedisFuture<String> ping) {
		RedisAsyncCommands<byte[], byte[]> commands = mock(RedisAsyncCommands.class);
		given(commands.ping()).willReturn(ping);
		StatefulRedisConnection<byte[], byte[]> connection = mock(StatefulRedisConnection.class);
		given(connection.async()).willReturn(commands);
		return connection;
	}

}
