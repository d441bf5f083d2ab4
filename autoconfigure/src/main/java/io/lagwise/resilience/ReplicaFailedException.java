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

package io.lagwise.resilience;

import io.lagwise.replication.NodeAddress;

import org.springframework.dao.TransientDataAccessResourceException;

/**
 * What a circuit breaker and those who listen to it are told of a failure. Never thrown.
 */
final class ReplicaFailedException extends TransientDataAccessResourceException {

	static final ReplicaFailedException SAMPLE = new ReplicaFailedException("A replica has failed");

	ReplicaFailedException(NodeAddress replica, String what) {
		this("Replica %s has failed: %s".formatted(replica, what));
	}

	private ReplicaFailedException(String message) {
		super(message);
	}

	// the stack is that of whoever noticed
	@Override
	public Throwable fillInStackTrace() {
		return this;
	}

}
