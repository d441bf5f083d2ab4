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

package io.lagwise.benchmarks.scaling;

import java.util.Map;

/**
 * What reads: a Spring Boot application with as few settings as possible.
 */
enum Subject {

	SPRING("Spring + Lettuce",
			Map.of("lagwise.enabled", "false", "spring.data.redis.lettuce.read-from", "replica-preferred")),

	ANY_REPLICA("Lagwise, any replica", Map.of("lagwise.reads.default-requirement", "any-replica")),

	OWN_WRITES("Lagwise, own writes", Map.of()),

	CONSISTENT("Lagwise, consistent", Map.of("lagwise.reads.default-requirement", "consistent"));

	private final String label;

	private final Map<String, String> properties;

	Subject(String label, Map<String, String> properties) {
		this.label = label;
		this.properties = properties;
	}

	String label() {
		return this.label;
	}

	Map<String, String> properties() {
		return this.properties;
	}

}
