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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

import io.lagwise.actuate.LagwiseDescriptor.ConnectionFactoryDescriptor;
import io.lagwise.routing.ReplicationReporter;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * Shows the nodes of each connection factory as they are known now, and what has lately
 * gone wrong or changed. No server is asked. Credentials, keys and values never appear.
 */
@Endpoint(id = "lagwise")
public final class LagwiseEndpoint {

	private final Map<String, ReplicationReporter> reporters;

	private final ReplicationJournals journals;

	/**
	 * Create an endpoint.
	 * @param reporters tell what is known of the nodes, by the names of their connection
	 * factories
	 * @param journals what has gone wrong and changed
	 */
	public LagwiseEndpoint(Map<String, ReplicationReporter> reporters, ReplicationJournals journals) {
		this.reporters = new TreeMap<>(reporters);
		this.journals = journals;
	}

	/**
	 * Describe each connection factory.
	 * @return the descriptions by the names of the factories
	 */
	@ReadOperation
	public LagwiseDescriptor lagwise() {
		Map<String, ConnectionFactoryDescriptor> factories = new LinkedHashMap<>();
		this.reporters.forEach((name, reporter) -> factories.put(name,
				ConnectionFactoryDescriptor.of(reporter.report(), this.journals.of(name))));
		return new LagwiseDescriptor(factories);
	}

}
