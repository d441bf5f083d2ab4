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

package io.lagwise.autoconfigure;

import java.time.Clock;
import java.time.Duration;

import io.lagwise.consistency.ConsistencyEnforcement;
import io.lagwise.consistency.SessionTokens;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How consistent reads come to a replica that is fresh enough.
 *
 * @param enforcement How a consistent read comes to a replica that is proven to be fresh
 * enough.
 * @param maxWait How long a consistent read waits for a replica to catch up before the
 * primary answers.
 * @param token how sessions get from one application instance to another
 */
record ConsistencyProperties(@DefaultValue("wait") ConsistencyEnforcement enforcement,
		@DefaultValue("20ms") Duration maxWait, @DefaultValue Token token) {

	ConsistencyProperties {
		PropertyRules.requireNotNegative("lagwise.consistency.max-wait", maxWait,
				"Set a duration such as 20ms, or 0 for not waiting at all.");
	}

	/**
	 * How sessions get from one application instance to another.
	 *
	 * @param secret Secret that signs the tokens of sessions, the same in every
	 * application instance. Sessions have no tokens unless set.
	 * @param timeToLive How long a session can be resumed from its token.
	 */
	record Token(@Nullable String secret, @DefaultValue("1h") Duration timeToLive) {

		private static final String PREFIX = "lagwise.consistency.token.";

		Token {
			if (secret != null && secret.length() < SessionTokens.LEAST_SECRET_LENGTH) {
				throw new InvalidPropertyException(PREFIX + "secret", "******",
						"has " + secret.length() + " characters, which is less than "
								+ SessionTokens.LEAST_SECRET_LENGTH,
						"Set a random text of at least " + SessionTokens.LEAST_SECRET_LENGTH
								+ " characters, the same in every application instance, or remove the property: "
								+ "sessions then have no tokens.");
			}
			if (timeToLive.toSeconds() < 1) {
				throw new InvalidPropertyException(PREFIX + "time-to-live", PropertyRules.print(timeToLive),
						"is not at least one second", "Set a duration such as 1h.");
			}
		}

		@Nullable SessionTokens toSessionTokens() {
			return (this.secret != null) ? SessionTokens.hmacSha256(this.secret, this.timeToLive, Clock.systemUTC())
					: null;
		}

		@Override
		public String toString() {
			return "Token[timeToLive=" + this.timeToLive + "]";
		}

	}

}
