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

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.protocol.RedisCommand;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.tracing.TraceContext;
import io.lettuce.core.tracing.TraceContextProvider;
import io.lettuce.core.tracing.Tracer;
import io.lettuce.core.tracing.TracerProvider;
import io.lettuce.core.tracing.Tracing;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application that traces its commands gets to see.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class TracingIntegrationTests {

	private final ReplicatedRedis redis;

	private final RecordingTracing tracing = new RecordingTracing();

	private final ClientResources resources = ClientResources.builder().tracing(this.tracing).build();

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	TracingIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis,
				LettuceClientConfiguration.builder()
					.clientResources(this.resources)
					.clientName(Clients.NAME)
					.commandTimeout(Duration.ofSeconds(10))
					.build());
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
		this.tracing.spans.clear();
	}

	@AfterEach
	void disconnect() {
		this.tracing.current.remove();
		this.redis.replicas().forEach(this.redis::healReplication);
		this.factory.destroy();
		this.resources.shutdown(0, 1, TimeUnit.SECONDS);
	}

	@Test
	void questionsOfTheMonitorAreNoTraces() {
		this.redis.resetStatistics();
		RedisNode replica = this.redis.replicas().get(0);
		await().until(() -> this.redis.commandsServed(replica, "info") > 10);
		assertThat(this.tracing.spans).extracting(Span::name).isEmpty();
	}

	@Test
	void barriersAreNoTracesAndReadsThatWaitForThemBelongToTheirCaller() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(5)));
		this.tracing.current.set(new Parent("caller"));
		for (int i = 0; i < 50; i++) {
			String value = "value " + i;
			this.template.opsForValue().set("key", value);
			assertThat(RoutingContext.call(ReadRequirement.consistent(), () -> this.template.opsForValue().get("key")))
				.isEqualTo(value);
		}
		assertThat(this.tracing.spans).extracting(Span::name).containsOnly("SET", "GET");
		assertThat(this.tracing.spans).extracting(Span::parent).containsOnly("caller");
	}

	@Test
	void readsThatAreSentOnceMoreBelongToTheirCaller() {
		this.redis.freeze(this.redis.replicas().get(0));
		this.tracing.current.set(new Parent("caller"));
		for (int i = 0; i < 20; i++) {
			assertThat(this.template.opsForValue().get("key")).isEqualTo("value");
		}
		assertThat(this.tracing.spans.stream().filter((span) -> span.name.equals("GET"))).hasSizeGreaterThan(20)
			.extracting(Span::parent)
			.containsOnly("caller");
	}

	@Test
	void missesThatAreAskedOnceMoreBelongToTheirCaller() {
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(50)));
		this.tracing.current.set(new Parent("caller"));
		ReadRequirement lookUp = ReadRequirement.anyReplica().forLookUps(true);
		for (int i = 0; i < 20; i++) {
			assertThat(RoutingContext.call(lookUp, () -> this.template.opsForValue().get("missing"))).isNull();
		}
		assertThat(this.tracing.spans).hasSizeGreaterThan(20).extracting(Span::parent).containsOnly("caller");
	}

	private record Parent(String name) implements TraceContext {

	}

	private static final class RecordingTracing implements Tracing, TraceContextProvider, TracerProvider {

		private final List<Span> spans = new CopyOnWriteArrayList<>();

		private final ThreadLocal<TraceContext> current = ThreadLocal.withInitial(() -> TraceContext.EMPTY);

		@Override
		public TracerProvider getTracerProvider() {
			return this;
		}

		@Override
		public TraceContextProvider initialTraceContextProvider() {
			return this;
		}

		@Override
		public boolean isEnabled() {
			return true;
		}

		@Override
		public boolean includeCommandArgsInSpanTags() {
			return false;
		}

		@Override
		public Endpoint createEndpoint(SocketAddress socketAddress) {
			return new Endpoint() {
			};
		}

		@Override
		public TraceContext getTraceContext() {
			return this.current.get();
		}

		@Override
		public Tracer getTracer() {
			return new Tracer() {

				@Override
				public Span nextSpan() {
					return nextSpan(TraceContext.EMPTY);
				}

				@Override
				public Span nextSpan(TraceContext context) {
					return new TracingIntegrationTests.Span(RecordingTracing.this.spans,
							(context instanceof Parent parent) ? parent.name() : "none");
				}

			};
		}

	}

	private static final class Span extends Tracer.Span {

		private final List<Span> spans;

		private final String parent;

		private String name = "";

		Span(List<Span> spans, String parent) {
			this.spans = spans;
			this.parent = parent;
		}

		String name() {
			return this.name;
		}

		String parent() {
			return this.parent;
		}

		@Override
		public Tracer.Span start(RedisCommand<?, ?, ?> command) {
			this.spans.add(this);
			return this;
		}

		@Override
		public Tracer.Span name(String name) {
			this.name = name;
			return this;
		}

		@Override
		public Tracer.Span annotate(String value) {
			return this;
		}

		@Override
		public Tracer.Span tag(String key, String value) {
			return this;
		}

		@Override
		public Tracer.Span error(Throwable throwable) {
			return this;
		}

		@Override
		public Tracer.Span remoteEndpoint(Tracing.Endpoint endpoint) {
			return this;
		}

		@Override
		public void finish() {
		}

	}

}
