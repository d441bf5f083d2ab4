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

import java.time.Duration;

import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Thrown by a read whose answer may not be older than a bound when even the primary, as
 * the last node to be asked, took longer than that to answer. Asking again helps once the
 * primary, or this process, is quick again.
 */
public class StaleAnswerException extends TransientDataAccessResourceException {

	/**
	 * Create an exception.
	 * @param command the name of the command
	 * @param elapsed how long the primary took
	 * @param bound how old the answer may be
	 */
	public StaleAnswerException(String command, Duration elapsed, Duration bound) {
		super("The primary has answered " + command + " after " + elapsed.toMillis()
				+ " ms, and the answer must not be older than " + bound.toMillis() + " ms");
	}

}
