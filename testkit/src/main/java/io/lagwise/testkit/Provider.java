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
 * Where the servers come from.
 */
public enum Provider {

	/**
	 * The Redis binary that comes with the {@code org.signal:embedded-redis} dependency:
	 * needs nothing installed.
	 */
	EMBEDDED,

	/**
	 * The executable that {@code lagwise.testkit.executable} names, otherwise the first
	 * {@code redis-server} or {@code valkey-server} on the {@code PATH}.
	 */
	PATH,

	/**
	 * Containers of the image that {@code lagwise.testkit.image} names, started through
	 * Testcontainers in the network of the host (Linux).
	 */
	CONTAINER

}
