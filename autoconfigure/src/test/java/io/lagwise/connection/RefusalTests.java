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

import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import io.lagwise.connection.Refusal.Kind;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisLoadingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			WRONGPASS invalid username-password pair or user is disabled.                          | LOGIN
			NOAUTH HELLO must be called with the client already authenticated                      | LOGIN
			NOPERM this user has no permissions to run the 'select' command                        | LOGIN
			ERR AUTH <password> called without any password configured for the default user.       | LOGIN
			ERR Client sent AUTH, but no password is set                                           | LOGIN
			ERR invalid password                                                                   | LOGIN
			ERR max number of clients reached                                                      | CONNECTION
			DENIED Redis is running in protected mode because protected mode is enabled            | CONNECTION
			""")
	void ofAConnectionIsOfTheUserOrOfEverybody(String words, Kind kind) {
		assertThat(Refusal.ofConnection(failedBecauseOf(new RedisCommandExecutionException(words))))
			.isEqualTo(new Refusal(kind, words));
	}

	@Test
	void ofACertificateIsToldByItsInnermostReason() {
		SSLHandshakeException failure = new SSLHandshakeException("PKIX path building failed");
		failure.initCause(new IllegalStateException("unable to find valid certification path to requested target"));
		assertThat(Refusal.ofConnection(failedBecauseOf(failure)))
			.isEqualTo(new Refusal(Kind.ENCRYPTION, "unable to find valid certification path to requested target"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			NOPERM this user has no permissions to run the 'info' command             | COMMAND
			ERR unknown command 'INFO', with args beginning with: 'replication'       | COMMAND
			NOAUTH Authentication required.                                           | LOGIN
			""")
	void ofACommandIsOfTheCommandUnlessTheLoginIsGone(String words, Kind kind) {
		assertThat(Refusal.ofCommand(new RedisCommandExecutionException(words))).isEqualTo(new Refusal(kind, words));
	}

	@ParameterizedTest
	@MethodSource("passing")
	void isNotWhatAServerSaysForAMoment(Throwable failure) {
		assertThat(Refusal.ofCommand(failure)).isNull();
		assertThat(Refusal.ofConnection(failedBecauseOf(failure))).isNull();
	}

	static Stream<Throwable> passing() {
		return Stream.of(new RedisBusyException("BUSY Redis is busy running a script."),
				new RedisLoadingException("LOADING Redis is loading the dataset in memory"),
				new RedisCommandExecutionException("MASTERDOWN Link with MASTER is down"),
				new RedisConnectionException("Connection closed prematurely"));
	}

	private static Throwable failedBecauseOf(Throwable cause) {
		return new CompletionException(new RedisConnectionException("Unable to connect to 10.0.0.2:6379", cause));
	}

}
