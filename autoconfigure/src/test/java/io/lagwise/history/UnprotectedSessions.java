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

package io.lagwise.history;

import io.lagwise.context.ConsistencySession;
import io.lagwise.context.ConsistencySessions;
import io.lagwise.context.ReadRequirement;
import io.lagwise.context.RoutingContext;

/**
 * Sessions that nobody knows of but the one who writes down the history: what they are
 * promised is not kept.
 */
final class UnprotectedSessions implements ConsistencySessions {

	@Override
	public ConsistencySession open() {
		return resume("");
	}

	@Override
	public ConsistencySession resume(String token) {
		return new ConsistencySession() {

			@Override
			public RoutingContext.Scope bind() {
				return RoutingContext.open(ReadRequirement.anyReplica());
			}

			@Override
			public String token() {
				return "";
			}

		};
	}

}
