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

package io.lagwise.testkit;

/**
 * Who has opened a connection to a server.
 *
 * @param kind the kind of program
 * @param port the announced port of a replica, otherwise 0
 */
record ConnectionOrigin(Kind kind, int port) {

	static final ConnectionOrigin UNKNOWN = new ConnectionOrigin(Kind.UNKNOWN, 0);

	static final ConnectionOrigin CLIENT = new ConnectionOrigin(Kind.CLIENT, 0);

	static final ConnectionOrigin SENTINEL = new ConnectionOrigin(Kind.SENTINEL, 0);

	static ConnectionOrigin replica(int port) {
		return new ConnectionOrigin(Kind.REPLICA, port);
	}

	enum Kind {

		/**
		 * Has said nothing yet that tells.
		 */
		UNKNOWN,

		/**
		 * An application.
		 */
		CLIENT,

		/**
		 * A replica that follows this server.
		 */
		REPLICA,

		/**
		 * A Sentinel.
		 */
		SENTINEL

	}

}
