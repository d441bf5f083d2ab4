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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.dao.QueryTimeoutException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Writes of caches that go on in the background, while those who wait for them hold
 * threads.
 */
class BackgroundWritesTests {

	private static final byte[] KEY = RecordingWriter.bytes("prices::1");

	private static final byte[] OTHER = RecordingWriter.bytes("prices::2");

	private static final byte[] VALUE = RecordingWriter.bytes("value");

	private final RecordingWriter redis = new RecordingWriter();

	private final CountDownLatch permission = new CountDownLatch(1);

	@AfterEach
	void permit() {
		this.permission.countDown();
	}

	@Test
	void aWriteEndsThoughAllThreadsOfReactorWaitForIt() throws Exception {
		ReplicaAwareCacheWriter writer = ReplicaAwareCacheWriter.of(this.redis);
		CountDownLatch held = new CountDownLatch(Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE);
		for (int i = 0; i < Schedulers.DEFAULT_BOUNDED_ELASTIC_SIZE; i++) {
			Scheduler.Worker worker = Schedulers.boundedElastic().createWorker();
			worker.schedule(() -> {
				held.countDown();
				hang(this.permission);
				worker.dispose();
			});
		}
		assertThat(held.await(1, TimeUnit.MINUTES)).isTrue();
		onEventLoop(() -> writer.put("prices", KEY, VALUE, null));
		CompletableFuture<@Nullable String> looked = CompletableFuture
			.supplyAsync(() -> RecordingWriter.text(writer.get("prices", KEY)), (task) -> new Thread(task).start());
		assertThat(looked).succeedsWithin(Duration.ofSeconds(30)).isEqualTo("value");
	}

	@Test
	void anEntryWhoseWriteIsRejectedIsRemovedBeforeItIsReadAgain() {
		ReplicaAwareCacheWriter writer = writer(1, 1);
		this.redis.entries.put("prices::1", "old");
		holdWrites();
		onEventLoop(() -> {
			writer.put("prices", RecordingWriter.bytes("3"), VALUE, null);
			writer.put("prices", RecordingWriter.bytes("4"), VALUE, null);
			writer.put("prices", KEY, VALUE, null);
		});
		assertThat(writer.get("prices", KEY)).isNull();
		this.permission.countDown();
		assertThat(this.redis.calls).doesNotContain("put prices::1=value");
	}

	@Test
	void whereTheRemovalOfAllIsRejectedEachEntryIsRemovedBeforeItIsReadAgain() {
		ReplicaAwareCacheWriter writer = writer(1, 1);
		this.redis.entries.put("prices::1", "old");
		this.redis.entries.put("prices::2", "old");
		holdWrites();
		onEventLoop(() -> {
			writer.put("others", RecordingWriter.bytes("3"), VALUE, null);
			writer.put("others", RecordingWriter.bytes("4"), VALUE, null);
			writer.clear("prices", RecordingWriter.bytes("prices::*"));
		});
		assertThat(writer.get("prices", KEY)).isNull();
		assertThat(writer.get("prices", OTHER)).isNull();
		writer.put("prices", KEY, VALUE, null);
		assertThat(RecordingWriter.text(writer.get("prices", KEY))).isEqualTo("value");
	}

	@Test
	void dependentsOfAWriteHoldNoThreadOnWhichOthersAreWritten() {
		ReplicaAwareCacheWriter writer = writer(1, 100);
		CountDownLatch dependent = new CountDownLatch(1);
		CompletableFuture<Boolean> onWritingThread = new CompletableFuture<>();
		this.redis.beforeEach = () -> hang(dependent);
		onEventLoop(() -> writer.put("prices", KEY, VALUE, null));
		CompletableFuture<Void> store = writer.store("prices", KEY, VALUE, null);
		store.whenComplete((nothing, failure) -> {
			onWritingThread.complete(WritingThreads.isCurrentThread());
			hang(this.permission);
		});
		dependent.countDown();
		onEventLoop(() -> writer.put("prices", OTHER, VALUE, null));
		assertThat(CompletableFuture.supplyAsync(() -> RecordingWriter.text(writer.get("prices", OTHER)),
				(task) -> new Thread(task).start()))
			.succeedsWithin(Duration.ofSeconds(30))
			.isEqualTo("value");
		assertThat(onWritingThread).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(false);
	}

	@Test
	void nobodyWaitsForAWriteForEver() {
		CompletableFuture<Void> write = new CompletableFuture<>();
		assertThatExceptionOfType(QueryTimeoutException.class)
			.isThrownBy(() -> PendingWrites.await("prices", write, Duration.ofMillis(20)))
			.withMessageContaining("Cache 'prices'");
		write.completeExceptionally(new IllegalStateException("expected"));
		PendingWrites.await("prices", write, Duration.ofMillis(20));
	}

	private ReplicaAwareCacheWriter writer(int threads, int limit) {
		return ReplicaAwareCacheWriter.of(this.redis, CacheOptions.DEFAULTS,
				new CacheStates(CacheOptions.DEFAULTS.requirements(), new WritingThreads(threads, limit)));
	}

	private void holdWrites() {
		this.redis.beforeEach = () -> {
			if (WritingThreads.isCurrentThread()) {
				hang(this.permission);
			}
		};
	}

	private static void hang(CountDownLatch permission) {
		try {
			assertThat(permission.await(1, TimeUnit.MINUTES)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void onEventLoop(Runnable action) {
		CompletableFuture.runAsync(action, Schedulers.parallel()::schedule).join();
	}

}
