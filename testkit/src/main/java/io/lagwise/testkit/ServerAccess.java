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

import java.io.IOException;
import java.time.Duration;

import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

/**
 * How the testkit itself talks to servers of one kind.
 *
 * @param user the user, empty for the default one
 * @param password the password, empty for none
 * @param ssl how to encrypt, if at all
 */
record ServerAccess(String user, String password, @Nullable SSLContext ssl) {

	private static final Duration TIMEOUT = Duration.ofSeconds(3);

	@Nullable Object call(int port, String... command) throws IOException {
		try (RespConnection connection = RespConnection.open(port, TIMEOUT, this.ssl)) {
			if (!this.user.isEmpty()) {
				connection.call("AUTH", this.user, this.password);
			}
			else if (!this.password.isEmpty()) {
				connection.call("AUTH", this.password);
			}
			return connection.call(command);
		}
	}

}
