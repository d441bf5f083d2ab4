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

package io.lagwise.routing;

import io.lagwise.replication.NodeAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one Sentinel at one instant, for people.
 *
 * @param address where clients reach it
 * @param primary the node that it names as the primary, or {@code null} if it names none
 * @param trouble why it names none, as a phrase; {@code null} if it does, or has not been
 * heard of yet
 */
public record SentinelReport(NodeAddress address, @Nullable NodeAddress primary, @Nullable String trouble) {

}
