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

import org.springframework.dao.NonTransientDataAccessResourceException;

/**
 * Thrown by a command of a transaction whose connection was lost before {@code EXEC} was
 * sent: the server has forgotten the transaction and the keys that were watched, and
 * nothing of it is executed.
 */
public class TransactionLostException extends NonTransientDataAccessResourceException {

	/**
	 * Create an exception for one command.
	 * @param command the name of the command
	 */
	public TransactionLostException(String command) {
		super(("%s is not executed: the connection to the primary was lost after MULTI or WATCH, and with it the "
				+ "transaction")
			.formatted(command));
	}

}
