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
import java.util.concurrent.TimeUnit;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link FollowingResources}.
 */
class FollowingResourcesTests {

	private final ClientResources resources = mock(ClientResources.class);

	private final List<Channel> channels = new ArrayList<>();

	private final FollowingResources following = new FollowingResources(this.resources, this.channels::add);

	@ParameterizedTest
	@ValueSource(longs = { 1, 5, 20, 1000 })
	void connectionsAreOpenedAgainSoonHoweverLongThePrimaryIsAway(long attempt) {
		given(this.resources.reconnectDelay()).willReturn(Delay.exponential());
		assertThat(this.following.reconnectDelay().createDelay(attempt)).isLessThanOrEqualTo(Duration.ofMillis(100));
	}

	@Test
	void aDelayOfTheUserIsKept() {
		List<Delay> delays = List.of(Delay.constant(Duration.ofSeconds(5)), Delay.fullJitter(), Delay.equalJitter(),
				Delay.decorrelatedJitter().get(),
				Delay.exponential(Duration.ZERO, Duration.ofSeconds(5), 2, TimeUnit.MILLISECONDS),
				Delay.exponential(Duration.ofMillis(2), Duration.ofSeconds(30), 2, TimeUnit.MILLISECONDS));
		assertThat(delays).allSatisfy((delay) -> {
			given(this.resources.reconnectDelay()).willReturn(delay);
			assertThat(this.following.reconnectDelay()).isSameAs(delay);
		});
	}

	@Test
	void channelsAreKnownBeforeTheyConnectAndCustomizedAsBefore() {
		List<Channel> customized = new ArrayList<>();
		given(this.resources.nettyCustomizer()).willReturn(new NettyCustomizer() {

			@Override
			public void afterChannelInitialized(Channel channel) {
				customized.add(channel);
			}

		});
		EmbeddedChannel channel = new EmbeddedChannel();
		this.following.nettyCustomizer().afterChannelInitialized(channel);
		assertThat(customized).containsExactly(channel);
		assertThat(this.channels).containsExactly(channel);
	}

}
