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

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;

/**
 * Collects which nodes answered the reads that a thread sent while the trace was open.
 * <pre class="code">
 * try (ReadTrace trace = ReadTrace.open()) {
 *     catalog.findProduct(42);
 *     response.setHeader("X-Redis-Node", trace.toString());
 * }
 * </pre> Meant for tests, demonstrations and debugging: it costs one small object for
 * each read.
 */
public final class ReadTrace implements AutoCloseable {

	private final Set<Answer> answers = Collections.synchronizedSet(new LinkedHashSet<>());

	private final RoutingContext.Scope scope;

	private ReadTrace() {
		this.scope = RoutingContext.openTrace(this);
	}

	/**
	 * Open a trace on the current thread. It must be closed on the same thread; an outer
	 * trace does not see what an inner one collects.
	 * @return the trace
	 */
	public static ReadTrace open() {
		return new ReadTrace();
	}

	/**
	 * Note that a node has answered a read.
	 * @param address the address of the node
	 * @param role the role in which it answered
	 */
	public void answered(NodeAddress address, NodeRole role) {
		this.answers.add(new Answer(address, role));
	}

	/**
	 * Return the nodes that have answered so far, each once, in the order of their first
	 * answers.
	 * @return the nodes
	 */
	public Set<Answer> answers() {
		synchronized (this.answers) {
			return Collections.unmodifiableSet(new LinkedHashSet<>(this.answers));
		}
	}

	@Override
	public void close() {
		this.scope.close();
	}

	/**
	 * Return the nodes as {@code replica 10.0.0.2:6379, primary 10.0.0.1:6379}.
	 */
	@Override
	public String toString() {
		return String.join(", ", answers().stream().map(Answer::toString).toList());
	}

	/**
	 * A node that answered a read.
	 *
	 * @param address the address of the node
	 * @param role the role in which it answered
	 */
	public record Answer(NodeAddress address, NodeRole role) {

		@Override
		public String toString() {
			return this.role.label() + " " + this.address;
		}

	}

}
