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

package io.lagwise.benchmarks.consistency;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * One key whose values are counted: tells how stale an answer is.
 */
public final class Register {

	/**
	 * For how many versions it is known when they were acknowledged.
	 */
	private static final int REMEMBERED = 64;

	private final String key;

	private final AtomicLongArray acknowledgedAt = new AtomicLongArray(REMEMBERED);

	private volatile int version;

	/**
	 * Create a register that was never written.
	 * @param number which one
	 */
	public Register(int number) {
		this.key = String.format(Locale.ROOT, "key:%05d", number);
	}

	public String key() {
		return this.key;
	}

	/**
	 * Return the version that has been acknowledged last.
	 * @return the version, zero at first
	 */
	public int version() {
		return this.version;
	}

	/**
	 * Write the next version, one writer at a time.
	 * @param write is given the key and its value
	 */
	public synchronized void write(BiConsumer<String, String> write) {
		int next = this.version + 1;
		write.accept(this.key, value(next));
		this.acknowledgedAt.set(next % REMEMBERED, System.nanoTime());
		this.version = next;
	}

	/**
	 * Return for how long the oldest write that an answer lacks had been acknowledged
	 * when the answer came.
	 * @param answer the answer
	 * @param expected the version that was acknowledged before the read was sent
	 * @param now when the answer came
	 * @return the time in nanoseconds, zero if the answer lacks nothing
	 */
	public long staleness(@Nullable String answer, int expected, long now) {
		int seen = (answer != null) ? Integer.parseInt(answer) : -1;
		if (seen >= expected) {
			return 0;
		}
		int missing = Math.max(seen + 1, this.version - REMEMBERED / 2);
		return Math.max(1, now - this.acknowledgedAt.get(missing % REMEMBERED));
	}

	/**
	 * Return the value of a version.
	 * @param version the version
	 * @return 16 digits
	 */
	public static String value(int version) {
		return String.format(Locale.ROOT, "%016d", version);
	}

}
