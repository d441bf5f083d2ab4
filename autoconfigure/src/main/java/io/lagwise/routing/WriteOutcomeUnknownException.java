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
 * Thrown by a command that was sent to the primary and not answered before the connection
 * was lost: it may or may not have been executed. It is not sent again, because executing
 * it twice could do harm; whether to repeat it is for the application to decide.
 */
public class WriteOutcomeUnknownException extends NonTransientDataAccessResourceException {

	/**
	 * Create an exception for a command whose connection was closed.
	 * @param command the name of the command
	 * @param node the address of the primary
	 */
	public WriteOutcomeUnknownException(String command, String node) {
		super(message(command, "the primary " + node));
	}

	/**
	 * Create an exception for a command whose connection failed.
	 * @param command the name of the command
	 * @param cause how the connection failed
	 */
	public WriteOutcomeUnknownException(String command, Throwable cause) {
		super(message(command, "the primary"), cause);
	}

	private static String message(String command, String node) {
		return ("The connection to %s was lost before %s was answered: it may or may not have been executed, and is "
				+ "not sent again")
			.formatted(node, command);
	}

}
