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
 * Something has changed among the nodes of a replicated Redis.
 * <p>
 * In a Spring application it is published as an application event, once per change and in
 * the order of the changes, on a thread of its own. The source of the event is the name
 * of the connection factory. To tell several factories apart, let a listener method take
 * a {@code PayloadApplicationEvent<PrimarySwitchedEvent>}, or for all kinds a
 * {@code PayloadApplicationEvent<? extends ReplicationEvent>}; or give it a condition
 * such as {@code "event.source == 'redisConnectionFactory'"}.
 */
public sealed interface ReplicationEvent permits PrimarySwitchedEvent, ReplicaLostEvent, ReplicaReturnedEvent,
		TopologyRefreshedEvent, WritesAssessedEvent, SessionLostEvent {

	/**
	 * Return the nodes after the change.
	 * @return the topology
	 */
	ReplicationTopology topology();

}
