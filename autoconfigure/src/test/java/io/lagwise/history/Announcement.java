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

import java.io.Serializable;

import io.lagwise.replication.WriteFate;

/**
 * What an application instance was told of its writes after a failover.
 *
 * @param client the application instance
 * @param receivedAt when it was told
 * @param fate what has become of its writes
 * @param atRisk how many may be missing at most
 * @param reason how that is known
 */
record Announcement(String client, long receivedAt, WriteFate fate, long atRisk,
		String reason) implements Serializable {

	boolean isOfLoss() {
		return this.fate != WriteFate.KEPT;
	}

}
