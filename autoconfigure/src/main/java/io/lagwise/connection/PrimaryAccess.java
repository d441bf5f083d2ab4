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

import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.lettuce.core.protocol.RedisCommand;
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

	/**
	 * Why a scope cannot confirm what is written on a connection that is apart.
	 */
	static final String APART = "a reactive connection was used that is not shared";

	private final StatefulRedisConnection<K, V> shared;

	private final @Nullable Supplier<StatefulRedisConnection<K, V>> opener;

	private volatile @Nullable StatefulRedisConnection<K, V> own;

	private final boolean dedicated;

	private final boolean apart;

	private volatile @Nullable OrderedWrites<K, V> writes;

	private volatile @Nullable ScopeRoute<K, V> detour;

	private PrimaryAccess(StatefulRedisConnection<K, V> shared,
			@Nullable Supplier<StatefulRedisConnection<K, V>> opener, boolean dedicated, boolean apart) {
		this.shared = shared;
		this.opener = opener;
		this.dedicated = dedicated;
		this.apart = apart;
	}

	/**
	 * Use a connection for everything that others use as well.
	 */
	static <K, V> PrimaryAccess<K, V> sharing(StatefulRedisConnection<K, V> connection) {
		PrimaryAccess<K, V> access = new PrimaryAccess<>(connection, null, false, false);
		access.own = connection;
		return access;
	}

	/**
	 * Use an open connection for everything.
	 */
	static <K, V> PrimaryAccess<K, V> of(StatefulRedisConnection<K, V> connection) {
		PrimaryAccess<K, V> access = new PrimaryAccess<>(connection, null, true, false);
		access.own = connection;
		return access;
	}

	/**
	 * Use an open connection for everything, and let no scope have any part of it: nobody
	 * says when its user is done.
	 */
	static <K, V> PrimaryAccess<K, V> apart(StatefulRedisConnection<K, V> connection) {
		PrimaryAccess<K, V> access = new PrimaryAccess<>(connection, null, true, true);
		access.own = connection;
		return access;
	}

	/**
	 * Open a connection once something must not go over the shared one.
	 */
	static <K, V> PrimaryAccess<K, V> opening(StatefulRedisConnection<K, V> shared,
			Supplier<StatefulRedisConnection<K, V>> opener) {
		return new PrimaryAccess<>(shared, opener, true, false);
	}

	/**
	 * Return the connection of the view, or that of the scope into which it has gone. It
	 * may have to be opened first. Called by the user of the view only.
	 */
	StatefulRedisConnection<K, V> own() {
		ScopeRoute<K, V> detour = detour();
		if (detour != null) {
			return detour.connection();
		}
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
	 * Return an open connection: that of the scope into which the view has gone, that of
	 * the view, or the shared one while the view has none.
	 */
	StatefulRedisConnection<K, V> any() {
		ScopeRoute<K, V> detour = detour();
		return (detour != null) ? detour.connection() : original();
	}

	/**
	 * Return a connection that the view stands for: its own, or the shared one while it
	 * has none.
	 */
	StatefulRedisConnection<K, V> original() {
		StatefulRedisConnection<K, V> own = this.own;
		return (own != null) ? own : this.shared;
	}

	/**
	 * Return what keeps the writes of the view in their order, or {@code null} while
	 * there was none.
	 */
	@Nullable OrderedWrites<K, V> writes() {
		ScopeRoute<K, V> detour = detour();
		return (detour != null) ? detour.writes() : this.writes;
	}

	/**
	 * Go into a scope with what the view sends from now on, in order that the scope can
	 * confirm it. A view that has begun something outside of the scope stays where it is.
	 * Called by the user of the view only.
	 */
	void enter(ConfirmedWrites scope, ConnectionUse use, Predicate<RedisCommand<?, ?, ?>> writes,
			Function<WriteRoute<K, V>, OrderedWrites<K, V>> order) {
		if (this.apart) {
			scope.cannotConfirm(APART);
			return;
		}
		ScopeRoute<K, V> present = detour();
		if (present != null && (present.scope() == scope || present.target().isTransactional())) {
			if (present.scope() != scope) {
				scope.cannotConfirm("a transaction was begun before");
			}
			return;
		}
		leave();
		String tie = this.dedicated ? tie(scope, use) : null;
		if (tie != null) {
			scope.cannotConfirm(tie);
			return;
		}
		WaitConnection target = this.dedicated ? scope.exclusive() : scope.shared();
		ScopeRoute<K, V> route = new ScopeRoute<>(scope, target, this.dedicated, original().getTimeout(), writes,
				order);
		scope.enters(route);
		this.detour = route;
	}

	/**
	 * Leave the scope into which the view has gone.
	 */
	void leave() {
		ScopeRoute<K, V> detour = this.detour;
		this.detour = null;
		if (detour != null) {
			detour.leave();
		}
	}

	/**
	 * Return whether the view will have a connection of its own and has none yet.
	 */
	boolean isUnopened() {
		return this.own == null && this.opener != null && detour() == null;
	}

	/**
	 * Take note of a command that is about to be sent and may write.
	 */
	void sends(ProtocolKeyword command, ConnectionUse use) {
		ScopeRoute<K, V> detour = detour();
		if (detour != null) {
			detour.target().sends(command);
		}
		else if (this.dedicated) {
			use.sends(command);
		}
	}

	/**
	 * Let nobody else use the connection of the scope into which the view has gone.
	 */
	void unsettle() {
		ScopeRoute<K, V> detour = detour();
		if (detour != null) {
			detour.target().unsettle();
		}
	}

	private @Nullable String tie(ConfirmedWrites scope, ConnectionUse use) {
		StatefulRedisConnection<K, V> own = this.own;
		if (own != null && (own.isMulti() || use.isWatching())) {
			return "a transaction was begun before";
		}
		return (own != null && use.isPipeliningOutsideOf(scope.scope())) ? "a pipeline was opened before" : null;
	}

	private @Nullable ScopeRoute<K, V> detour() {
		ScopeRoute<K, V> detour = this.detour;
		return (detour != null && detour.isOpen()) ? detour : null;
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
