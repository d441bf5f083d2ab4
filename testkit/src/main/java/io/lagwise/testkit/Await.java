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

package io.lagwise.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Waits until nothing is missing any more, and says what was when it gives up.
 */
final class Await {

	private static final long PAUSE = Duration.ofMillis(10).toNanos();

	private Await() {
	}

	/**
	 * Wait until the probe finds nothing missing.
	 * @param what what is awaited, for the message
	 * @param limit how long to wait at most
	 * @param missing the probe: {@code null} when all is well, otherwise what was seen; a
	 * server that cannot be reached or refuses is something seen
	 */
	static void until(String what, Duration limit, Supplier<@Nullable String> missing) {
		long start = System.nanoTime();
		while (true) {
			String seen = probe(missing);
			if (seen == null) {
				return;
			}
			if (System.nanoTime() - start > limit.toNanos()) {
				throw new IllegalStateException(
						"Waited %d ms for %s; last seen: %s".formatted(limit.toMillis(), what, seen));
			}
			if (Thread.currentThread().isInterrupted()) {
				throw new IllegalStateException(
						"Interrupted while waiting for %s; last seen: %s".formatted(what, seen));
			}
			LockSupport.parkNanos(PAUSE);
		}
	}

	private static @Nullable String probe(Supplier<@Nullable String> missing) {
		try {
			return missing.get();
		}
		catch (ServerUnreachableException | ServerErrorException ex) {
			return ex.getMessage();
		}
	}

}
