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

package io.lagwise.context;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The read requirement in force on the current thread, as a stack of scopes.
 * <pre class="code">
 * try (RoutingContext.Scope scope = RoutingContext.open(ReadRequirement.primary())) {
 *     redisTemplate.opsForValue().get("price:42");
 * }
 * </pre> A scope covers the commands that its thread sends while it is open; asynchronous
 * commands count from the moment they are sent. Scopes combine: the requirement in force
 * is at least as strict as every scope that is open.
 */
public final class RoutingContext {

	private static final Log logger = LogFactory.getLog(RoutingContext.class);

	private static final ThreadLocal<@Nullable Scope> CURRENT = new ThreadLocal<>();

	private static final AtomicBoolean strangerReported = new AtomicBoolean();

	private RoutingContext() {
	}

	/**
	 * Open a scope on the current thread. It must be closed on the same thread.
	 * @param requirement what the reads in the scope ask for
	 * @return the scope
	 */
	public static Scope open(ReadRequirement requirement) {
		Assert.notNull(requirement, "'requirement' must not be null");
		Scope parent = current();
		Scope scope = new Scope(parent);
		ReadRequirement inherited = scope.requirement;
		scope.requirement = (inherited != null) ? inherited.and(requirement) : requirement;
		return push(scope);
	}

	/**
	 * Bind a session to the current thread. It replaces the one that was bound before
	 * until the scope is closed.
	 * @param session the session
	 * @return the scope; it must be closed on the same thread
	 */
	public static Scope bind(ConsistencySession session) {
		Assert.notNull(session, "'session' must not be null");
		Scope scope = new Scope(current());
		scope.session = session;
		return push(scope);
	}

	/**
	 * Let reads that follow one from the other be answered by one replica as long as it
	 * is fit: several replicas may be behind by more or less, and contradict each other.
	 * Changes nothing about what the reads ask for; consistent reads keep to the replica
	 * of their key.
	 * @return the scope; it must be closed on the same thread
	 */
	public static Scope preferOneReplica() {
		Scope parent = current();
		Scope scope = new Scope(parent);
		if (scope.preference == null) {
			scope.preference = ThreadLocalRandom.current().nextInt();
		}
		return push(scope);
	}

	/**
	 * Call the given supplier within a scope.
	 * @param <T> the type of its result
	 * @param requirement what the reads in the scope ask for
	 * @param action what to call
	 * @return its result
	 */
	public static <T extends @Nullable Object> T call(ReadRequirement requirement, Supplier<T> action) {
		try (Scope scope = open(requirement)) {
			return action.get();
		}
	}

	/**
	 * Call the given supplier as if no scope on the current thread asked for anything but
	 * the given requirement.
	 * @param <T> the type of its result
	 * @param requirement what the reads of the supplier ask for, or {@code null} for
	 * nothing
	 * @param action what to call
	 * @return its result
	 */
	public static <T extends @Nullable Object> T callWith(@Nullable ReadRequirement requirement, Supplier<T> action) {
		Scope scope = new Scope(current());
		scope.requirement = requirement;
		try (Scope open = push(scope)) {
			return action.get();
		}
	}

	/**
	 * Return the requirement in force on the current thread.
	 * @return the requirement, or {@code null} when no scope asks for anything
	 */
	public static @Nullable ReadRequirement currentRequirement() {
		Scope scope = current();
		return (scope != null) ? scope.requirement : null;
	}

	/**
	 * Return the trace that collects which nodes answer the reads of the current thread.
	 * @return the trace, or {@code null} when none is open
	 */
	public static @Nullable ReadTrace currentTrace() {
		Scope scope = current();
		return (scope != null) ? scope.trace : null;
	}

	/**
	 * Return what decides which replica answers the reads of the current thread.
	 * @return a number, the same for reads that are to be answered by one replica, or
	 * {@code null} where they are to be spread
	 */
	public static @Nullable Integer currentPreference() {
		Scope scope = current();
		return (scope != null) ? scope.preference : null;
	}

	/**
	 * Return the session that is bound to the current thread.
	 * @return the session, or {@code null} when none is bound
	 */
	public static @Nullable ConsistencySession currentSession() {
		Scope scope = current();
		return (scope != null) ? scope.session : null;
	}

	/**
	 * Return the outermost scope on the current thread whose writes have to reach
	 * replicas.
	 * @return the scope, or {@code null} when none is open
	 */
	public static @Nullable WriteScope currentWrites() {
		Scope scope = current();
		WriteScope writes = (scope != null) ? scope.writes : null;
		return (writes != null && !writes.isClosed()) ? writes : null;
	}

	static Scope openTrace(ReadTrace trace) {
		Scope scope = new Scope(current());
		scope.trace = trace;
		return push(scope);
	}

	static Scope openWrites(WriteScope writes) {
		Scope scope = new Scope(current());
		scope.writes = writes;
		return push(scope);
	}

	/**
	 * Return the innermost scope that is open. One that was closed on another thread is
	 * left here.
	 */
	private static @Nullable Scope current() {
		Scope scope = CURRENT.get();
		if (scope == null || !scope.closed) {
			return scope;
		}
		while (scope != null && scope.closed) {
			scope = scope.parent;
		}
		restore(scope);
		return scope;
	}

	private static void restore(@Nullable Scope scope) {
		if (scope != null) {
			CURRENT.set(scope);
		}
		else {
			CURRENT.remove();
		}
	}

	private static Scope push(Scope scope) {
		CURRENT.set(scope);
		return scope;
	}

	/**
	 * A part of a thread's work with a requirement of its own.
	 */
	public static final class Scope implements AutoCloseable {

		private final @Nullable Scope parent;

		private @Nullable ReadRequirement requirement;

		private @Nullable ReadTrace trace;

		private @Nullable ConsistencySession session;

		private @Nullable WriteScope writes;

		private @Nullable Integer preference;

		private volatile boolean closed;

		private Scope(@Nullable Scope parent) {
			this.parent = parent;
			if (parent != null) {
				this.requirement = parent.requirement;
				this.trace = parent.trace;
				this.session = parent.session;
				this.writes = parent.writes;
				this.preference = parent.preference;
			}
		}

		/**
		 * Restore what was in force before. Scopes that were opened inside this one and
		 * never closed end with it; closing twice has no effect. Closed on another thread
		 * than the one that opened it the scope ends there as well, but whatever that
		 * thread has begun meanwhile was still within it.
		 */
		@Override
		public void close() {
			if (this.closed) {
				return;
			}
			if (!isOfCurrentThread()) {
				this.closed = true;
				reportStranger();
				return;
			}
			for (Scope open = CURRENT.get(); open != this && open != null; open = open.parent) {
				open.closed = true;
			}
			this.closed = true;
			restore(this.parent);
			current();
		}

		private boolean isOfCurrentThread() {
			for (Scope open = CURRENT.get(); open != null; open = open.parent) {
				if (open == this) {
					return true;
				}
			}
			return false;
		}

		private static void reportStranger() {
			if (strangerReported.compareAndSet(false, true)) {
				logger
					.warn("A scope of RoutingContext, ConsistencySession, ReadTrace or WriteScope was closed on another "
							+ "thread (" + Thread.currentThread().getName()
							+ ") than the one that opened it. It is ended "
							+ "there, too, but covers what that thread has done until now: close scopes where they are "
							+ "opened, best with try-with-resources. Further cases are not logged",
							new IllegalStateException("closed here"));
			}
		}

	}

}
