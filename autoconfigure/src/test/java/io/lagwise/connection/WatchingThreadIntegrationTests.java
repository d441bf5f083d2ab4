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

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.annotation.Fallback;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.resilience.CircuitBreakerGuards;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.routing.LoadBalancer;
import io.lagwise.routing.ReadCandidate;
import io.lagwise.testkit.RedisNode;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.SocketAddressResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Nothing that takes long holds up the thread that watches the nodes: neither users' code
 * nor a name server.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class WatchingThreadIntegrationTests {

	private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

	private static final byte[] MISSING = "missing".getBytes(StandardCharsets.UTF_8);

	private static final String MONITOR = "lagwise-monitor";

	/**
	 * So long a read may take whose replicas do not answer: far less than what is held up
	 * here.
	 */
	private static final Duration BEARABLE = Duration.ofSeconds(4);

	private final ReplicatedRedis redis;

	private final CountDownLatch permission = new CountDownLatch(1);

	private final Set<String> threads = ConcurrentHashMap.newKeySet();

	private ReplicaAwareConnectionFactory factory;

	WatchingThreadIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.permission.countDown();
		if (this.factory != null) {
			this.factory.destroy();
		}
	}

	@Test
	void whatFollowsAReadWithoutFallbackHoldsUpNobodyElse() {
		start(ReplicaReadOptions.DEFAULTS);
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.replicas().forEach(this.redis::freeze);
		CompletableFuture<?> held = hangAfter(ReadRequirement.anyReplica(Fallback.NONE), KEY);
		await().until(() -> !this.threads.isEmpty());
		assertThatReadsGoOn(template);
		assertThat(held).isNotDone();
		assertThat(this.threads).doesNotContain(MONITOR);
	}

	@Test
	void whatFollowsAReadBeyondTheLimitHoldsUpNobodyElse() {
		AtomicBoolean permitted = new AtomicBoolean(true);
		start(ReplicaReadOptions.DEFAULTS.withFallbackLimit(permitted::get));
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.replicas().forEach(this.redis::freeze);
		permitted.set(false);
		hangAfter(ReadRequirement.anyReplica(), KEY);
		await().until(() -> !this.threads.isEmpty());
		permitted.set(true);
		assertThatReadsGoOn(template);
		assertThat(this.threads).doesNotContain(MONITOR);
	}

	@Test
	void whatFollowsAMissThatThePrimaryCannotConfirmHoldsUpNobodyElse() {
		start(ReplicaReadOptions.DEFAULTS);
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.freeze(this.redis.primary());
		hangAfter(ReadRequirement.anyReplica().forLookUps(true), MISSING);
		await().until(() -> !this.threads.isEmpty());
		this.redis.thaw(this.redis.primary());
		TestFactories.awaitReadsFrom(this.factory, 2);
		this.redis.replicas().forEach(this.redis::freeze);
		assertThatReadsGoOn(template);
		assertThat(this.threads).doesNotContain(MONITOR);
	}

	@Test
	void listenersHoldUpNeitherReadsNorTheMonitor() {
		start(ReplicaReadOptions.DEFAULTS.withReplicationListener((event) -> hang()));
		await().until(() -> !this.threads.isEmpty());
		RedisNode replica = this.redis.replicas().get(0);
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.kill(replica);
		TestFactories.awaitReadsFrom(this.factory, 1);
		this.redis.freeze(this.redis.replicas().get(1));
		assertThatReadsGoOn(template);
		assertThat(this.threads).doesNotContain(MONITOR);
	}

	@Test
	void consumersOfCircuitBreakersHoldUpNeitherReadsNorTheMonitor() {
		CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();
		registry.getEventPublisher()
			.onEntryAdded((added) -> added.getAddedEntry().getEventPublisher().onStateTransition((event) -> hang()));
		start(ReplicaReadOptions.DEFAULTS
			.withNodeGuards(CircuitBreakerGuards.create(CircuitBreakerSettings.DEFAULTS, registry)));
		StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
		this.redis.freeze(this.redis.replicas().get(0));
		await().atMost(Duration.ofSeconds(30)).until(() -> !this.threads.isEmpty());
		this.redis.freeze(this.redis.replicas().get(1));
		assertThatReadsGoOn(template);
		assertThat(this.threads).doesNotContain(MONITOR);
	}

	@Test
	void aLoadBalancerThatFailsOnceIsAskedAgainAndNotByTheMonitor() {
		AtomicBoolean broken = new AtomicBoolean();
		start(ReplicaReadOptions.DEFAULTS.withLoadBalancer(new LoadBalancer() {

			@Override
			public int choose(List<? extends ReadCandidate> replicas) {
				return 0;
			}

			@Override
			public <T extends ReadCandidate> List<T> arrange(List<T> replicas) {
				WatchingThreadIntegrationTests.this.threads.add(Thread.currentThread().getName());
				if (broken.getAndSet(false)) {
					throw new AssertionError("of a load balancer");
				}
				return replicas;
			}

		}));
		broken.set(true);
		this.redis.kill(this.redis.replicas().get(0));
		TestFactories.awaitReadsFrom(this.factory, 1);
		assertThat(broken).isFalse();
		assertThat(this.threads).isNotEmpty().doesNotContain(MONITOR);
	}

	@Test
	void aNameServerThatFallsSilentHoldsUpNeitherReadsNorTheMonitor() {
		AtomicBoolean silent = new AtomicBoolean();
		ClientResources resources = ClientResources.builder()
			.socketAddressResolver(SocketAddressResolver.create((host) -> {
				if (silent.get()) {
					hang();
				}
				return InetAddress.getAllByName(host);
			}))
			.build();
		try {
			this.factory = TestFactories.sentinel(this.redis,
					LettuceClientConfiguration.builder()
						.clientResources(resources)
						.clientName(Clients.NAME)
						.commandTimeout(Duration.ofSeconds(20))
						.build());
			StringRedisTemplate template = TestFactories.templateWithValue(this.factory, this.redis);
			silent.set(true);
			this.redis.kill(this.redis.replicas().get(0));
			await().atMost(Duration.ofSeconds(30)).until(() -> !this.threads.isEmpty());
			TestFactories.awaitReadsFrom(this.factory, 1);
			this.redis.freeze(this.redis.replicas().get(1));
			assertThatReadsGoOn(template);
			TestFactories.awaitReadsFrom(this.factory, 0);
			assertThat(this.threads).doesNotContain(MONITOR).noneMatch((name) -> name.startsWith("lettuce-nio"));
			silent.set(false);
			this.permission.countDown();
			this.redis.start(this.redis.replicas().get(0));
			this.redis.thaw(this.redis.replicas().get(1));
			TestFactories.awaitReadsFrom(this.factory, 2);
		}
		finally {
			silent.set(false);
			disconnect();
			resources.shutdown(0, 1, TimeUnit.SECONDS);
		}
	}

	private void start(ReplicaReadOptions options) {
		this.factory = TestFactories.sentinel(this.redis, options.withRampUp(Duration.ZERO));
	}

	/**
	 * Read, and do what takes long on the thread that tells of the end.
	 */
	private CompletableFuture<?> hangAfter(ReadRequirement requirement, byte[] key) {
		RedisConnection connection = this.factory.getConnection();
		RedisFuture<byte[]> read = RoutingContext.call(requirement, () -> commands(connection).get(key));
		return read.handle((value, failure) -> {
			hang();
			return value;
		}).toCompletableFuture();
	}

	@SuppressWarnings("unchecked")
	private static RedisClusterAsyncCommands<byte[], byte[]> commands(RedisConnection connection) {
		return (RedisClusterAsyncCommands<byte[], byte[]>) connection.getNativeConnection();
	}

	/**
	 * All replicas are frozen or gone: it takes the monitor to notice.
	 */
	private static void assertThatReadsGoOn(StringRedisTemplate template) {
		for (int i = 0; i < 20; i++) {
			long start = System.nanoTime();
			assertThat(template.opsForValue().get("key")).isEqualTo("value");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BEARABLE);
		}
	}

	private void hang() {
		this.threads.add(Thread.currentThread().getName());
		try {
			assertThat(this.permission.await(1, TimeUnit.MINUTES)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
