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

package io.lagwise.replication;

/**
 * A session has learned that the history it had seen is not, or not certainly, part of
 * that of the primary, and goes on from what the primary holds now.
 *
 * @param certain whether a part of it is certainly gone; if not, that cannot be told
 * @param reason how that is known, for people
 * @param topology the nodes as they are known now
 */
public record SessionLostEvent(boolean certain, String reason,
		ReplicationTopology topology) implements ReplicationEvent {

}
