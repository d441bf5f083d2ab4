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

package io.lagwise.consistency;

import java.time.Clock;
import java.time.Duration;

/**
 * Turns positions into signed tokens that expire, and back.
 */
public interface SessionTokens {

	/**
	 * How many characters a secret has at least.
	 */
	int LEAST_SECRET_LENGTH = 32;

	/**
	 * Sign a position.
	 * @param position the position
	 * @return the token, URL-safe
	 */
	String sign(HistoryPosition position);

	/**
	 * Verify a token.
	 * @param token the token
	 * @return the position that it holds
	 * @throws io.lagwise.context.InvalidSessionTokenException if it is malformed, has
	 * expired or was not signed with the same secret
	 */
	HistoryPosition verify(String token);

	/**
	 * Create tokens that are signed with HMAC-SHA256: 72 characters, safe in URLs,
	 * headers and cookies. Everyone can read the position in them; nobody without the
	 * secret can make one.
	 * @param secret the secret, the same in every application instance; 32 characters at
	 * least
	 * @param timeToLive how long a token can be verified, in whole seconds
	 * @param clock tells the time, that of day
	 * @return the tokens
	 */
	static SessionTokens hmacSha256(String secret, Duration timeToLive, Clock clock) {
		return new SignedSessionTokens(secret, timeToLive, clock);
	}

}
