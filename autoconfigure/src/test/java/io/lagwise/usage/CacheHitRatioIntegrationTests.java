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

package io.lagwise.usage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

import io.lagwise.cache.CacheOptions;
import io.lagwise.cache.ReplicaAwareCacheWriter;
import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ReadRequirement;
import io.lagwise.testkit.ReplicatedRedis;
import io.lagwise.testkit.WithReplicatedRedis;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often a cache finds what another application instance has put, with late replicas.
 * The figures of {@code docs/caching.md} are from a run of ten seconds each:
 * {@code -Dlagwise.hit-ratio.time=10}.
 */
@WithReplicatedRedis(replicas = 2, sentinels = 3, proxied = true)
class CacheHitRatioIntegrationTests {

	private static final Log logger = LogFactory.getLog(CacheHitRatioIntegrationTests.class);

	private static final long SECONDS = Integer.getInteger("lagwise.hit-ratio.time", 1);

	private static final int OLDEST = 100;

	private final ReplicatedRedis redis;

	private final List<ReplicaAwareConnectionFactory> factories = new ArrayList<>();

	CacheHitRatioIntegrationTests(ReplicatedRedis redis) {
		this.redis = redis;
	}

	@AfterEach
	void disconnect() {
		this.factories.forEach(ReplicaAwareConnectionFactory::destroy);
		this.redis.replicas().forEach(this.redis::healReplication);
	}

	@ParameterizedTest(name = "{0} ms")
	@ValueSource(ints = { 20, 50 })
	void aMissThatIsRecheckedFindsWhatAnotherInstanceHasPut(int delay) {
		Cache writing = cache(true);
		Cache rechecking = cache(true);
		Cache trusting = cache(false);
		this.redis.replicas().forEach((replica) -> this.redis.delayReplication(replica, Duration.ofMillis(delay)));
		assertThat(loads(delay, "without recheck", writing, trusting)).isPositive();
		assertThat(loads(delay, "with recheck", writing, rechecking)).isZero();
	}

	private int loads(int delay, String name, Cache writing, Cache reading) {
		this.redis.resetStatistics();
		Random random = new Random(delay);
		int lookUps = 0;
		List<String> loaded = new ArrayList<>();
		long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
		for (int i = 0; System.nanoTime() - end < 0; i++) {
			writing.put(name + i, "theirs");
			String key = name + Math.max(0, i - random.nextInt(OLDEST));
			lookUps++;
			reading.get(key, () -> {
				loaded.add(key);
				return "ours";
			});
			// what is looked up is up to a tenth of a second old
			LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
		}
		long onPrimary = this.redis.commandsServed(this.redis.primary(), "GET");
		logger.info("Replicas %d ms late, %s: %d look-ups, %d loads (hit ratio %.1f %%), %d GETs at the primary"
			.formatted(delay, name, lookUps, loaded.size(), 100.0 * (lookUps - loaded.size()) / lookUps, onPrimary));
		return loaded.size();
	}

	private Cache cache(boolean recheckMisses) {
		ReplicaAwareConnectionFactory factory = Factories.lagwise(this.redis);
		this.factories.add(factory);
		RedisCacheWriter writer = ReplicaAwareCacheWriter.of(RedisCacheWriter.nonLockingRedisCacheWriter(factory),
				CacheOptions.DEFAULTS
					.withRequirements((cacheName) -> ReadRequirement.consistent().forLookUps(recheckMisses)));
		RedisCacheManager cacheManager = RedisCacheManager.builder(writer).build();
		return Objects.requireNonNull(cacheManager.getCache("prices"));
	}

}
