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
 * After a failover it is known what has become of the writes that this application was
 * told to be done.
 *
 * @param primary the node that is the primary now
 * @param fate what has become of the writes
 * @param atRisk how many acknowledged writes may be missing at most; zero if all are kept
 * @param reason how that is known, for people
 * @param topology the nodes as they are known now
 */
public record WritesAssessedEvent(NodeAddress primary, WriteFate fate, long atRisk, String reason,
		ReplicationTopology topology) implements ReplicationEvent {

}
