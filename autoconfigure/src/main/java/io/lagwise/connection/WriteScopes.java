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

import java.time.Duration;
import java.util.function.Supplier;

import io.lagwise.context.RoutingContext;
import io.lagwise.context.WriteScope;
import io.lagwise.replication.ReplicationTopology;
import io.lagwise.routing.WaitListener;
import org.jspecify.annotations.Nullable;

/**
 * What one connection factory does for threads whose writes have to reach replicas.
 */
final class WriteScopes implements AutoCloseable {

	private final WaitConnections connections;

	private final Supplier<ReplicationTopology> topology;

	private final Watermarks watermarks;

	private final RefusedCommands refusedCommands;

	private final Duration timeout;

	private final WaitListener listener;

	WriteScopes(WaitConnections connections, Supplier<ReplicationTopology> topology, Watermarks watermarks,
			RefusedCommands refusedCommands, ReplicaReadOptions options) {
		this.connections = connections;
		this.topology = topology;
		this.watermarks = watermarks;
		this.refusedCommands = refusedCommands;
		this.timeout = options.waitTimeout();
		this.listener = options.waitListener();
	}

	/**
	 * Return what confirms the writes that the current thread sends now, or {@code null}
	 * if nobody waits for them.
	 */
	@Nullable ConfirmedWrites current() {
		WriteScope scope = RoutingContext.currentWrites();
		return (scope != null) ? scope.confirmation(this, ConfirmedWrites.class, () -> begin(scope)) : null;
	}

	boolean closeStrays() {
		return this.connections.closeStrays();
	}

	@Override
	public void close() {
		this.connections.close();
	}

	private ConfirmedWrites begin(WriteScope scope) {
		return new ConfirmedWrites(scope, this.connections, this.topology, this.watermarks, this.refusedCommands,
				this.timeout, this.listener);
	}

}
