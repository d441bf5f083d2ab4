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
 * The way of one view to the primary.
 * <p>
 * A view with a connection of its own opens it when the first command needs it. Reads
 * that replicas answer do not, and those that come back from a replica use what all share
 * as long as there is nothing else: they must not depend on a primary that may be gone,
 * and the threads on which they come back must not wait.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
final class PrimaryAccess<K, V> {

	private final StatefulRedisConnection<K, V> shared;

	private final @Nullable Supplier<StatefulRedisConnection<K, V>> opener;

	private volatile @Nullable StatefulRedisConnection<K, V> own;

	private volatile @Nullable OrderedWrites<K, V> writes;

	private PrimaryAccess(StatefulRedisConnection<K, V> shared,
			@Nullable Supplier<StatefulRedisConnection<K, V>> opener) {
		this.shared = shared;
		this.opener = opener;
	}

	/**
	 * Use an open connection for everything.
	 */
	static <K, V> PrimaryAccess<K, V> of(StatefulRedisConnection<K, V> connection) {
		PrimaryAccess<K, V> access = new PrimaryAccess<>(connection, null);
		access.own = connection;
		return access;
	}

	/**
	 * Open a connection once something must not go over the shared one.
	 */
	static <K, V> PrimaryAccess<K, V> opening(StatefulRedisConnection<K, V> shared,
			Supplier<StatefulRedisConnection<K, V>> opener) {
		return new PrimaryAccess<>(shared, opener);
	}

	/**
	 * Return the connection of the view, which may have to be opened first. Called by the
	 * user of the view only.
	 */
	StatefulRedisConnection<K, V> own() {
		StatefulRedisConnection<K, V> own = this.own;
		if (own == null) {
			own = (this.opener != null) ? this.opener.get() : this.shared;
			this.own = own;
		}
		return own;
	}

	/**
	 * Return the connection of the view, or {@code null} while none was needed.
	 */
	@Nullable StatefulRedisConnection<K, V> opened() {
		return this.own;
	}

	/**
	 * Return an open connection: that of the view, or the shared one while the view has
	 * none.
	 */
	StatefulRedisConnection<K, V> any() {
		StatefulRedisConnection<K, V> own = this.own;
		return (own != null) ? own : this.shared;
	}

	/**
	 * Return what keeps the writes of the view in their order, or {@code null} while
	 * there was none.
	 */
	@Nullable OrderedWrites<K, V> writes() {
		return this.writes;
	}

	/**
	 * Begin to keep the writes of the view in their order. Called by the user of the view
	 * only.
	 */
	OrderedWrites<K, V> startWrites(RefusedWrites refusedWrites, WriteLedger ledger) {
		OrderedWrites<K, V> writes = new OrderedWrites<>(own(), refusedWrites, ledger);
		this.writes = writes;
		return writes;
	}

}
