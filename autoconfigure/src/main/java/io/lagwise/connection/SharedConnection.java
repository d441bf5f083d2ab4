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

import java.util.function.Supplier;

import io.lettuce.core.api.StatefulRedisConnection;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the connection that all share until it may have been replaced: asking Spring
 * Data for it takes a lock twice, and every operation of a template asks.
 */
final class SharedConnection {

	private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;

	/**
	 * How often connections have begun or ended to be replaced.
	 */
	private int replacements;

	/**
	 * Return the connection, or {@code null} if none is remembered.
	 */
	@Nullable StatefulRedisConnection<byte[], byte[]> get() {
		return this.connection;
	}

	/**
	 * Ask for the connection and remember it.
	 */
	@Nullable StatefulRedisConnection<byte[], byte[]> obtain(
			Supplier<@Nullable StatefulRedisConnection<byte[], byte[]>> original) {
		int before = replacements();
		StatefulRedisConnection<byte[], byte[]> connection = original.get();
		synchronized (this) {
			// one that was asked for while another one took its place may be the old one
			if (this.replacements == before) {
				this.connection = connection;
			}
		}
		return connection;
	}

	/**
	 * Do what may replace the connection.
	 */
	void replace(Runnable replacement) {
		forget();
		try {
			replacement.run();
		}
		finally {
			forget();
		}
	}

	private synchronized int replacements() {
		return this.replacements;
	}

	private synchronized void forget() {
		this.replacements++;
		this.connection = null;
	}

}
