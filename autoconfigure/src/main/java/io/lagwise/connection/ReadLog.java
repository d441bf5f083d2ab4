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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.lagwise.context.ReadRequirement;
import io.lagwise.replication.NodeAddress;
import io.lagwise.replication.NodeRole;
import io.lagwise.routing.ReadOutcome;
import io.lagwise.routing.RoutingReason;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.RedisCommand;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Says at {@code DEBUG} where each read went, and why: one line for each, with its key at
 * {@code TRACE} only.
 */
final class ReadLog {

	private static final Log logger = LogFactory.getLog("io.lagwise.reads");

	private ReadLog() {
	}

	static boolean isOn() {
		return logger.isDebugEnabled();
	}

	/**
	 * Note that a read has ended.
	 * @param command the read
	 * @param requirement what it asked for
	 * @param node the node that has answered or was asked last, with its role
	 * @param reason why it went there
	 * @param outcome how it has ended
	 * @param nanos how long the node took
	 * @param failures how the attempts before have failed, or {@code null}
	 */
	static void ended(RedisCommand<?, ?, ?> command, ReadRequirement requirement, String node, RoutingReason reason,
			ReadOutcome outcome, long nanos, @Nullable AttemptFailure failures) {
		if (isOn()) {
			print(command,
					String.format(Locale.ROOT, " (%s): %s%s %s in %.1f ms [%s]", requirement,
							(failures != null) ? failures + ", " : "", node, describe(outcome),
							(double) nanos / TimeUnit.MILLISECONDS.toNanos(1), reason));
		}
	}

	/**
	 * Note that a read has found no node.
	 */
	static void rejected(RedisCommand<?, ?, ?> command, ReadRequirement requirement, RuntimeException exception) {
		if (isOn()) {
			print(command, " (" + requirement + "): " + exception.getMessage());
		}
	}

	/**
	 * Note that a command which may be a read goes to the primary whatever is asked for.
	 */
	static void tied(RedisCommand<?, ?, ?> command) {
		if (isOn()) {
			print(command, ": to the primary, as no replica may answer it");
		}
	}

	static String describe(NodeRole role, @Nullable NodeAddress node) {
		return role.label() + ((node != null) ? " " + node : "");
	}

	private static void print(RedisCommand<?, ?, ?> command, String text) {
		logger.debug(command.getType() + text + (logger.isTraceEnabled() ? key(command) : ""));
	}

	private static String key(RedisCommand<?, ?, ?> command) {
		CommandArgs<?, ?> args = command.getArgs();
		ByteBuffer key = (args != null) ? args.getFirstEncodedKey() : null;
		// a key must not be able to look like a line of its own
		return (key != null) ? " key " + StandardCharsets.UTF_8.decode(key).toString().replaceAll("\\p{Cntrl}", "?")
				: "";
	}

	private static String describe(ReadOutcome outcome) {
		return switch (outcome) {
			case ANSWERED -> "answered";
			case ERROR -> "answered with an error";
			case FAILED -> "failed";
			case REJECTED -> "was not asked";
		};
	}

}
