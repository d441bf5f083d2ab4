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

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.lagwise.routing.NodeGuard;
import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.StatefulRedisConnectionImpl;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CompleteableCommand;
import io.lettuce.core.protocol.PushHandler;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import org.junit.jupiter.api.Test;
import org.mockito.Answers;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

class GuardProbeTests {

	private final NodeGuard guard = mock(NodeGuard.class);

	private final RedisChannelWriter writer = mock(RedisChannelWriter.class);

	private final RedisCommand<?, ?, ?> ping;

	GuardProbeTests() {
		given(this.guard.wantsProbe()).willReturn(true);
		given(this.writer.getClientResources()).willReturn(mock(ClientResources.class, Answers.RETURNS_DEEP_STUBS));
		new GuardProbe(this.guard, Duration.ofSeconds(1)).probeIfWanted(System.nanoTime(), connection());
		ArgumentCaptor<RedisCommand<?, ?, ?>> written = ArgumentCaptor.captor();
		then(this.writer).should().write(written.capture());
		this.ping = written.getValue();
	}

	@Test
	void aReplicaThatAnswersIsWell() {
		this.ping.getOutput().set(StandardCharsets.US_ASCII.encode("PONG"));
		this.ping.complete();
		then(this.guard).should().probed(eq(true), any());
	}

	@Test
	void aReplicaThatRefusesToPingIsWell() {
		error("NOPERM this user has no permissions to run the 'ping' command");
		then(this.guard).should().probed(eq(true), any());
	}

	@Test
	void aReplicaThatIsBusyIsNot() {
		error("BUSY Redis is busy running a script.");
		then(this.guard).should().probed(eq(false), any());
	}

	@Test
	void aReplicaThatClosesTheConnectionIsNot() {
		this.ping.cancel();
		then(this.guard).should().probed(eq(false), any());
	}

	@Test
	void aProbeIsNoTraceOfItsOwn() {
		assertThat(this.ping).isNotInstanceOf(CompleteableCommand.class);
	}

	private void error(String error) {
		this.ping.getOutput().setError(error);
		this.ping.complete();
	}

	private StatefulRedisConnection<byte[], byte[]> connection() {
		return new StatefulRedisConnectionImpl<>(this.writer, mock(PushHandler.class), ByteArrayCodec.INSTANCE,
				Duration.ofSeconds(1));
	}

}
