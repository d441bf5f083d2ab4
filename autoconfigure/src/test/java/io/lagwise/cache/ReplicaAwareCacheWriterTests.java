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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.cache.CacheStatisticsCollector;
import org.springframework.data.redis.connection.RedisConnection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * What a cache asks of its reads and writes, and in which order they happen.
 */
class ReplicaAwareCacheWriterTests {

	private static final byte[] KEY = RecordingWriter.bytes("prices::1");

	private static final byte[] PATTERN = RecordingWriter.bytes("prices::*");

	private static final byte[] VALUE = RecordingWriter.bytes("value");

	private final RecordingWriter redis = new RecordingWriter();

	private final ReplicaAwareCacheWriter writer = ReplicaAwareCacheWriter.of(this.redis);

	@AfterEach
	void noScopeIsLeftOpen() {
		assertThat(RoutingContext.currentRequirement()).isNull();
	}

	@Test
	void aLookUpIsConsistentAndRechecksMisses() {
		this.writer.get("prices", KEY);
		assertLookUp(this.redis.lastRequirement());
		this.writer.get("prices", KEY, Duration.ofSeconds(1));
		assertLookUp(this.redis.lastRequirement());
		this.writer.retrieve("prices", KEY).join();
		assertLookUp(this.redis.lastRequirement());
		this.writer.retrieve("prices", KEY, Duration.ofSeconds(1)).join();
		assertLookUp(this.redis.lastRequirement());
	}

	private static void assertLookUp(ReadRequirement requirement) {
		assertThat(requirement.isConsistent()).isTrue();
		assertThat(requirement.isForLookUps()).isTrue();
		assertThat(requirement.rechecksMisses()).isTrue();
		assertThat(requirement.isKept()).isTrue();
		assertThat(requirement.since()).isNull();
	}

	@Test
	void whatACacheAsksForCanOnlyBeTightenedByItsCaller() {
		RoutingContext.call(ReadRequirement.primary(), () -> this.writer.get("prices", KEY));
		assertThat(this.redis.lastRequirement().requiresPrimary()).isTrue();
		RoutingContext.call(ReadRequirement.anyReplica(), () -> this.writer.get("prices", KEY));
		assertLookUp(this.redis.lastRequirement());
		ReadRequirement bounded = ReadRequirement.maxStaleness(Duration.ofSeconds(3));
		RoutingContext.call(bounded, () -> this.writer.get("prices", KEY));
		assertLookUp(this.redis.lastRequirement());
		assertThat(this.redis.lastRequirement().maxStaleness()).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void eachCacheAsksForItsOwn() {
		CacheOptions options = CacheOptions.DEFAULTS.withRequirements((name) -> name.equals("stock")
				? ReadRequirement.primary() : ReadRequirement.anyReplica().forLookUps(false));
		ReplicaAwareCacheWriter writer = ReplicaAwareCacheWriter.of(this.redis, options);
		writer.get("stock", KEY);
		assertThat(this.redis.lastRequirement().requiresPrimary()).isTrue();
		writer.get("prices", KEY);
		assertThat(this.redis.lastRequirement().requiresPrimary()).isFalse();
		assertThat(this.redis.lastRequirement().isConsistent()).isFalse();
		assertThat(this.redis.lastRequirement().rechecksMisses()).isFalse();
	}

	@Test
	void aRequirementThatSaysNothingOfMissesHasThemRechecked() {
		ReplicaAwareCacheWriter writer = ReplicaAwareCacheWriter.of(this.redis,
				CacheOptions.DEFAULTS.withRequirements((name) -> ReadRequirement.anyReplica()));
		writer.get("prices", KEY);
		assertThat(this.redis.lastRequirement().rechecksMisses()).isTrue();
	}

	@Test
	void whateverIsNoLookUpAsksForThePrimary() {
		this.writer.put("prices", KEY, VALUE, null);
		this.writer.putIfAbsent("prices", KEY, VALUE, null);
		this.writer.evict("prices", KEY);
		this.writer.evictIfPresent("prices", KEY);
		this.writer.clear("prices", PATTERN);
		this.writer.invalidate("prices", PATTERN);
		this.writer.store("prices", KEY, VALUE, null).join();
		assertThat(this.redis.requirements).hasSize(7)
			.allMatch(ReadRequirement::requiresPrimary)
			.allMatch(ReadRequirement::isKept);
	}

	@Test
	void theLoaderRunsUnderWhatItsCallerAsksFor() {
		AtomicReference<@Nullable ReadRequirement> seen = new AtomicReference<>();
		Supplier<byte[]> loader = () -> {
			seen.set(RoutingContext.currentRequirement());
			return VALUE;
		};
		this.writer.get("prices", KEY, loader, null, false);
		assertThat(seen.get()).isNull();
		ReadRequirement caller = ReadRequirement.maxStaleness(Duration.ofSeconds(3));
		RoutingContext.call(caller, () -> this.writer.get("prices", RecordingWriter.bytes("2"), loader, null, false));
		assertThat(seen.get()).isSameAs(caller);
	}

	@Test
	void whatComesAfterALookUpThatIsAwaitedElsewhereRunsUnderWhatItsCallerAsksFor() throws Exception {
		CompletableFuture<Void> retrieval = new CompletableFuture<>();
		this.redis.retrieval = retrieval;
		ConsistencySession session = mock(ConsistencySession.class);
		AtomicReference<@Nullable ReadRequirement> requirement = new AtomicReference<>();
		AtomicReference<@Nullable ConsistencySession> boundSession = new AtomicReference<>();
		CompletableFuture<?> looked;
		ReadRequirement caller = ReadRequirement.maxStaleness(Duration.ofSeconds(3));
		try (RoutingContext.Scope bound = RoutingContext.bind(session);
				RoutingContext.Scope scope = RoutingContext.open(caller)) {
			looked = this.writer.retrieve("prices", KEY).thenApply((value) -> {
				requirement.set(RoutingContext.currentRequirement());
				boundSession.set(RoutingContext.currentSession());
				return value;
			});
		}
		Thread thread = new Thread(() -> {
			retrieval.complete(null);
			assertThat(RoutingContext.currentRequirement()).isNull();
		});
		thread.start();
		thread.join();
		looked.join();
		assertThat(requirement.get()).isSameAs(caller);
		assertThat(boundSession.get()).isSameAs(session);
	}

	@Test
	void aLookUpThatFailsElsewhereDoesNotUseTheThreadThatGivesItUp() {
		CompletableFuture<Void> retrieval = new CompletableFuture<>();
		this.redis.retrieval = retrieval;
		CompletableFuture<Thread> recovered = this.writer.retrieve("prices", KEY)
			.handle((value, failure) -> Thread.currentThread());
		retrieval.completeExceptionally(new IllegalStateException("expected"));
		assertThat(recovered.join()).isNotSameAs(Thread.currentThread());
	}

	@Test
	void whateverIsDoneToTheConnectionMayHaveRemovedEverything() {
		this.writer.get("prices", KEY);
		try {
			this.writer.execute(RedisConnection::isClosed);
		}
		catch (UnsupportedOperationException ex) {
			// the writer in memory has no connection
		}
		this.writer.get("prices", KEY);
		assertThat(this.redis.lastRequirement().since()).isNotNull();
	}

	@Nested
	class AfterAClear {

		@Test
		void lookUpsAskForProofOfWhatWasRemovedWithoutBeingNamed() {
			long before = System.nanoTime();
			ReplicaAwareCacheWriterTests.this.writer.clear("prices", PATTERN);
			long after = System.nanoTime();
			Long since = lookUp("prices").since();
			assertThat(since).isBetween(before, after);
			ReplicaAwareCacheWriterTests.this.writer.invalidate("prices", PATTERN);
			assertThat(lookUp("prices").since()).isGreaterThan(since);
			assertThat(lookUp("stock").since()).isNull();
		}

		@Test
		void thatHasFailedTheyDoAsWell() {
			ReplicaAwareCacheWriterTests.this.redis.beforeEach = () -> {
				throw new IllegalStateException("expected");
			};
			assertThatIllegalStateException()
				.isThrownBy(() -> ReplicaAwareCacheWriterTests.this.writer.clear("prices", PATTERN));
			ReplicaAwareCacheWriterTests.this.redis.beforeEach = () -> {
			};
			assertThat(lookUp("prices").since()).isNotNull();
		}

		@Test
		void aCacheOnAnyReplicaDoesSoForConsistentCallersOnly() {
			ReplicaAwareCacheWriter writer = ReplicaAwareCacheWriter.of(ReplicaAwareCacheWriterTests.this.redis,
					CacheOptions.DEFAULTS.withRequirements((name) -> ReadRequirement.anyReplica()));
			writer.clear("prices", PATTERN);
			writer.get("prices", KEY);
			assertThat(ReplicaAwareCacheWriterTests.this.redis.lastRequirement().since()).isNull();
			RoutingContext.call(ReadRequirement.consistent(), () -> writer.get("prices", KEY));
			assertThat(ReplicaAwareCacheWriterTests.this.redis.lastRequirement().since()).isNotNull();
		}

		@Test
		void ofAnotherWriterWithOtherStatisticsTheyDoAsWell() {
			ReplicaAwareCacheWriterTests.this.writer.withStatisticsCollector(CacheStatisticsCollector.create())
				.clear("prices", PATTERN);
			assertThat(lookUp("prices").since()).isNotNull();
		}

		private ReadRequirement lookUp(String name) {
			ReplicaAwareCacheWriterTests.this.writer.get(name, KEY);
			return ReplicaAwareCacheWriterTests.this.redis.lastRequirement();
		}

	}

	@Nested
	class OnAThreadThatMustNotWait {

		private final CountDownLatch permission = new CountDownLatch(1);

		@Test
		void aWriteGoesOnInTheBackgroundAndTheNextLookUpWaitsForIt() throws Exception {
			holdWrites();
			onEventLoop(() -> writer().put("prices", KEY, VALUE, null));
			CompletableFuture<byte[]> retrieved = writer().retrieve("prices", KEY);
			CompletableFuture<@Nullable String> looked = CompletableFuture.supplyAsync(
					() -> RecordingWriter.text(writer().get("prices", KEY)), (task) -> new Thread(task).start());
			assertThat(RecordingWriter.text(writer().get("prices", RecordingWriter.bytes("2")))).isNull();
			assertThat(retrieved).isNotDone();
			assertThat(looked).isNotDone();
			this.permission.countDown();
			assertThat(RecordingWriter.text(retrieved.join())).isEqualTo("value");
			assertThat(looked.join()).isEqualTo("value");
			assertThat(redis().requirementOf("put prices::1=value").requiresPrimary()).isTrue();
		}

		@Test
		void writesOfAnEntryKeepTheirOrder() throws Exception {
			holdWrites();
			onEventLoop(() -> {
				for (int i = 0; i < 50; i++) {
					writer().put("prices", KEY, RecordingWriter.bytes("value " + i), null);
				}
				writer().evict("prices", KEY);
				writer().put("prices", KEY, RecordingWriter.bytes("last"), null);
			});
			this.permission.countDown();
			assertThat(RecordingWriter.text(writer().get("prices", KEY))).isEqualTo("last");
			List<String> calls = redis().calls;
			assertThat(calls).hasSize(53);
			for (int i = 0; i < 50; i++) {
				assertThat(calls.get(i)).isEqualTo("put prices::1=value " + i);
			}
		}

		@Test
		void aWriteOfAnotherThreadComesAfterThose() throws Exception {
			holdWrites();
			onEventLoop(() -> writer().put("prices", KEY, RecordingWriter.bytes("first"), null));
			CompletableFuture<Void> second = CompletableFuture.runAsync(
					() -> writer().put("prices", KEY, RecordingWriter.bytes("second"), null),
					(task) -> new Thread(task).start());
			this.permission.countDown();
			second.join();
			assertThat(redis().calls).containsExactly("put prices::1=first", "put prices::1=second");
		}

		@Test
		void aClearWaitsForWritesBeforeItAndEveryLookUpForTheClear() throws Exception {
			holdWrites();
			onEventLoop(() -> {
				writer().put("prices", KEY, VALUE, null);
				writer().clear("prices", PATTERN);
			});
			CompletableFuture<byte[]> other = writer().retrieve("prices", RecordingWriter.bytes("2"));
			assertThat(other).isNotDone();
			this.permission.countDown();
			assertThat(RecordingWriter.text(writer().get("prices", KEY))).isNull();
			other.join();
			assertThat(redis().calls).startsWith("put prices::1=value", "clear prices");
			assertThat(redis().lastRequirement().since()).isNotNull();
		}

		@Test
		void immediateRemovalsCannotSayWhatWasThere() throws Exception {
			redis().entries.put("prices::1", "value");
			onEventLoop(() -> {
				assertThat(writer().evictIfPresent("prices", KEY)).isFalse();
				assertThat(writer().invalidate("prices", PATTERN)).isFalse();
			});
			assertThat(RecordingWriter.text(writer().get("prices", KEY))).isNull();
		}

		@Test
		void aWriteThatFailsHurtsNoLookUp() throws Exception {
			redis().beforeEach = () -> {
				if (Thread.currentThread().getName().startsWith("lagwise-cache-writer")) {
					throw new IllegalStateException("expected");
				}
			};
			onEventLoop(() -> writer().put("prices", KEY, VALUE, null));
			assertThat(RecordingWriter.text(writer().get("prices", KEY))).isNull();
		}

		@Test
		void anEntryThatCouldNotReachRedisIsRemovedBeforeItIsUsed() throws Exception {
			for (Supplier<byte @Nullable []> use : List.<Supplier<byte @Nullable []>>of(
					() -> writer().get("prices", KEY), () -> writer().get("prices", KEY, Duration.ofSeconds(1)),
					() -> writer().retrieve("prices", KEY).join(),
					() -> writer().putIfAbsent("prices", KEY, VALUE, null))) {
				redis().entries.put("prices::1", "old");
				failInBackground(new QueryTimeoutException("expected"));
				assertThat(RecordingWriter.text(use.get())).isNull();
			}
			redis().entries.put("prices::1", "old");
			failInBackground(new QueryTimeoutException("expected"));
			assertThat(writer().get("prices", KEY, () -> VALUE, null, false)).isEqualTo(VALUE);
			redis().calls.clear();
			assertThat(writer().get("prices", KEY)).isEqualTo(VALUE);
			assertThat(redis().calls).containsExactly("get prices::1");
		}

		@Test
		void anEntryThatCannotBeRemovedEitherIsNotUsed() throws Exception {
			redis().entries.put("prices::1", "old");
			failInBackground(new QueryTimeoutException("expected"));
			redis().beforeEach = () -> {
				throw new QueryTimeoutException("expected again");
			};
			assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> writer().get("prices", KEY));
			assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> writer().retrieve("prices", KEY).join())
				.havingCause()
				.isInstanceOf(QueryTimeoutException.class);
			redis().beforeEach = () -> {
			};
			assertThat(RecordingWriter.text(writer().retrieve("prices", KEY).join())).isNull();
			assertThat(redis().entries).isEmpty();
		}

		@Test
		void anEntryThatCouldNotReachRedisIsUsedWhenItHasBeenWrittenAgain() throws Exception {
			for (Runnable write : List.<Runnable>of(() -> writer().put("prices", KEY, VALUE, null),
					() -> writer().store("prices", KEY, VALUE, null).join())) {
				failInBackground(new QueryTimeoutException("expected"));
				write.run();
				redis().calls.clear();
				assertThat(writer().get("prices", KEY)).isEqualTo(VALUE);
				assertThat(redis().calls).containsExactly("get prices::1");
			}
		}

		@Test
		void anEntryThatRedisHasRefusedStays() throws Exception {
			redis().entries.put("prices::1", "old");
			failInBackground(new IllegalStateException("expected"));
			assertThat(RecordingWriter.text(writer().get("prices", KEY))).isEqualTo("old");
		}

		private void failInBackground(RuntimeException failure) throws Exception {
			CountDownLatch failing = new CountDownLatch(1);
			redis().beforeEach = () -> {
				failing.countDown();
				throw failure;
			};
			onEventLoop(() -> writer().evict("prices", KEY));
			assertThat(failing.await(30, TimeUnit.SECONDS)).isTrue();
			redis().beforeEach = () -> {
			};
		}

		private void holdWrites() {
			redis().beforeEach = () -> {
				if (Thread.currentThread().getName().startsWith("lagwise-cache-writer")) {
					try {
						assertThat(this.permission.await(30, TimeUnit.SECONDS)).isTrue();
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
				}
			};
		}

		private ReplicaAwareCacheWriter writer() {
			return ReplicaAwareCacheWriterTests.this.writer;
		}

		private RecordingWriter redis() {
			return ReplicaAwareCacheWriterTests.this.redis;
		}

		private void onEventLoop(Runnable action) {
			CompletableFuture.runAsync(action, Schedulers.parallel()::schedule).join();
		}

	}

}
