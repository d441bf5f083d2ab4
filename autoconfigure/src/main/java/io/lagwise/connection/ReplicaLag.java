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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * How far a replica was behind what the primary held when it last answered.
 *
 * @param atMost what is proven, or {@code null} where nothing is
 * @param atLeast how long it has not reached what the primary is known to have held, or
 * {@code null} if it has, or that cannot be told
 */
record ReplicaLag(@Nullable Duration atMost, @Nullable Duration atLeast) {

	static final ReplicaLag UNKNOWN = new ReplicaLag(null, null);

}
