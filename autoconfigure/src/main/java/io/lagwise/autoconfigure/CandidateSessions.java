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

package io.lagwise.autoconfigure;

import io.lagwise.connection.ReplicaAwareConnectionFactory;
import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.routing.ProxiedReporter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Opens the sessions of the connection factory that stands for all, which is looked at
 * when the first of them is opened and not before.
 */
final class CandidateSessions implements ConsistencySessions {

	private final ObjectProvider<RedisConnectionFactory> connectionFactory;

	CandidateSessions(ObjectProvider<RedisConnectionFactory> connectionFactory) {
		this.connectionFactory = connectionFactory;
	}

	@Override
	public ConsistencySession open() {
		return sessions().open();
	}

	@Override
	public ConsistencySession resume(String token) {
		return sessions().resume(token);
	}

	private ConsistencySessions sessions() {
		RedisConnectionFactory factory = this.connectionFactory.getObject();
		if (ProxiedReporter.find(factory) instanceof ReplicaAwareConnectionFactory replicaAware) {
			return replicaAware.getConsistencySessions();
		}
		throw new IllegalStateException("There are no sessions of a " + factory.getClass().getName()
				+ ": Lagwise does not route its reads, and the log says why");
	}

}
