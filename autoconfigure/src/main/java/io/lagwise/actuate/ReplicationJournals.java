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

package io.lagwise.actuate;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The journals of the connection factories.
 */
public final class ReplicationJournals {

	private final Map<String, ReplicationJournal> journals = new ConcurrentHashMap<>();

	/**
	 * Return the journal of a connection factory.
	 * @param connectionFactory the name of the factory
	 * @return its journal, the same one each time
	 */
	public ReplicationJournal of(String connectionFactory) {
		return this.journals.computeIfAbsent(connectionFactory,
				(name) -> new ReplicationJournal(InstantSource.system()));
	}

}
