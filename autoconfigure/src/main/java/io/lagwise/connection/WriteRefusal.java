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

import java.util.regex.Pattern;

import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.protocol.ProtocolKeyword;

/**
 * Why a node has not executed a command that may be executed later. The texts are the
 * server's own: a script can return an error that it has made up after it has written.
 */
enum WriteRefusal {

	/**
	 * The node has executed the command, or will never do so.
	 */
	NONE,

	/**
	 * The node is not the primary, or not yet.
	 */
	STATE,

	/**
	 * The node is the primary and has too few replicas to take writes.
	 */
	TOO_FEW_REPLICAS;

	/**
	 * How servers before 7.0 hand on what they have said to a script.
	 */
	private static final Pattern SAID_TO_SCRIPT = Pattern
		.compile("ERR Error running script \\(call to f_\\w+\\): @user_script:\\s?\\d+: @user_script:\\s?\\d+: -");

	/**
	 * Return what an error says.
	 * @param error the error
	 * @param composed whether the command can execute several others
	 */
	static WriteRefusal of(String error, boolean composed) {
		if (error.startsWith("NOREPLICAS Not enough good replicas to write")
				|| error.startsWith("NOREPLICAS Not enough good slaves to write")) {
			// replicas can get lost while a script runs: it may have written before
			return composed ? NONE : TOO_FEW_REPLICAS;
		}
		// a node keeps its role while a script runs: no write of it was executed
		return isAboutState(composed ? SAID_TO_SCRIPT.matcher(error).replaceFirst("") : error) ? STATE : NONE;
	}

	/**
	 * Return whether a command can execute several others.
	 */
	static boolean isComposed(ProtocolKeyword command) {
		return command == CommandType.EVAL || command == CommandType.EVALSHA || command == CommandType.FCALL
				|| !(command instanceof CommandType);
	}

	private static boolean isAboutState(String error) {
		return error.startsWith("READONLY You can't write against a read only")
				|| (error.startsWith("LOADING ") && error.contains("is loading the dataset"))
				|| error.startsWith("MASTERDOWN Link with MASTER is down");
	}

}
