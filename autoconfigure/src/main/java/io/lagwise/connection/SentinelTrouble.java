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

import org.jspecify.annotations.Nullable;

/**
 * Why a Sentinel has no vote.
 *
 * @param kind what is wrong
 * @param words what to say of the Sentinel, as a phrase
 */
record SentinelTrouble(Kind kind, String words) {

	private static final Pattern UNKNOWN_COMMAND = Pattern.compile("ERR (unknown|unsupported) command.*",
			Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

	/**
	 * Return what a failed question tells.
	 */
	static SentinelTrouble ofQuestion(Throwable failure, String masterName) {
		Refusal refusal = Refusal.ofCommand(failure);
		if (refusal == null) {
			return new SentinelTrouble(Kind.UNREACHABLE, Refusal.reason(failure));
		}
		if (isAboutTheName(refusal)) {
			return unknownName(masterName);
		}
		return isAboutTheServer(refusal) ? new SentinelTrouble(Kind.NO_SENTINEL, "is a Redis server, not a Sentinel")
				: of(refusal);
	}

	/**
	 * Return what a failed connection tells.
	 */
	static SentinelTrouble ofConnection(Throwable failure) {
		Refusal refusal = Refusal.ofConnection(failure);
		return (refusal != null) ? of(refusal) : new SentinelTrouble(Kind.UNREACHABLE, Refusal.reason(failure));
	}

	static SentinelTrouble unknownName(String masterName) {
		return new SentinelTrouble(Kind.NO_SUCH_NAME, "does not know a primary named '" + masterName + "'");
	}

	/**
	 * Return what a question was refused for, or {@code null} if the user is not to
	 * blame.
	 */
	static @Nullable Refusal refusal(@Nullable Throwable failure) {
		Refusal refusal = Refusal.ofCommand(failure);
		return (refusal == null || isAboutTheName(refusal) || isAboutTheServer(refusal)) ? null : refusal;
	}

	String advice() {
		return switch (this.kind) {
			case NO_SUCH_NAME -> "No Sentinel watches a primary of that name: check spring.data.redis.sentinel.master.";
			case NO_SENTINEL -> "spring.data.redis.sentinel.nodes takes the addresses of Sentinels, which listen on a "
					+ "port of their own (26379 unless set).";
			case ENCRYPTION -> "Check spring.data.redis.ssl.bundle, and whether the certificate names the address.";
			case USER -> "Check spring.data.redis.sentinel.username and spring.data.redis.sentinel.password, "
					+ "and what that user may do.";
			case UNREACHABLE -> "Check spring.data.redis.sentinel.nodes.";
			case ODD -> "Check what the Sentinels announce: SENTINEL MASTER.";
		};
	}

	/**
	 * Return whether it does not pass by itself, so that there is no use in waiting with
	 * the news.
	 */
	boolean isMistake() {
		return this.kind == Kind.NO_SUCH_NAME || this.kind == Kind.NO_SENTINEL;
	}

	static SentinelTrouble of(Refusal refusal) {
		return new SentinelTrouble((refusal.kind() == Refusal.Kind.ENCRYPTION) ? Kind.ENCRYPTION : Kind.USER,
				refusal.words());
	}

	private static boolean isAboutTheName(Refusal refusal) {
		return refusal.words().startsWith("ERR No such master");
	}

	private static boolean isAboutTheServer(Refusal refusal) {
		return UNKNOWN_COMMAND.matcher(refusal.words()).matches();
	}

	/**
	 * What can be wrong with a Sentinel.
	 */
	enum Kind {

		/**
		 * It does not answer.
		 */
		UNREACHABLE,

		/**
		 * It refuses the user, or a question.
		 */
		USER,

		/**
		 * It cannot be spoken to in secret.
		 */
		ENCRYPTION,

		/**
		 * It watches no primary of that name.
		 */
		NO_SUCH_NAME,

		/**
		 * It is a server of another kind.
		 */
		NO_SENTINEL,

		/**
		 * It names an address to which nobody can connect.
		 */
		ODD

	}

}
