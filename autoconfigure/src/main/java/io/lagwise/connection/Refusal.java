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

import javax.net.ssl.SSLException;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisLoadingException;
import org.jspecify.annotations.Nullable;

/**
 * What a server does not let the application do, and how it says so.
 *
 * @param kind what is refused
 * @param words the words of the server, or of the encryption
 */
record Refusal(Kind kind, String words) {

	private static final Pattern ABOUT_THE_USER = Pattern.compile("(NOAUTH|WRONGPASS|NOPERM|ERR .*(AUTH|password)).*");

	/**
	 * Return what is refused when a connection fails.
	 * @param failure why it fails
	 * @return the refusal, or {@code null} when there is nobody who refuses
	 */
	static @Nullable Refusal ofConnection(Throwable failure) {
		Throwable root = root(failure);
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof SSLException) {
				return new Refusal(Kind.ENCRYPTION, describe(root));
			}
			if (cause instanceof RedisCommandExecutionException error && !isPassing(error)) {
				String words = describe(error);
				return new Refusal(ABOUT_THE_USER.matcher(words).matches() ? Kind.LOGIN : Kind.CONNECTION, words);
			}
		}
		return null;
	}

	/**
	 * Return what is refused when a command fails.
	 * @param failure why it fails
	 * @return the refusal, or {@code null} when there is nobody who refuses
	 */
	static @Nullable Refusal ofCommand(@Nullable Throwable failure) {
		Throwable root = (failure != null) ? root(failure) : null;
		if (!(root instanceof RedisCommandExecutionException) || isPassing(root)) {
			return null;
		}
		String words = describe(root);
		return new Refusal(words.startsWith("NOAUTH") ? Kind.LOGIN : Kind.COMMAND, words);
	}

	/**
	 * Return what is wrong with an answer to {@code INFO replication} that nobody can
	 * make sense of: a Sentinel has no such section.
	 * @param info the answer
	 * @param failure why it is not understood
	 */
	static Refusal ofAnswer(String info, Throwable failure) {
		boolean sentinel = info.isBlank() || info.contains("redis_mode:sentinel") || info.contains("# Sentinel");
		return new Refusal(sentinel ? Kind.SENTINEL : Kind.ANSWER, describe(failure));
	}

	/**
	 * Return the innermost reason of a failure, for messages.
	 */
	static String reason(Throwable failure) {
		return describe(root(failure));
	}

	// a server that is busy or loading does not mean the application
	private static boolean isPassing(Throwable error) {
		return error instanceof RedisBusyException || error instanceof RedisLoadingException
				|| describe(error).startsWith("MASTERDOWN");
	}

	private static Throwable root(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null && root.getCause() != root) {
			root = root.getCause();
		}
		return root;
	}

	private static String describe(Throwable failure) {
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getSimpleName();
	}

	/**
	 * What can be refused.
	 */
	enum Kind {

		/**
		 * The user or the password.
		 */
		LOGIN,

		/**
		 * A command that Lagwise needs.
		 */
		COMMAND,

		/**
		 * The certificate, by the application, or encryption as such, by the server.
		 */
		ENCRYPTION,

		/**
		 * Any connection.
		 */
		CONNECTION,

		/**
		 * What a data node would say, by a Sentinel.
		 */
		SENTINEL,

		/**
		 * An answer that is understood.
		 */
		ANSWER

	}

}
