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

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.lagwise.replication.NodeAddress;
import io.lettuce.core.RedisCommandExecutionException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says once per command that servers do not let replicas be waited for, and what to
 * grant.
 */
final class RefusedCommands {

	private static final Log logger = LogFactory.getLog(RefusedCommands.class);

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	/**
	 * Take note of how a roll call has failed.
	 * @return whether that was because a command is refused
	 */
	boolean note(RollCall.Answer answer) {
		Refusal refusal = isAboutTheRole(answer.failure()) ? null : Refusal.ofCommand(answer.failure());
		if (refusal == null) {
			return false;
		}
		String command = answer.failedCommand();
		if (this.reported.add(command)) {
			logger.warn(message(command, answer.primary(), refusal.words()));
		}
		return true;
	}

	private static String message(String command, NodeAddress primary, String words) {
		boolean barrierOnly = command.equals("PUBLISH");
		return command + " is refused by " + primary + " (" + words + "): consistent reads that would wait for a "
				+ "replica are answered by the primary"
				+ (barrierOnly ? "" : ", and @WaitForReplicas counts no replica as confirmed") + ". With an ACL, add +"
				+ command.toLowerCase(Locale.ROOT) + (barrierOnly ? " &lagwise:*" : "")
				+ " to the user of the application on every node";
	}

	/**
	 * A node that is a replica now, or has become one meanwhile, does not mean the
	 * application.
	 */
	private static boolean isAboutTheRole(@Nullable Throwable failure) {
		return failure instanceof RedisCommandExecutionException && failure.getMessage() != null
				&& (failure.getMessage().startsWith("UNBLOCKED") || failure.getMessage().startsWith("READONLY")
						|| failure.getMessage().contains("replica"));
	}

}
