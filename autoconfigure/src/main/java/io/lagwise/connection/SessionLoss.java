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

import io.lagwise.routing.SessionLostException;
import org.jspecify.annotations.Nullable;

/**
 * That a session has, or may have, lost something that it had seen.
 *
 * @param certain whether it has
 * @param reason what shows that, for listeners
 * @param exception tells the user of the session, or {@code null} where it cannot be told
 * what is missing
 */
record SessionLoss(boolean certain, String reason, @Nullable SessionLostException exception) {

}
