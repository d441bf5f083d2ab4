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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.QueryTimeoutException;

/**
 * The writes of one cache that go on while their caller does not wait: in their order for
 * each entry, and in the order of what concerns all entries.
 */
final class PendingWrites {

	private final Map<ByteBuffer, CompletableFuture<Void>> entries = new HashMap<>();

	private @Nullable CompletableFuture<Void> ofAll;

	private volatile boolean none = true;

	/**
	 * Wait for what has to end before, in whichever way.
	 * @param cache the name of the cache, for messages
	 * @param write what has to end, or {@code null} if nothing
	 * @param patience how long to wait
	 * @throws QueryTimeoutException if that has not ended in time
	 */
	static void await(String cache, @Nullable CompletableFuture<Void> write, Duration patience) {
		if (write == null) {
			return;
		}
		try {
			write.handle((nothing, failure) -> true).get(patience.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw new QueryTimeoutException("Cache '" + cache + "' has not ended an earlier write within "
					+ patience.toSeconds() + " s: its entry is neither read nor written before", ex);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new QueryTimeoutException("Interrupted while an earlier write of cache '" + cache + "' goes on", ex);
		}
	}

	/**
	 * Begin a write when those that it follows have ended, in whichever way.
	 * @param key the entry, or {@code null} for all
	 * @param write begins the write
	 * @return how the write ends
	 */
	CompletableFuture<Void> submit(byte @Nullable [] key, Supplier<CompletableFuture<Void>> write) {
		CompletableFuture<Void> ticket = new CompletableFuture<>();
		ByteBuffer entry = (key != null) ? ByteBuffer.wrap(key) : null;
		CompletableFuture<Void> before = enter(entry, ticket);
		before.whenComplete((nothing, ignored) -> begin(write).whenComplete((nothingElse, failure) -> {
			leave(entry, ticket);
			if (failure != null) {
				ticket.completeExceptionally(failure);
			}
			else {
				ticket.complete(null);
			}
		}));
		return ticket;
	}

	/**
	 * Return what has to end before an entry is read or written, or {@code null}.
	 */
	@Nullable CompletableFuture<Void> of(byte[] key) {
		if (this.none) {
			return null;
		}
		synchronized (this) {
			return before(ByteBuffer.wrap(key));
		}
	}

	/**
	 * Return what has to end before all entries are written, or {@code null}.
	 */
	@Nullable CompletableFuture<Void> ofAny() {
		if (this.none) {
			return null;
		}
		synchronized (this) {
			return beforeAll();
		}
	}

	private synchronized CompletableFuture<Void> enter(@Nullable ByteBuffer entry, CompletableFuture<Void> ticket) {
		this.none = false;
		CompletableFuture<Void> before = (entry != null) ? before(entry) : beforeAll();
		if (entry != null) {
			this.entries.put(entry, ticket);
		}
		else {
			this.entries.clear();
			this.ofAll = ticket;
		}
		return (before != null) ? before : CompletableFuture.completedFuture(null);
	}

	private synchronized void leave(@Nullable ByteBuffer entry, CompletableFuture<Void> ticket) {
		if (entry != null) {
			this.entries.remove(entry, ticket);
		}
		else if (this.ofAll == ticket) {
			this.ofAll = null;
		}
		this.none = this.entries.isEmpty() && this.ofAll == null;
	}

	private @Nullable CompletableFuture<Void> before(ByteBuffer entry) {
		CompletableFuture<Void> write = this.entries.get(entry);
		return (write != null) ? write : this.ofAll;
	}

	private @Nullable CompletableFuture<Void> beforeAll() {
		List<CompletableFuture<Void>> writes = new ArrayList<>(this.entries.values());
		if (this.ofAll != null) {
			writes.add(this.ofAll);
		}
		return writes.isEmpty() ? null : CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new));
	}

	private static CompletableFuture<Void> begin(Supplier<CompletableFuture<Void>> write) {
		try {
			return write.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
