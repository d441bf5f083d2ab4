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

package io.lagwise.cache;

import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lagwise.routing.WriteOutcomeUnknownException;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.data.redis.RedisSystemException;

/**
 * Tells failures of servers and connections from answers that happen to be errors.
 */
final class RedisOutage {

	private static final Pattern ERROR_REPLY = Pattern.compile("^-?([A-Z]+)\\b.*", Pattern.DOTALL);

	private static final Pattern STATE_OF_THE_SERVER = Pattern
		.compile("LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|BUSY|OOM|MISCONF|NOREPLICAS");

	private RedisOutage() {
	}

	static boolean isSignalledBy(Throwable failure) {
		Throwable actual = unwrap(failure);
		if (actual instanceof RedisSystemException) {
			Matcher reply = ERROR_REPLY.matcher(rootMessage(actual));
			return !reply.matches() || STATE_OF_THE_SERVER.matcher(reply.group(1)).matches();
		}
		return actual instanceof QueryTimeoutException || actual instanceof DataAccessResourceFailureException
				|| actual instanceof TransientDataAccessResourceException
				|| actual instanceof WriteOutcomeUnknownException;
	}

	static String describe(Throwable failure) {
		Throwable actual = unwrap(failure);
		return actual.getClass().getSimpleName() + ": " + rootMessage(actual);
	}

	private static Throwable unwrap(Throwable failure) {
		Throwable cause = failure.getCause();
		return (failure instanceof CompletionException && cause != null) ? unwrap(cause) : failure;
	}

	private static String rootMessage(Throwable failure) {
		String message = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
		return (message != null) ? message : "";
	}

}
