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

package io.lagwise.routing;

import org.springframework.dao.RecoverableDataAccessException;

/**
 * A failover has destroyed, or may have destroyed, a part of what a session had written
 * or read. Thrown once, by the first consistent read of the session after that; the
 * session goes on with what the new primary holds.
 */
public class SessionLostException extends RecoverableDataAccessException {

	/**
	 * Create an exception.
	 * @param message what was lost, as far as it is known
	 */
	public SessionLostException(String message) {
		super(message);
	}

}
