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

import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import io.lagwise.routing.FallbackLimitExceededException;
import io.lagwise.routing.NoEligibleReplicaException;
import io.lagwise.routing.SessionLostException;
import io.lagwise.routing.WriteOutcomeUnknownException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.serializer.SerializationException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What makes a cache read as empty, and what remains an error.
 */
class RedisOutageTests {

	static Stream<Throwable> outages() {
		return Stream.of(new RedisConnectionFailureException("refused"), new QueryTimeoutException("60 s"),
				new WriteOutcomeUnknownException("SET", "node"), new NoEligibleReplicaException("GET", "nodes"),
				new FallbackLimitExceededException("GET", "nodes"), reply("LOADING Redis is loading"),
				reply("MASTERDOWN Link with MASTER is down"), reply("READONLY You can't write"),
				reply("OOM command not allowed when used memory > 'maxmemory'"),
				new RedisSystemException("Redis exception", new RedisException("Connection closed")),
				new RedisSystemException("Redis exception", new RedisException(new IOException("Broken pipe"))),
				new CompletionException(new QueryTimeoutException("60 s")));
	}

	@ParameterizedTest
	@MethodSource("outages")
	void aFailureOfAServerOrAConnectionIsAnOutage(Throwable failure) {
		assertThat(RedisOutage.isSignalledBy(failure)).isTrue();
	}

	static Stream<Throwable> errors() {
		return Stream.of(reply("WRONGTYPE Operation against a key holding the wrong kind of value"),
				reply("NOPERM this user has no permissions"), reply("ERR unknown command"),
				reply("NOAUTH Authentication required."), new SerializationException("Cannot deserialize"),
				new SessionLostException("A failover"), new PessimisticLockingFailureException("Interrupted"),
				new IllegalStateException("a bug"), new CompletionException(reply("WRONGTYPE Operation")));
	}

	@ParameterizedTest
	@MethodSource("errors")
	void anAnswerThatIsAnErrorIsNone(Throwable failure) {
		assertThat(RedisOutage.isSignalledBy(failure)).isFalse();
	}

	private static RedisSystemException reply(String error) {
		return new RedisSystemException("Error in execution", new RedisCommandExecutionException(error));
	}

}
