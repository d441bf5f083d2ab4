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

package io.lagwise.cache;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import io.lagwise.resilience.CircuitBreakerCallGuard;
import io.lagwise.resilience.CircuitBreakerSettings;
import io.lagwise.routing.CallGuard;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.cache.RedisCacheWriter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What caches do while Redis cannot be reached, and after that.
 */
class OutageTolerantCacheWriterTests {

	private static final byte[] KEY = RecordingWriter.bytes("prices::1");

	private static final byte[] VALUE = RecordingWriter.bytes("value");

	private final RecordingWriter redis = new RecordingWriter();

	private final CircuitBreakerRegistry registry = CircuitBreakerRegistry.ofDefaults();

	private final OutageTolerantCacheWriter writer = new OutageTolerantCacheWriter(this.redis,
			CircuitBreakerCallGuard.create("lagwise-cache", CircuitBreakerSettings.DEFAULTS, this.registry),
			new OutdatedEntries());

	private final CircuitBreaker breaker = this.registry.circuitBreaker("lagwise-cache");

	@Test
	void aLookUpThatCannotReachRedisFindsNothing() {
		this.redis.entries.put("prices::1", "value");
		assertThat(get()).isEqualTo("value");
		fail(new QueryTimeoutException("expected"));
		assertThat(get()).isNull();
		assertThat(RecordingWriter.text(this.writer.get("prices", KEY, Duration.ofSeconds(1)))).isNull();
		assertThat(this.writer.retrieve("prices", KEY).join()).isNull();
		recover();
		assertThat(get()).isEqualTo("value");
	}

	@Test
	void aLoaderRunsInPlaceOfRedisAndOnlyOnce() {
		fail(new RedisConnectionFailureException("expected"));
		CountingLoader loader = new CountingLoader();
		assertThat(this.writer.get("prices", KEY, loader, null, false)).isEqualTo(VALUE);
		assertThat(loader.calls).isEqualTo(1);
	}

	@Test
	void aLoaderThatHasRunBeforeRedisFailsDoesNotRunAgain() {
		CountingLoader loader = new CountingLoader();
		this.redis.beforeEach = () -> {
			if (loader.calls > 0) {
				throw new QueryTimeoutException("expected");
			}
		};
		assertThat(this.writer.get("prices", KEY, loader, null, false)).isEqualTo(VALUE);
		assertThat(loader.calls).isEqualTo(1);
		assertThat(this.breaker.getMetrics().getNumberOfFailedCalls()).isEqualTo(1);
	}

	@Test
	void whatALoaderThrowsIsItsCallersBusiness() {
		assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> this.writer.get("prices", KEY, () -> {
			throw new QueryTimeoutException("of another database");
		}, null, false));
		assertThat(this.breaker.getMetrics().getNumberOfFailedCalls()).isZero();
	}

	@Test
	void anEntryThatCouldNotBeWrittenIsRemovedBeforeItIsRead() {
		this.redis.entries.put("prices::1", "old");
		fail(new QueryTimeoutException("expected"));
		this.writer.put("prices", KEY, VALUE, null);
		assertThat(get()).isNull();
		recover();
		assertThat(get()).isNull();
		assertThat(this.redis.entries).isEmpty();
		this.writer.put("prices", KEY, VALUE, null);
		assertThat(get()).isEqualTo("value");
	}

	@Test
	void anEntryThatCouldNotBeWrittenIsRemovedBeforeItIsReadInWhicheverWay() {
		for (Supplier<byte @Nullable []> lookUp : List.<Supplier<byte @Nullable []>>of(
				() -> this.writer.get("prices", KEY, Duration.ofSeconds(1)),
				() -> this.writer.retrieve("prices", KEY).join(),
				() -> this.writer.putIfAbsent("prices", KEY, VALUE, null))) {
			this.redis.entries.put("prices::1", "old");
			fail(new QueryTimeoutException("expected"));
			this.writer.store("prices", KEY, VALUE, null).join();
			recover();
			assertThat(RecordingWriter.text(lookUp.get())).isNull();
		}
		this.redis.entries.put("prices::1", "old");
		fail(new QueryTimeoutException("expected"));
		this.writer.put("prices", KEY, VALUE, null);
		recover();
		assertThat(this.writer.get("prices", KEY, () -> VALUE, null, false)).isEqualTo(VALUE);
	}

	@Test
	void anEntryIsLookedUpAfterItsRemovalAsItsCallerAskedFor() {
		fail(new QueryTimeoutException("expected"));
		this.writer.put("prices", KEY, VALUE, null);
		recover();
		RoutingContext.call(ReadRequirement.primary(), () -> this.writer.retrieve("prices", KEY)).join();
		assertThat(this.redis.lastRequirement().requiresPrimary()).isTrue();
	}

	@Test
	void anEntryThatCouldNotBeWrittenIsRemovedBeforeAnotherCacheManagerReadsIt() {
		CacheOptions options = CacheOptions.DEFAULTS.withFailOpen(CallGuard.NONE);
		CacheStates caches = new CacheStates(options.requirements());
		RedisCacheWriter one = ReplicaAwareCacheWriter.of(this.redis, options, caches);
		RedisCacheWriter other = ReplicaAwareCacheWriter.of(this.redis, options, caches);
		this.redis.entries.put("prices::1", "old");
		fail(new QueryTimeoutException("expected"));
		one.put("prices", KEY, VALUE, null);
		recover();
		assertThat(other.get("prices", KEY)).isNull();
	}

	@Test
	void anEntryThatCouldNotBeWrittenIsReadAgainOnceItHasBeen() {
		fail(new QueryTimeoutException("expected"));
		this.writer.put("prices", KEY, VALUE, null);
		recover();
		this.writer.put("prices", KEY, RecordingWriter.bytes("new"), null);
		this.redis.calls.clear();
		assertThat(get()).isEqualTo("new");
		assertThat(this.redis.calls).containsExactly("get prices::1");
	}

	@Test
	void removalsFailAndTheirEntryIsNotReadUntilItIsGone() {
		this.redis.entries.put("prices::1", "old");
		fail(new QueryTimeoutException("expected"));
		assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> this.writer.evict("prices", KEY));
		assertThatExceptionOfType(QueryTimeoutException.class)
			.isThrownBy(() -> this.writer.clear("prices", RecordingWriter.bytes("prices::*")));
		assertThatExceptionOfType(QueryTimeoutException.class)
			.isThrownBy(() -> this.writer.putIfAbsent("prices", KEY, VALUE, null));
		recover();
		assertThat(get()).isNull();
		assertThat(this.redis.entries).isEmpty();
	}

	@Test
	void anErrorThatIsNoOutageIsNotHidden() {
		fail(new IllegalStateException("expected"));
		assertThatIllegalStateException().isThrownBy(this::get);
		assertThatIllegalStateException().isThrownBy(() -> this.writer.put("prices", KEY, VALUE, null));
		fail(new RedisSystemException("Error in execution", new IllegalStateException("WRONGTYPE Operation")));
		assertThatExceptionOfType(RedisSystemException.class).isThrownBy(this::get);
		assertThat(this.breaker.getMetrics().getNumberOfFailedCalls()).isZero();
	}

	@Test
	void withItsBreakerOpenRedisIsNotAsked() {
		this.redis.entries.put("prices::1", "old");
		this.breaker.transitionToOpenState();
		assertThat(get()).isNull();
		assertThat(this.writer.retrieve("prices", KEY).join()).isNull();
		assertThat(this.writer.get("prices", RecordingWriter.bytes("2"), () -> VALUE, null, false)).isEqualTo(VALUE);
		this.writer.put("prices", KEY, VALUE, null);
		this.writer.store("prices", KEY, VALUE, null).join();
		assertThat(this.redis.calls).isEmpty();
		this.breaker.transitionToClosedState();
		assertThat(get()).isNull();
		assertThat(this.redis.entries).isEmpty();
	}

	@Test
	void failuresOpenTheBreaker() {
		fail(new QueryTimeoutException("expected"));
		for (int i = 0; i < 10; i++) {
			assertThat(get()).isNull();
		}
		assertThat(this.breaker.getState()).isEqualTo(CircuitBreaker.State.OPEN);
		this.redis.calls.clear();
		assertThat(get()).isNull();
		assertThat(this.redis.calls).isEmpty();
	}

	private @Nullable String get() {
		return RecordingWriter.text(this.writer.get("prices", KEY));
	}

	private void fail(RuntimeException failure) {
		this.redis.beforeEach = () -> {
			throw failure;
		};
	}

	private void recover() {
		this.redis.beforeEach = () -> {
		};
	}

	/**
	 * Loads a value and counts how often.
	 */
	private static final class CountingLoader implements Supplier<byte[]> {

		private int calls;

		@Override
		public byte[] get() {
			this.calls++;
			return VALUE;
		}

	}

}
