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

package io.lagwise.connection;

import java.time.Duration;

import io.lagwise.consistency.SessionHistory;
import io.lagwise.context.ReadRequirement;
import org.jspecify.annotations.Nullable;

/**
 * What one read asks for that asks for nothing of the session that is bound, which still
 * has to know what the primary shows.
 */
final class WitnessedDemand extends ReadDemand {

	private final DefaultConsistencySession session;

	WitnessedDemand(ReadRequirement requirement, DefaultConsistencySession session,
			@Nullable SessionHistory application, CommandKeys keys) {
		super(requirement, null, application, keys, Duration.ZERO);
		this.session = session;
	}

	@Override
	DefaultConsistencySession reader() {
		return this.session;
	}

}
