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

import java.util.concurrent.TimeUnit;

import io.lettuce.core.event.EventBus;
import io.lettuce.core.event.EventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.lettuce.core.resource.SocketAddressResolver;
import io.lettuce.core.tracing.Tracing;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.Timer;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;

/**
 * The resources of the application's client, of which something may be changed.
 */
abstract class DelegatingResources implements ClientResources {

	private final ClientResources resources;

	DelegatingResources(ClientResources resources) {
		this.resources = resources;
	}

	@Override
	public Delay reconnectDelay() {
		return this.resources.reconnectDelay();
	}

	@Override
	public NettyCustomizer nettyCustomizer() {
		return this.resources.nettyCustomizer();
	}

	@Override
	public Builder mutate() {
		return this.resources.mutate();
	}

	@Override
	public Future<Boolean> shutdown() {
		return this.resources.shutdown();
	}

	@Override
	public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit timeUnit) {
		return this.resources.shutdown(quietPeriod, timeout, timeUnit);
	}

	@Override
	public AddressResolverGroup<?> addressResolverGroup() {
		return this.resources.addressResolverGroup();
	}

	@Override
	public EventPublisherOptions commandLatencyPublisherOptions() {
		return this.resources.commandLatencyPublisherOptions();
	}

	@Override
	public CommandLatencyRecorder commandLatencyRecorder() {
		return this.resources.commandLatencyRecorder();
	}

	@Override
	public int computationThreadPoolSize() {
		return this.resources.computationThreadPoolSize();
	}

	@Override
	public EventBus eventBus() {
		return this.resources.eventBus();
	}

	@Override
	public EventLoopGroupProvider eventLoopGroupProvider() {
		return this.resources.eventLoopGroupProvider();
	}

	@Override
	public EventExecutorGroup eventExecutorGroup() {
		return this.resources.eventExecutorGroup();
	}

	@Override
	public int ioThreadPoolSize() {
		return this.resources.ioThreadPoolSize();
	}

	@Override
	public SocketAddressResolver socketAddressResolver() {
		return this.resources.socketAddressResolver();
	}

	@Override
	public Timer timer() {
		return this.resources.timer();
	}

	@Override
	public Tracing tracing() {
		return this.resources.tracing();
	}

}
