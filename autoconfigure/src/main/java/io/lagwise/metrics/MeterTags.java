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

import java.util.Locale;

import io.micrometer.core.instrument.Tags;

/**
 * The tags that meters carry. Their values are names of constants and of beans, never
 * addresses or keys.
 */
final class MeterTags {

	static final String CONNECTION_FACTORY = "connection.factory";

	static final String NODE_ROLE = "node.role";

	static final String REQUIREMENT = "requirement";

	static final String REASON = "reason";

	static final String OUTCOME = "outcome";

	static final String PERMITTED = "permitted";

	static final String STATE = "state";

	static final String CHANGE = "change";

	static final String FATE = "fate";

	static final String CERTAIN = "certain";

	private MeterTags() {
	}

	static Tags connectionFactory(String name) {
		return Tags.of(CONNECTION_FACTORY, name);
	}

	static String value(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
