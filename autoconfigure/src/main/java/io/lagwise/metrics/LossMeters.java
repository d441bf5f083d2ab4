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

import io.lagwise.replication.ReplicationEvent;
import io.lagwise.replication.ReplicationListener;
import io.lagwise.replication.SessionLostEvent;
import io.lagwise.replication.WriteFate;
import io.lagwise.replication.WritesAssessedEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts what failovers have destroyed of the work of one connection factory.
 */
public final class LossMeters implements ReplicationListener {

	private final Counter writesPossiblyLost;

	private final Counter writesLost;

	private final Counter sessionsPossiblyLost;

	private final Counter sessionsLost;

	/**
	 * Create the meters of one connection factory.
	 * @param registry where to register them
	 * @param connectionFactory the name of the factory
	 */
	public LossMeters(MeterRegistry registry, String connectionFactory) {
		this.writesPossiblyLost = writes("possible", connectionFactory, registry);
		this.writesLost = writes("certain", connectionFactory, registry);
		this.sessionsPossiblyLost = sessions(false, connectionFactory, registry);
		this.sessionsLost = sessions(true, connectionFactory, registry);
	}

	@Override
	public void onEvent(ReplicationEvent event) {
		if (event instanceof WritesAssessedEvent assessed && assessed.fate() != WriteFate.KEPT) {
			Counter counter = (assessed.fate() == WriteFate.LOST) ? this.writesLost : this.writesPossiblyLost;
			counter.increment(Math.max(1, assessed.atRisk()));
		}
		else if (event instanceof SessionLostEvent lost) {
			(lost.certain() ? this.sessionsLost : this.sessionsPossiblyLost).increment();
		}
	}

	private static Counter writes(String fate, String connectionFactory, MeterRegistry registry) {
		return Counter.builder("lagwise.writes.lost")
			.description("Acknowledged writes that a failover has destroyed at most")
			.tags(MeterTags.connectionFactory(connectionFactory))
			.tag(MeterTags.FATE, fate)
			.register(registry);
	}

	private static Counter sessions(boolean certain, String connectionFactory, MeterRegistry registry) {
		return Counter.builder("lagwise.sessions.lost")
			.description("Sessions that have lost a part of what they had written or read")
			.tags(MeterTags.connectionFactory(connectionFactory))
			.tag(MeterTags.CERTAIN, Boolean.toString(certain))
			.register(registry);
	}

}
