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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import io.lettuce.core.protocol.ProtocolKeyword;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Says once per command that it counts as a write to every key because the table of
 * commands does not list it.
 */
final class UnlistedCommands {

	private static final Log logger = LogFactory.getLog(UnlistedCommands.class);

	private static final int MOST = 20;

	/**
	 * What the name of a command looks like; anything else may be a value by mistake.
	 */
	private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,39}");

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	/**
	 * Take note of a command that is about to be sent.
	 */
	void sent(ProtocolKeyword type) {
		if (KeyPosition.isListed(type) || this.reported.size() >= MOST) {
			return;
		}
		String name = type.toString();
		if (NAME.matcher(name).matches() && this.reported.add(name)) {
			logger.info(name
					+ " is not in Lagwise's table of commands, as those of modules: the primary answers it, and "
					+ "it counts as a write to every key. For a moment after each call, reads of own writes and "
					+ "consistent reads come from the primary, too. Answers are right, only replicas get fewer reads; "
					+ "where older answers will do, use @ReadFromReplica. This is said once per command");
		}
	}

}
