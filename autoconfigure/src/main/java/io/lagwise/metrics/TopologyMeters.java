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

package io.lagwise.metrics;

import io.lagwise.replication.PrimarySwitchedEvent;
import io.lagwise.replication.ReplicaLostEvent;
import io.lagwise.replication.ReplicaReturnedEvent;
import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.TopologyRefreshedEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts what changes among the nodes of one connection factory.
 */
public final class TopologyMeters implements ReplicationListener {

	private final Counter primarySwitched;

	private final Counter replicaLost;

	private final Counter replicaReturned;

	private final Counter refreshed;

	/**
	 * Create the meters of one connection factory.
	 * @param registry where to register them
	 * @param connectionFactory the name of the factory
	 */
	public TopologyMeters(MeterRegistry registry, String connectionFactory) {
		this.primarySwitched = counter("primary-switched", connectionFactory, registry);
		this.replicaLost = counter("replica-lost", connectionFactory, registry);
		this.replicaReturned = counter("replica-returned", connectionFactory, registry);
		this.refreshed = counter("refreshed", connectionFactory, registry);
	}

	@Override
	public void onEvent(ReplicationEvent event) {
		if (event instanceof PrimarySwitchedEvent) {
			this.primarySwitched.increment();
		}
		else if (event instanceof ReplicaLostEvent) {
			this.replicaLost.increment();
		}
		else if (event instanceof ReplicaReturnedEvent) {
			this.replicaReturned.increment();
		}
		else if (event instanceof TopologyRefreshedEvent) {
			this.refreshed.increment();
		}
	}

	private static Counter counter(String change, String connectionFactory, MeterRegistry registry) {
		return Counter.builder("lagwise.topology.changes")
			.description("Changes among the nodes")
			.tags(MeterTags.connectionFactory(connectionFactory))
			.tag(MeterTags.CHANGE, change)
			.register(registry);
	}

}
