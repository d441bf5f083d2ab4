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
 * Opens sessions of one replicated Redis.
 */
public interface ConsistencySessions {

	/**
	 * Open a session that has neither written nor read.
	 * @return the session
	 */
	ConsistencySession open();

	/**
	 * Resume a session from the token that it gave, possibly in another application
	 * instance. If a failover has destroyed a part of the history that the session had
	 * seen, its first consistent read fails with
	 * {@code io.lagwise.routing.SessionLostException}; the session goes on after that
	 * with what is left.
	 * @param token the token
	 * @return the session
	 * @throws InvalidSessionTokenException if the token is malformed, has expired, or was
	 * not signed with the configured secret
	 */
	ConsistencySession resume(String token);

}
