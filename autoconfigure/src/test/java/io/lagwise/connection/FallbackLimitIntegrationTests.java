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
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.resilience.RateLimitedFallback;
import io.lagwise.routing.FallbackLimitExceededException;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A primary that has lost all its replicas gets no more reads than it was said to bear.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3)
class FallbackLimitIntegrationTests {

	private static final Log logger = LogFactory.getLog(FallbackLimitIntegrationTests.class);

	private static final int PER_SECOND = 200;

	private static final Duration LOAD = Duration.ofSeconds(2);

	private final ReplicatedRedis redis;

	private ReplicaAwareConnectionFactory factory;

	private StringRedisTemplate template;

	FallbackLimitIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@BeforeEach
	void connect() {
		this.factory = TestFactories.sentinel(this.redis,
				ReplicaReadOptions.DEFAULTS.withFallbackLimit(RateLimitedFallback.perSecond(PER_SECOND)));
		this.template = TestFactories.templateWithValue(this.factory, this.redis);
	}

	@AfterEach
	void disconnect() {
		this.factory.destroy();
	}

	@Test
	void theLoadOfThePrimaryStaysBelowTheLimitAndExcessReadsFailAtOnce() throws InterruptedException {
		this.redis.replicas().forEach(this.redis::kill);
		TestFactories.awaitReadsFrom(this.factory, 0);
		this.redis.execute(this.redis.primary(), "CONFIG", "RESETSTAT");
		long start = System.nanoTime();
		Load load = new Load();
		load.run(16);
		double seconds = (System.nanoTime() - start) / 1e9;
		long served = this.redis.commandsServed(this.redis.primary(), "GET");
		assertThat(load.refusals).hasSizeGreaterThan(1000);
		List<Long> refusals = load.refusals.stream().sorted().toList();
		long median = refusals.get(refusals.size() / 2);
		logger.info("%d reads served and %d refused in %.1f s; refused within %d µs (median), %d µs (99 %%)".formatted(
				served, refusals.size(), seconds, median / 1000, refusals.get(refusals.size() * 99 / 100) / 1000));
		assertThat(load.surprises).isEmpty();
		assertThat(load.answered.get()).isEqualTo((int) served);
		assertThat(served).isLessThanOrEqualTo((long) (PER_SECOND * seconds) + PER_SECOND / 10)
			.isGreaterThan(PER_SECOND / 4);
		assertThat(Duration.ofNanos(median)).isLessThan(Duration.ofMillis(5));
	}

	@Test
	void whatMustBeAskedOfThePrimaryIsNotLimited() {
		this.redis.replicas().forEach(this.redis::kill);
		TestFactories.awaitReadsFrom(this.factory, 0);
		for (int i = 0; i < 3 * PER_SECOND; i++) {
			this.template.opsForValue().set("other", "value-" + i);
			String read = RoutingContext.call(ReadRequirement.primary(),
					() -> this.template.opsForValue().get("other"));
			assertThat(read).isEqualTo("value-" + i);
		}
	}

	/**
	 * Threads that read for a while, far more than the limit allows.
	 */
	private final class Load {

		private final long end = System.nanoTime() + LOAD.toNanos();

		private final AtomicInteger answered = new AtomicInteger();

		private final ConcurrentLinkedQueue<Long> refusals = new ConcurrentLinkedQueue<>();

		private final ConcurrentLinkedQueue<String> surprises = new ConcurrentLinkedQueue<>();

		void run(int threads) throws InterruptedException {
			List<Thread> readers = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				Thread reader = new Thread(this::read, "reader");
				reader.start();
				readers.add(reader);
			}
			for (Thread reader : readers) {
				reader.join();
			}
		}

		private void read() {
			while (System.nanoTime() - this.end < 0) {
				long start = System.nanoTime();
				try {
					String value = FallbackLimitIntegrationTests.this.template.opsForValue().get("key");
					this.answered.incrementAndGet();
					if (!"value".equals(value)) {
						this.surprises.add("answered " + value);
					}
				}
				catch (RuntimeException ex) {
					this.refusals.add(System.nanoTime() - start);
					if (!(ex instanceof FallbackLimitExceededException)
							&& !(ex.getCause() instanceof FallbackLimitExceededException)) {
						this.surprises.add(ex.toString());
					}
				}
				LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
			}
		}

	}

}
