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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A part of a thread's work whose writes have to reach replicas. <pre class="code">
 * try (WriteScope scope = WriteScope.open(WriteRequirement.allReplicas())) {
 *     orders.save(order);
 *     scope.confirm();
 * }
 * </pre> Scopes that are opened inside another one share its confirmation: it is done
 * once, by the outermost scope, for the most that any of them asked for. A scope must be
 * closed on the thread that opened it.
 */
public final class WriteScope implements AutoCloseable {

	private final @Nullable WriteScope outermost;

	private final RoutingContext.Scope scope;

	private final Map<Object, WriteConfirmation> confirmations = new LinkedHashMap<>();

	private WriteRequirement requirement;

	private volatile boolean closed;

	private WriteScope(WriteRequirement requirement, @Nullable WriteScope outermost) {
		this.requirement = requirement;
		this.outermost = outermost;
		this.scope = RoutingContext.openWrites((outermost != null) ? outermost : this);
	}

	/**
	 * Open a scope on the current thread.
	 * @param requirement on how many replicas the writes in the scope have to be applied
	 * @return the scope
	 */
	public static WriteScope open(WriteRequirement requirement) {
		Assert.notNull(requirement, "'requirement' must not be null");
		WriteScope outermost = RoutingContext.currentWrites();
		if (outermost != null) {
			outermost.requirement = outermost.requirement.and(requirement);
		}
		return new WriteScope(requirement, outermost);
	}

	/**
	 * Wait until the writes of the scope are applied on as many replicas as was asked
	 * for. Has no effect where another scope is still open around this one, or where
	 * nothing was written.
	 * @throws RuntimeException if there are fewer when the time is up and the requirement
	 * is to fail then
	 */
	public void confirm() {
		confirmations().forEach((confirmation) -> confirmation.confirm(this.requirement));
	}

	/**
	 * Return what a connection factory does for this scope.
	 * @param <T> the type
	 * @param owner the connection factory, or what stands for it
	 * @param type the type of what it does
	 * @param supplier creates it at the first call
	 * @return what it does
	 */
	public <T extends WriteConfirmation> T confirmation(Object owner, Class<T> type, Supplier<T> supplier) {
		synchronized (this.confirmations) {
			Assert.state(!this.closed, "The scope is closed");
			return type.cast(this.confirmations.computeIfAbsent(owner, (it) -> supplier.get()));
		}
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.scope.close();
		if (this.outermost == null) {
			confirmations().forEach(WriteConfirmation::close);
		}
	}

	boolean isClosed() {
		return this.closed;
	}

	private List<WriteConfirmation> confirmations() {
		synchronized (this.confirmations) {
			return List.copyOf(this.confirmations.values());
		}
	}

}
