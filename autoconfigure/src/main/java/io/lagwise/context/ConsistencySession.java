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

/**
 * What reads-your-writes and monotonic reads are relative to: the work of one user, one
 * request or one job. <pre class="code">
 * ConsistencySession session = sessions.open();
 * try (RoutingContext.Scope scope = session.bind()) {
 *     carts.add(item);
 *     response.setHeader("X-Consistency", session.token());
 * }
 * </pre> Consistent reads on a thread to which a session is bound see every write that
 * was acknowledged on such a thread, and never an older state than earlier consistent
 * reads of the session. Can be bound to several threads at a time.
 *
 * @see ConsistencySessions
 */
public interface ConsistencySession {

	/**
	 * Bind the session to the current thread.
	 * @return the scope that ends the binding; it must be closed on the same thread
	 */
	RoutingContext.Scope bind();

	/**
	 * Return a token with which another application instance can resume the session: a
	 * position in the history of the primary that covers everything that the session has
	 * written and read so far. Asks the primary unless it is known already.
	 * <p>
	 * If a failover has destroyed a part of what the session had written or read, and the
	 * session has not been told yet, this call tells it with
	 * {@code io.lagwise.routing.SessionLostException}; the next one returns a token.
	 * @return the token, signed and URL-safe, 72 characters
	 * @throws IllegalStateException if no secret is configured to sign it with, or the
	 * primary cannot be asked
	 */
	String token();

}
