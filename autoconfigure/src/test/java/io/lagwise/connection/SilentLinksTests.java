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
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandHandler;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.RedisCommand;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link SilentLinks}.
 */
class SilentLinksTests {

	private final Queue<RedisCommand<?, ?, ?>> owed = new ArrayDeque<>(
			List.of(new Command<>(CommandType.SET, new StatusOutput<>(StringCodec.UTF8))));

	private final CommandHandler lettuce = mock(CommandHandler.class);

	private final EmbeddedChannel channel = new EmbeddedChannel(new LinkActivity(), this.lettuce);

	private Duration elapsed = Duration.ZERO;

	private final SilentLinks links = new SilentLinks(() -> List.of(this.channel), this::ask, this::now);

	private CompletableFuture<Void> proof = new CompletableFuture<>();

	private int asked;

	@BeforeEach
	void owe() {
		given(this.lettuce.getStack()).willReturn(this.owed);
		this.channel.freezeTime();
		look();
		elapse(Duration.ofSeconds(3));
		look();
	}

	@Test
	void aSilentConnectionIsClosedWhenANewOneIsAnswered() {
		look();
		assertThat(this.asked).isOne();
		goOn();
		assertThat(this.channel.isOpen()).as("nobody has been answered").isTrue();
		this.proof.complete(null);
		goOn();
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void whatCannotBeProvenIsLeftAloneAndTriedAgainLater() {
		look();
		this.proof.completeExceptionally(new IllegalStateException("paused"));
		goOn();
		look();
		assertThat(this.asked).isOne();
		assertThat(this.channel.isOpen()).isTrue();
		elapse(Duration.ofSeconds(1));
		this.proof = CompletableFuture.completedFuture(null);
		look();
		goOn();
		assertThat(this.asked).isEqualTo(2);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aConnectionWhoseAnswersWereOnlyNotReadYetStaysOpen() {
		look();
		this.proof.complete(null);
		this.channel.writeInbound(Unpooled.wrappedBuffer(new byte[] { '+' }));
		goOn();
		assertThat(this.channel.isOpen()).isTrue();
	}

	@Test
	void aConnectionThatIsNotOverdueAnyMoreIsNotAskedAbout() {
		this.owed.clear();
		look();
		elapse(Duration.ofSeconds(3));
		look();
		this.asked = 0;
		elapse(Duration.ofSeconds(3));
		look();
		assertThat(this.asked).isZero();
	}

	private CompletableFuture<Void> ask() {
		this.asked++;
		return this.proof;
	}

	private long now() {
		return System.nanoTime() + this.elapsed.toNanos();
	}

	private void elapse(Duration time) {
		this.elapsed = this.elapsed.plus(time);
	}

	private void look() {
		this.links.look();
		this.channel.runPendingTasks();
	}

	private void goOn() {
		for (int i = 0; i < 10; i++) {
			this.channel.advanceTimeBy(50, TimeUnit.MILLISECONDS);
			this.channel.runPendingTasks();
			this.channel.runScheduledPendingTasks();
		}
	}

}
